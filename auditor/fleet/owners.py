"""Which accounts own what a trail leads to, so that they are read before all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail

# The log archive account by the names that it commonly has, the plainest first.
_ARCHIVES = ("log archive", "log-archive", "logging", "audit", "security")
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")


def likely_owners(
    snapshot: Snapshot, accounts: Sequence[tuple[str, str]], read: Sequence[Snapshot] = ()
) -> tuple[str, ...]:
    """Gives the accounts that own what other accounts' trails lead to, the surest first.

    Sure are those that an organization's trail names by ARN. Who owns a bucket is not known until an account has been
    read that is shown its policy; till then the accounts that its name holds are likely, as in Control Tower's
    `aws-controltower-logs-<log archive>-<region>`, and after them those whose own name is a log archive's.

    Args:
        snapshot: What was read of any account that the trails record.
        accounts: The id and the name of each account of the run; a bucket's name may hold the id of another.
        read: What was read of other accounts so far; a bucket that one of them owns is no matter of guessing.
    """
    trails = () if isinstance(snapshot.trails, Unreadable) else [facts.trail for facts in snapshot.trails]
    shared = [trail for trail in trails if _leads_away(trail, snapshot)]
    sure = [account_id for trail in shared for account_id in trail.accounts]
    owners = {name: _owner(name, (snapshot, *read)) for name in dict.fromkeys(trail.bucket for trail in shared)}
    open_ = [name for name, owner in owners.items() if not owner]
    told = [owner for owner in owners.values() if owner]
    return tuple(dict.fromkeys((*sure, *told, *_guesses(open_, accounts))))


def _leads_away(trail: Trail, account: Snapshot) -> bool:
    """Whether a trail is another account's, or delivers to another's, such as one bucket for all accounts."""
    return (
        trail.organization
        or any(one != account.account_id for one in trail.accounts)
        or not _owner(trail.bucket, (account,))
    )


def _owner(name: str, read: Iterable[Snapshot]) -> str:
    """Gives a bucket's owner, where it is known: S3 shows its policy to the owner's account only.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
    """
    for account in read:
        for bucket in account.buckets:
            if bucket.name == name and bucket.account_id:
                return bucket.account_id
            if bucket.name == name and bucket.exists and not isinstance(bucket.policy, Unreadable):
                return account.account_id
    return ""


def _guesses(buckets: Sequence[str], accounts: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name in buckets:
        yield from _ACCOUNT_ID.findall(name)
    for archive in _ARCHIVES if buckets else ():
        yield from (account_id for account_id, name in accounts if archive in name.lower())
