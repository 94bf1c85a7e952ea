"""Where in a bucket the trails write, and what reaches there.

Sources: the layout of log files, of digests and of insights in the CloudTrail user guide,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

from auditor.checking import known
from auditor.model.bucket import BucketFacts, ObjectLock
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts
from auditor.policy.wildcard import Mark, Wildcard, overlaps
from auditor.remedy.storing import root_of

# How long an audit log is kept at least: a year, since intrusions are often found months after they began.
KEPT_DAYS = 365
ANY_ORGANIZATION = "o-*"
_DAYS_OF_YEAR = 365


def trails_into(facts: BucketFacts, account: Snapshot) -> tuple[TrailFacts, ...]:
    """Gives the trails that write to a bucket."""
    return tuple(trail for trail in known(account.trails) if trail.trail.bucket == facts.name)


def folders_of(trail: Trail) -> tuple[str, ...]:
    """Gives the folders of a trail's log files, digests and insights, as far as it makes them.

    The files of an organization's trail lie below the organization's id, which no fact tells, and the accounts'
    ids: a `*` stands for them.
    """
    owner = f"{ANY_ORGANIZATION}/*" if trail.organization else trail.account_id
    kinds = ("CloudTrail", *("CloudTrail-Digest",) * trail.validation, *("CloudTrail-Insight",) * trail.has_insights)
    return tuple(f"{root_of(trail)}/{owner}/{kind}" for kind in kinds)


def objects_of(facts: BucketFacts, trail: Trail) -> tuple[str, ...]:
    """Gives the ARNs of a trail's objects in a bucket, as patterns."""
    return tuple(f"{facts.arn}/{folder}/*" for folder in folders_of(trail))


def locked_days(lock: ObjectLock) -> int:
    """Gives for how many days Object Lock keeps each new object; 0 where it does not."""
    if not lock.enabled or not lock.mode:
        return 0
    return (lock.days or 0) + (lock.years or 0) * _DAYS_OF_YEAR


def reaches(prefix: str, folder: str) -> bool:
    """Tells whether some key below a folder starts with a prefix; a `*` in the folder stands within one segment."""
    *whole, last = prefix.split("/")
    segments = folder.split("/")
    if any(not overlaps(Wildcard.literal(part), segment) for part, segment in zip(whole, segments, strict=False)):
        return False
    begun = Wildcard.joined((*last, Mark.RUN))
    return len(whole) >= len(segments) or overlaps(begun, segments[len(whole)])
