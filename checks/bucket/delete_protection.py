"""Protection of a trail's log files from being deleted."""

from __future__ import annotations

from auditor.checking import BucketCheck, Remediation, Severity, Verdict, failed, observed, passed, unknown
from auditor.model.bucket import BucketFacts, ObjectLock
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.policy import Extent, Policy
from auditor.remedy.policy import Statement
from checks.bucket.claim import Claim, not_known
from checks.bucket.deletion_denied import DELETE, DELETE_VERSION, deletion_denied, denied_to_people
from checks.bucket.log_files import KEPT_DAYS, locked_days, objects_of, trails_into
from checks.bucket.stated_policy import add_statements, policy_of

_BYPASS = "s3:BypassGovernanceRetention"


class DeleteProtection(BucketCheck):
    """Nobody can delete the log files, administrators included.

    One of three guards is enough: the bucket policy denies the deletion to everyone, MFA delete is on, or Object
    Lock keeps each file for a year. A Deny that lets some principals through does not count, however few they are:
    whoever gets hold of one of them deletes the logs, and it is for people, by a waiver, to say that this one may. A
    lock in governance mode yields to a permission that administrators have, so it counts only where the bucket
    policy denies them that.
    """

    id = "bucket.delete_protection"
    title = "Nobody can delete the trail's log files, administrators included"
    severity = Severity.HIGH
    rationale = (
        "An intruder with an administrator's rights deletes the record of what he did, unless the bucket refuses "
        "even administrators; what is gone from there can be neither searched nor shown in court."
    )
    references = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html",
    )

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges the three guards, each for itself."""
        policy, objects = policy_of(facts), _log_objects(facts, account)
        guards = [_by_policy(facts, policy, objects), _by_mfa(facts), _by_lock(facts, policy, objects)]
        evidence = [item for guard in guards for item in guard.evidence]
        notes = tuple(note for guard in guards for note in guard.notes)
        holding = "; ".join(guard.words for guard in guards if guard.holds)
        if holding:
            others = tuple(guard.sentence for guard in guards if not guard.holds)
            return passed(f"The log files in {facts.name} are protected: {holding}.", *evidence, notes=others + notes)
        words = "; ".join(guard.words for guard in guards)
        if any(guard.holds is None for guard in guards):
            reason = f"Whether the log files in {facts.name} can be deleted is not known: {words}."
            return unknown(reason, *evidence, notes=notes)
        reason = f"The log files in {facts.name} can be deleted: {words}."
        return failed(reason, *evidence, remediation=_deny(facts, account), notes=notes)


def _log_objects(facts: BucketFacts, account: Snapshot) -> tuple[str, ...]:
    objects = (name for own in trails_into(facts, account) for name in objects_of(facts, own.trail))
    return tuple(dict.fromkeys(objects)) or (f"{facts.arn}/*",)


def _by_policy(facts: BucketFacts, policy: Policy | Verdict | None, objects: tuple[str, ...]) -> Claim:
    if isinstance(policy, Verdict):
        return Claim(None, f"the bucket policy is not known ({policy.reason.rstrip('.')})", policy.evidence)
    return deletion_denied(facts, policy, objects)


def _by_mfa(facts: BucketFacts) -> Claim:
    """Judges MFA delete, which guards versions: in a bucket whose versioning is suspended, new files have none.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html
    """
    versioning = facts.versioning
    if isinstance(versioning, Unreadable):
        return not_known("MFA delete", versioning)
    shown = (observed(versioning, facts.arn, "status", "mfa_delete"),)
    if not versioning.needs_mfa:
        return Claim(False, "MFA delete is off", shown)
    if not versioning.enabled:
        return Claim(False, "MFA delete is on, but with versioning suspended it does not guard new files", shown)
    return Claim(True, "MFA delete is on, so that a version is deleted only by the root user's MFA device", shown)


def _by_lock(facts: BucketFacts, policy: Policy | Verdict | None, objects: tuple[str, ...]) -> Claim:
    """Judges Object Lock's default retention, which CloudTrail's files get as they are written."""
    lock = facts.object_lock
    if isinstance(lock, Unreadable):
        return not_known("Object Lock", lock)
    shown = (observed(lock, facts.arn),)
    if not lock.enabled:
        return Claim(False, "Object Lock is off", shown)
    days = locked_days(lock)
    if not days:
        return Claim(False, "Object Lock is on, but has no default retention, so that it locks no log file", shown)
    if days < KEPT_DAYS:
        return Claim(False, f"Object Lock ({lock.mode}) keeps each file for {days} days only, not {KEPT_DAYS}", shown)
    held = Claim(
        True, f"Object Lock keeps each file for {days} days in compliance mode, which nobody can shorten", shown
    )
    return held if lock.mode == "COMPLIANCE" else _in_governance(held, lock, policy, objects)


def _in_governance(held: Claim, lock: ObjectLock, policy: Policy | Verdict | None, objects: tuple[str, ...]) -> Claim:
    """Judges a lock that yields to a permission."""
    words = f"Object Lock keeps each file for {locked_days(lock)} days in governance mode, which yields to {_BYPASS}"
    if isinstance(policy, Verdict):
        return Claim(None, f"{words}, and who has that is not known", held.evidence)
    bypass = denied_to_people(policy, _BYPASS, objects)
    if bypass.extent is Extent.EVERYONE:
        return Claim(
            True, f"{words}, and the bucket policy ({', '.join(bypass.because)}) denies everyone that", held.evidence
        )
    if bypass.extent is Extent.DEPENDS:
        return Claim(None, f"{words}, and who is denied that hangs on {'; '.join(bypass.hangs_on)}", held.evidence)
    return Claim(False, f"{words}, which an administrator has", held.evidence)


def _deny(facts: BucketFacts, account: Snapshot) -> Remediation:
    """Gives a Deny for all that the trail may write: digests and insights come as soon as they are turned on."""
    trails = [
        own.trail.model_copy(update={"validation": True, "has_insights": True}) for own in trails_into(facts, account)
    ]
    objects = dict.fromkeys(name for trail in trails for name in objects_of(facts, trail))
    statement: Statement = {
        "Sid": "TrailAuditorDenyLogDeletion",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [DELETE, DELETE_VERSION],
        "Resource": list(objects) or [f"{facts.arn}/*"],
    }
    summary = (
        "Add a Deny on the deletion of log files to the bucket policy, for everyone; lifecycle rules still expire "
        "them. Object Lock in compliance mode is stronger, but cannot be undone."
    )
    does = f"add a Deny on the deletion of log files to the policy of {facts.name}"
    cost = "Nobody can delete a log file by hand until the statement is taken out; lifecycle rules still expire them."
    added = add_statements(facts, does, cost, statement)
    return added.remediation(summary, *added.says)
