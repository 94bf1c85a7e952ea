"""Public access to a trail's bucket."""

from __future__ import annotations

from auditor.checking import BucketCheck, Evidence, Remediation, Severity, Verdict, failed, observed, passed, unknown
from auditor.model.bucket import Acl, BucketFacts, PublicAccessBlock
from auditor.model.fact import Read, Unreadable
from auditor.model.snapshot import Snapshot
from auditor.policy import Policy, public_statements
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import page, step
from checks.bucket.claim import Claim, not_known
from checks.bucket.stated_policy import policy_of

_SWITCHES = ("block_acls", "ignore_acls", "block_policy", "restrict_buckets")
_NAMES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_PUBLIC_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "every AWS account",
}


class PublicAccess(BucketCheck):
    """Neither the bucket's ACL nor its policy lets the public in, or public access is blocked.

    Access is public if a door stands open (the ACL grants to all, or the policy is public) and no switch closes it.
    IgnorePublicAcls closes the one, RestrictPublicBuckets the other; the remaining two switches only keep new doors
    from being opened. Where a bucket's owner forbids ACLs, S3 answers with an ACL that grants to the owner alone.
    """

    id = "bucket.public_access"
    title = "The trail's bucket is closed to the public"
    severity = Severity.CRITICAL
    rationale = (
        "The logs name every user, role, address and resource of the account: to an attacker, a map; and who can "
        "write there as well can plant or overwrite records."
    )
    references = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    )

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges whether the ACL or the policy opens the bucket, and whether a switch closes it."""
        switches = {name: _switch(name, facts, account) for name in _SWITCHES}
        doors = [
            _behind(switches["ignore_acls"], "IgnorePublicAcls", _acl(facts.acl, facts.arn)),
            _behind(switches["restrict_buckets"], "RestrictPublicBuckets", _policy(facts)),
        ]
        evidence = (*_blocks(facts, account), *(item for door in doors for item in door.evidence))
        notes = tuple(note for door in doors for note in door.notes)
        opened = [door.words for door in doors if door.holds]
        if opened:
            reason = f"The bucket {facts.name} is public: {'; '.join(opened)}."
            return failed(reason, *evidence, remediation=_block(facts), notes=notes)
        unsure = [door.words for door in doors if door.holds is None]
        if unsure:
            return unknown(f"Whether {facts.name} is public is not known: {'; '.join(unsure)}.", *evidence, notes=notes)
        if all(value is True for value in switches.values()):
            return passed(
                f"All four switches of the public access block are on for {facts.name}.", *evidence, notes=notes
            )
        reason = f"The bucket {facts.name} is not public: {'; '.join(door.words for door in doors)}."
        return passed(reason, *evidence, notes=(*notes, *_unguarded(facts, switches)))


def _switch(name: str, facts: BucketFacts, account: Snapshot) -> bool | Unreadable:
    """Gives a switch as the bucket and its account set it together: the most restrictive wins.

    Where the bucket's owner is not known, the account whose switches were read is that if the bucket policy could be
    read: S3 shows it to the owner's account only
    (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html).
    """
    own = _setting(facts.public_access_block, name)
    owner = account.home(facts.account_id)
    above = _setting((owner or account).account_block, name)
    if owner is None and isinstance(facts.policy, Unreadable) and above is not False:
        above = facts.policy
    if own is True or above is True:
        return True
    return own if isinstance(own, Unreadable) else above


def _setting(block: Read[PublicAccessBlock], name: str) -> bool | Unreadable:
    return block if isinstance(block, Unreadable) else bool(getattr(block, name))


def _behind(switch: bool | Unreadable, name: str, door: Claim) -> Claim:
    """Gives what a door comes to behind the switch that would close it."""
    if switch is True:
        words = f"{name} is on"
        notes = (f"Without {name} it would be public: {door.words}.",) if door.holds else ()
        return Claim(False, words, () if door.holds is None else door.evidence, notes)
    if door.holds is False or switch is False:
        return door
    left = not_known(f"{door.words}; {name}", switch)
    return Claim(None, left.words, (*door.evidence, *left.evidence))


def _acl(acl: Read[Acl], arn: str) -> Claim:
    if isinstance(acl, Unreadable):
        return not_known("the ACL", acl)
    shown = (observed(acl, arn, "grants"),)
    grants = [
        f"{grant.permission} to {_PUBLIC_GROUPS[grant.grantee.uri]}"
        for grant in acl.grants
        if grant.grantee.uri in _PUBLIC_GROUPS
    ]
    if grants:
        return Claim(True, f"the ACL grants {', '.join(grants)}", shown)
    return Claim(False, "the ACL grants nothing to the public", shown)


def _policy(facts: BucketFacts) -> Claim:
    """Gives whether the policy is public: S3's own word where there is one, else the statements'."""
    status, policy = facts.policy_status, policy_of(facts)
    grants = () if isinstance(policy, Verdict) else public_statements(policy)
    named = "; ".join(f"in {grant.sid}, {grant.reason}" for grant in grants)
    if isinstance(status, Unreadable):
        return _by_statements(facts, policy, status)
    shown = (observed(status, facts.arn, "public"),)
    if status.public:
        return Claim(True, "S3 calls the bucket policy public" + (f" ({named})" if named else ""), shown)
    if any(grant.certain for grant in grants):
        words = f"the bucket policy has public statements ({named}), yet S3 does not call it public"
        return Claim(None, words, shown)
    return Claim(False, "S3 does not call the bucket policy public" if policy else "it has no public policy", shown)


def _by_statements(facts: BucketFacts, policy: Policy | Verdict | None, status: Unreadable) -> Claim:
    if isinstance(policy, Verdict):
        return not_known("whether the bucket policy is public", status)
    shown = () if isinstance(facts.policy, Unreadable) else (observed(facts.policy, facts.arn),)
    grants = public_statements(policy)
    sure = [grant for grant in grants if grant.certain]
    named = "; ".join(f"in {grant.sid}, {grant.reason}" for grant in sure or grants)
    if sure:
        return Claim(True, f"the bucket policy is public ({named})", shown)
    if grants:
        return not_known(f"whether S3 takes the bucket policy to be public ({named})", status)
    return Claim(False, "no statement of the bucket policy is public", shown)


def _blocks(facts: BucketFacts, account: Snapshot) -> tuple[Evidence, ...]:
    owner = account.home(facts.account_id) or account
    blocks = ((facts.public_access_block, facts.arn), (owner.account_block, f"account {owner.account_id}"))
    return tuple(
        observed(block, resource, *_SWITCHES) for block, resource in blocks if not isinstance(block, Unreadable)
    )


def _unguarded(facts: BucketFacts, switches: dict[str, bool | Unreadable]) -> tuple[str, ...]:
    off = [PublicAccessBlock.model_fields[name].alias or name for name, value in switches.items() if value is False]
    if not off:
        return ()
    note = (
        f"The bucket {facts.name} is private as it stands, but neither it nor the account sets {', '.join(off)}, so "
        "that a later change of policy or ACL, or the ACL of a single object, can open it."
    )
    return (note,)


def _block(facts: BucketFacts) -> Remediation:
    every = dict.fromkeys(_NAMES, True)
    return step(
        f"block public access to {facts.name}",
        Target.BUCKET,
        _put(facts, every),
        undo=[_earlier(facts)],
        cost="While the policy is public, other accounts that it names lose access too.",
        pages=[page("s3api", "put-public-access-block")],
    ).remediation(
        "Block public access to the bucket; its policy and ACL stay as they are. While the policy is public, "
        "other accounts that it names lose access too."
    )


def _earlier(facts: BucketFacts) -> str:
    block = facts.public_access_block
    if isinstance(block, Unreadable) or not any(getattr(block, switch) for switch in _SWITCHES):
        return aws("s3api", "delete-public-access-block", region=facts.region, bucket=facts.name)
    return _put(facts, dict(zip(_NAMES, (getattr(block, switch) for switch in _SWITCHES), strict=True)))


def _put(facts: BucketFacts, switches: dict[str, bool]) -> str:
    here = {"region": facts.region, "bucket": facts.name}
    return aws("s3api", "put-public-access-block", **here, public_access_block_configuration=switches)
