"""Reads a whole account into a snapshot."""

from __future__ import annotations

import asyncio
from asyncio import Task, create_task, gather
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from auditor.collect import operations as op
from auditor.collect.aws import Aws, Progress
from auditor.collect.buckets import read_account_block, read_bucket
from auditor.collect.chains import Told, read_log_group, read_region
from auditor.collect.connection import Connection
from auditor.collect.grants import IAM_REGION, read_key, read_role
from auditor.collect.sharing import Owners, with_shared
from auditor.collect.trails import Listed, list_trails, read_elsewhere, read_trail
from auditor.errors import CredentialsError, UnreachableError
from auditor.model.account import Aliases, Caller, SecurityHub
from auditor.model.arn import log_group_parts
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Read, Unreadable
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroupFacts
from auditor.model.role import RoleFacts
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.trail import Trail, TrailFacts

T = TypeVar("T")


def collect(connection: Connection, progress: Progress | None = None, shared: Sequence[Snapshot] = ()) -> Snapshot:
    """Reads all facts that the checks need, each of them once.

    Args:
        connection: Where to read.
        progress: Told of each call that has been answered.
        shared: What was read of the accounts that own what this one's trails lead to; none of it is read again.

    Raises:
        CredentialsError: AWS does not accept the caller.
        UnreachableError: Nothing answers at the endpoint.
    """
    return asyncio.run(_collect(Aws(connection, progress) if progress else Aws(connection), shared))


async def _collect(aws: Aws, shared: Sequence[Snapshot]) -> Snapshot:
    try:
        started = datetime.now(UTC)
        region = aws.connection.region
        if not aws.connection.account_id:
            # One of many accounts finds the service models loaded, and may not need all of its clients.
            aws.prepare(_SERVICES, region)
        caller, listed = await gather(_caller(aws), list_trails(aws, region))
        owners = Owners.beside(caller.account_id, shared)
        return with_shared(await _Account(aws, caller, owners).snapshot(listed, started), shared)
    finally:
        aws.close()


# In the order in which they are called, those on the longest path before the rest.
_SERVICES = ("sts", "cloudtrail", "logs", "cloudwatch", "s3", "sns", "s3control", "iam", "kms", "securityhub")


def caller_of(connection: Connection) -> Caller:
    """Gives who asks, and in which account.

    Raises:
        CredentialsError: AWS does not accept the caller.
        UnreachableError: Nothing answers at the endpoint.
    """

    async def ask() -> Caller:
        aws = Aws(connection)
        try:
            return await _caller(aws)
        finally:
            aws.close()

    return asyncio.run(ask())


async def _caller(aws: Aws) -> Caller:
    region = aws.connection.region
    answer = await aws.read(op.GET_CALLER_IDENTITY, region, of="the caller's identity")
    if not isinstance(answer, Unreadable):
        return answer.fact(Caller)
    said = answer.message.rstrip(".")
    if answer.error_code == "Unreachable":
        raise UnreachableError(
            f"AWS could not be reached in {region}: {said}.", "Check the network, --endpoint-url and --region."
        )
    raise CredentialsError(
        f"AWS does not accept the credentials ({answer.error_code}): {said}.",
        "Sign in again, or choose others with --profile or the AWS_* variables.",
    )


class _Account:
    """Reads what follows from what: trails lead to buckets, log groups, roles and keys, log groups to people.

    Whatever can be asked is asked at once, so that a scan takes as long as the longest path from a trail to a person.
    """

    def __init__(self, aws: Aws, caller: Caller, owners: Owners) -> None:
        self.aws = aws
        self.caller = caller
        self.owners = owners
        self._trails: dict[str, Task[TrailFacts]] = {}
        self._buckets: dict[str, Task[BucketFacts]] = {}
        self._groups: dict[str, Task[LogGroupFacts]] = {}
        self._roles: dict[str, Task[RoleFacts]] = {}
        self._keys: dict[str, Task[KeyFacts]] = {}
        self._regions: dict[str, Task[tuple[RegionFacts, tuple[Told, ...]]]] = {}

    async def snapshot(self, listed: Listed, started: datetime) -> Snapshot:
        region = self.aws.connection.region
        unlisted, block, aliases, hub = await gather(
            self._follow_all(listed),
            read_account_block(self.aws, self.caller, region),
            self._aliases(),
            self._security_hub(region),
        )
        trails = await gather(*self._trails.values())
        buckets, groups, roles, keys, regions = await gather(
            _in_order(self._buckets),
            _in_order(self._groups),
            _in_order(self._roles),
            _in_order(self._keys),
            _in_order(self._regions),
        )
        told = {one.topic.arn: one for _, topics in regions for one in topics}
        topic_keys = (one.key for one in told.values() if one.key)
        return Snapshot(
            taken_at=started,
            finished_at=datetime.now(UTC),
            region=region,
            caller=self.caller,
            aliases=aliases,
            trails=listed.here if isinstance(listed.here, Unreadable) else tuple(trails),
            unlisted=unlisted,
            account_block=block,
            buckets=buckets,
            log_groups=groups,
            regions=tuple(facts for facts, _ in regions),
            topics=tuple(one.topic for one in told.values()),
            keys=_once((*keys, *topic_keys)),
            roles=roles,
            security_hub=hub,
            api_calls=dict(sorted(self.aws.connection.requests.items())),
        )

    async def _follow_all(self, listed: Listed) -> Unreadable | None:
        """Follows the trails that are known, while those of other regions are asked for; gives why some are missing."""
        if isinstance(listed.here, Unreadable):
            return None
        for trail in listed.here:
            self._follow(trail)
        there, unread = await read_elsewhere(self.aws, listed)
        for trail in there:
            self._follow(trail)
        return unread or listed.unlisted

    def _follow(self, trail: Trail) -> None:
        """Begins to read a trail and whatever it leads to that no trail before it has led to, and no owner has read."""
        aws, caller, known = self.aws, self.caller, self.owners.knows
        shared = self.owners.trail(trail)
        if shared is None:
            _begin(self._trails, trail.arn, read_trail(aws, caller, trail))
        else:
            _begin(self._trails, trail.arn, _as_it_is(shared))
            trail = shared.trail
        if not known(trail.bucket):
            _begin(self._buckets, trail.bucket, read_bucket(aws, caller, trail.bucket, trail.home_region))
        if trail.log_group:
            _, region, account_id = log_group_parts(trail.log_group)
            if not known(trail.log_group):
                _begin(self._groups, trail.log_group, read_log_group(aws, caller, trail.log_group, trail.source))
            if account_id == caller.account_id:
                _begin(self._regions, region, read_region(aws, caller, region))
        if trail.role_arn and not known(trail.role_arn):
            _begin(self._roles, trail.role_arn, read_role(aws, caller, trail.role_arn, trail.source))
        if trail.kms_key and not known(trail.kms_key):
            _begin(self._keys, trail.kms_key, read_key(aws, caller, trail.kms_key, with_policy=False))

    async def _aliases(self) -> Read[Aliases]:
        region = IAM_REGION.get(self.caller.partition, self.aws.connection.region)
        answer = await self.aws.read(op.LIST_ACCOUNT_ALIASES, region, of=f"account {self.caller.account_id}")
        return answer if isinstance(answer, Unreadable) else answer.fact(Aliases)

    async def _security_hub(self, region: str) -> Read[SecurityHub]:
        answer = await self.aws.read(op.DESCRIBE_HUB, region, of=f"Security Hub in {region}")
        return answer if isinstance(answer, Unreadable) else answer.fact(SecurityHub)


async def _as_it_is(read: T) -> T:
    return read


def _begin(begun: dict[str, Task[T]], name: str, reading: Coroutine[Any, Any, T]) -> None:
    if name in begun:
        reading.close()
    else:
        begun[name] = create_task(reading)


async def _in_order(begun: Mapping[str, Task[T]]) -> tuple[T, ...]:
    return tuple(await gather(*(begun[name] for name in sorted(begun))))


def _once(keys: tuple[KeyFacts, ...]) -> tuple[KeyFacts, ...]:
    """Gives each key once; what was read with its policy goes before what was read without."""
    found = {key.name: key for key in sorted(keys, key=lambda key: key.policy is not None)}
    return tuple(found[name] for name in sorted(found))
