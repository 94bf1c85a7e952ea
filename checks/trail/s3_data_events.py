"""Data events of S3 objects: which of them the trails log."""

from __future__ import annotations

from auditor.checking import Severity, Status, TrailsCheck, Verdict, failed, passed, unknown
from auditor.model.snapshot import Snapshot
from auditor.model.trail import AdvancedSelector, BasicSelector, DataResource, FieldSelector, TrailFacts
from checks.trail.coverage import Coverage, cover, described
from checks.trail.mending import Wanted, mend_best, recording, selecting, starting
from checks.trail.selection import S3_OBJECT, Scope, Side, s3_slices


class S3DataEvents(TrailsCheck):
    """Trails that are logging in all regions log, together, reading and writing of objects in every bucket."""

    id = "trail.s3_data_events"
    title = "Object-level events of all S3 buckets are logged, read and write"
    severity = Severity.MEDIUM
    rationale = (
        "Management events show that a bucket's policy was opened, not what left through it. Only data events tell "
        "which objects were read, replaced or deleted, and by whom."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-cloudtrail-logging-for-s3.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges the union of what the trails' selectors let through, reading and writing apart."""
        wanted = _wanted(account.caller.partition)
        found = cover(facts, wanted.slices_of, wanted.scope)
        if found.status is Status.PASS:
            reason = f"Reading and writing of objects in all S3 buckets is logged by {found.names}."
            return passed(reason, *found.evidence)
        missed = described(found.gaps, "S3 object events")
        if found.status is Status.UNKNOWN:
            reason = f"Whether {missed} are logged for all buckets is not known: {'; '.join(found.doubts)}."
            return unknown(reason, *found.evidence)
        reason = f"No multi-region trail logs {missed} for all buckets: {found.absent}{_but(found)}."
        mend = mend_best(facts, account, recording, selecting(wanted), starting)
        return failed(reason, *found.evidence, remediation=mend)


def _but(found: Coverage) -> str:
    """Says which side is in order where only one is missed."""
    whole = [side for side in Side if not found.gaps[side]]
    return f"; {whole[0]} events are logged by {found.names}" if whole and found.trails else ""


def _wanted(partition: str) -> Wanted:
    fields = (
        FieldSelector(field="eventCategory", equals=("Data",)),
        FieldSelector(field="resources.type", equals=(S3_OBJECT,)),
    )
    every = DataResource(type=S3_OBJECT, values=(f"arn:{partition}:s3",))
    return Wanted(
        name="reading and writing of every S3 object",
        scope=Scope(f"arn:{partition}:s3:::"),
        slices_of=s3_slices,
        basic=BasicSelector(management=False, data_resources=(every,)),
        advanced=AdvancedSelector(name="All S3 object events", fields=fields),
        cost=(
            "Data events are billed by number: in a busy account this is the dearest thing that a trail can log, and a "
            "trail whose bucket is in the account logs its own deliveries as well."
        ),
    )
