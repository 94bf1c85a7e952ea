"""Takes what belongs to another account from where its owner read it, so that it is read once for a whole fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.collect import operations as op
from auditor.collect.aws import elsewhere
from auditor.collect.operations import Operation
from auditor.model.arn import Arn, log_group_parts
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroupFacts
from auditor.model.role import RoleFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts


@dataclass(frozen=True, slots=True)
class Owners:
    """What was read of the accounts that own something which other accounts' trails lead to.

    Attributes:
        snapshots: Those accounts, each read with its own credentials.
    """

    snapshots: tuple[Snapshot, ...] = ()

    @classmethod
    def beside(cls, account_id: str, shared: Iterable[Snapshot]) -> Owners:
        """Gives the owners as another account sees them: itself is none of them, and none holds further ones."""
        others = [one for one in shared if one.account_id != account_id]
        return cls(tuple(one.model_copy(update={"shared": ()}) if one.shared else one for one in others))

    def trail(self, trail: Trail) -> TrailFacts | None:
        """Gives an organization's trail as its owner read it; another trail of the owner says nothing of members."""
        owner = self._of(trail.account_id)
        trails = () if owner is None or isinstance(owner.trails, Unreadable) else owner.trails
        return next((one for one in trails if one.trail.arn == trail.arn and one.trail.organization), None)

    def bucket(self, name: str) -> BucketFacts | None:
        """Gives a bucket as the account read it that is known to own it."""
        return next((one for owner in self.snapshots for one in owner.buckets if _owns(owner, one, name)), None)

    def log_group(self, arn: str) -> LogGroupFacts | None:
        """Gives the log group at an ARN as its owner read it."""
        owner = self._at(arn)
        return next((one for one in owner.log_groups if one.arn == arn), None) if owner else None

    def role(self, arn: str) -> RoleFacts | None:
        """Gives the role at an ARN as its owner read it."""
        owner = self._at(arn)
        return next((one for one in owner.roles if one.arn == arn), None) if owner else None

    def key(self, name: str) -> KeyFacts | None:
        """Gives the key at an ARN as its owner read it."""
        owner = self._at(name)
        return next((one for one in owner.keys if one.name == name), None) if owner else None

    def knows(self, name: str) -> bool:
        """Whether the bucket, the log group, the role or the key of that name or ARN need not be read again."""
        return any(find(name) for find in (self.bucket, self.log_group, self.role, self.key))

    def leading_to(self, accounts: Iterable[str]) -> tuple[Snapshot, ...]:
        """Gives those of them that are among some accounts."""
        wanted = set(accounts)
        return tuple(one for one in self.snapshots if one.account_id in wanted)

    def _of(self, account_id: str) -> Snapshot | None:
        return next((one for one in self.snapshots if one.account_id == account_id), None)

    def _at(self, arn: str) -> Snapshot | None:
        found = Arn.parse(arn)
        return self._of(found.account_id) if found else None


def _owns(owner: Snapshot, bucket: BucketFacts, name: str) -> bool:
    return bucket.name == name and bucket.account_id == owner.account_id


def with_shared(account: Snapshot, shared: Sequence[Snapshot]) -> Snapshot:
    """Gives a snapshot in which what belongs to other accounts is as its owners read it.

    Organization trails, and the buckets, log groups, roles and keys that trails name, are taken from the owners'
    snapshots; what no owner has read stays as it is. `collect` gives the same, without a call for what is shared.

    Args:
        account: The account, whether it was read with regard to the owners or before they were known.
        shared: The owners' snapshots; the account's own, and owners that no trail leads to, are left out.
    """
    if isinstance(account.trails, Unreadable):
        return account
    owners = Owners.beside(account.account_id, shared)
    facts = tuple(owners.trail(one.trail) or one for one in account.trails)
    trails = [one.trail for one in facts]
    buckets = tuple(_bucket(name, trail, account, owners) for name, trail in _first(trails, "bucket"))
    led_to = {account_id for trail in trails for account_id in trail.accounts}
    here = owners.leading_to(led_to | {bucket.account_id for bucket in buckets})
    if not here:
        return account.model_copy(update={"shared": ()})
    update = {
        "trails": facts,
        "buckets": buckets,
        "log_groups": tuple(_log_group(arn, one, account, owners) for arn, one in _first(trails, "log_group")),
        "roles": tuple(_role(arn, one, account, owners) for arn, one in _first(trails, "role_arn")),
        "keys": tuple(_keys(trails, account, owners)),
        "shared": here,
    }
    return account.model_copy(update=update)


def resolved(owners: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Gives the owners' snapshots, each with what belongs to another of them as that one read it."""
    return tuple(with_shared(one, owners).model_copy(update={"shared": ()}) for one in owners)


def _first(trails: Iterable[Trail], attribute: str) -> list[tuple[str, Trail]]:
    """Gives what trails name, in order, each with the first trail that names it."""
    named: dict[str, Trail] = {}
    for trail in trails:
        name = getattr(trail, attribute)
        if name:
            named.setdefault(name, trail)
    return sorted(named.items())


def _bucket(name: str, trail: Trail, account: Snapshot, owners: Owners) -> BucketFacts:
    own = next((one for one in account.buckets if one.name == name), None)
    return owners.bucket(name) or own or _unread_bucket(name, trail, account)


def _unread_bucket(name: str, trail: Trail, account: Snapshot) -> BucketFacts:
    """Gives a bucket that only the owner's own view of a trail names."""

    def unread(operation: Operation) -> Unreadable:
        return elsewhere(operation, name, trail.account_id, trail.source)

    return BucketFacts(
        name=name,
        arn=f"arn:{account.caller.partition}:s3:::{name}",
        region=trail.home_region,
        public_access_block=unread(op.BUCKET_PUBLIC_ACCESS_BLOCK),
        policy=unread(op.BUCKET_POLICY),
        policy_status=unread(op.BUCKET_POLICY_STATUS),
        acl=unread(op.BUCKET_ACL),
        encryption=unread(op.BUCKET_ENCRYPTION),
        versioning=unread(op.BUCKET_VERSIONING),
        object_lock=unread(op.BUCKET_OBJECT_LOCK),
        logging=unread(op.BUCKET_LOGGING),
        lifecycle=unread(op.BUCKET_LIFECYCLE),
        payment=unread(op.BUCKET_REQUEST_PAYMENT),
    )


def _log_group(arn: str, trail: Trail, account: Snapshot, owners: Owners) -> LogGroupFacts:
    own = next((one for one in account.log_groups if one.arn == arn), None)
    name, region, account_id = log_group_parts(arn)
    unread = elsewhere(op.DESCRIBE_LOG_GROUPS, arn, account_id, trail.source)
    left = LogGroupFacts(arn=arn, name=name, region=region, account_id=account_id, group=unread)
    return owners.log_group(arn) or own or left


def _role(arn: str, trail: Trail, account: Snapshot, owners: Owners) -> RoleFacts:
    own = next((one for one in account.roles if one.arn == arn), None)
    return owners.role(arn) or own or RoleFacts(arn=arn, role=_unread(op.GET_ROLE, arn, trail))


def _keys(trails: Iterable[Trail], account: Snapshot, owners: Owners) -> Iterator[KeyFacts]:
    """Gives the keys of trails and of topics; a policy that one's own topic needs is kept."""
    topics = {topic.key for topic in account.topics if topic.key and not topic.default_key}
    named = dict(_first(trails, "kms_key"))
    for name in sorted({*named, *topics}):
        own = next((one for one in account.keys if one.name == name), None)
        theirs = owners.key(name) if name in named else None
        if theirs is not None:
            yield theirs if theirs.policy or own is None else theirs.model_copy(update={"policy": own.policy})
        elif own is not None:
            yield own
        elif name in named:
            yield KeyFacts(name=name, key=_unread(op.DESCRIBE_KEY, name, named[name]), policy=None)


def _unread(operation: Operation, arn: str, trail: Trail) -> Unreadable:
    found = Arn.parse(arn)
    return elsewhere(operation, arn, found.account_id if found else "", trail.source)
