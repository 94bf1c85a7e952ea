"""Delivery of a trail's digests."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, known, not_applicable, observed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from checks.trail.arrival import Arrival, arrived, quiet, stopped
from checks.trail.delivery import mend_bucket


class DigestDelivery(TrailCheck):
    """The digests of the trail's log files arrive, each hour one."""

    id = "trail.digest_delivery"
    title = "The digests of the trail's log files arrive in its bucket"
    severity = Severity.MEDIUM
    rationale = (
        "The digests are a chain, each naming the one before. Where they stop, files can be changed or removed without "
        "a trace, although validation is on."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the latest delivery of a digest, by the clock of the scan."""
        trail = facts.trail
        if not trail.validation:
            reason = f"Log file validation of {trail.name} is off; trail.log_validation judges that."
            return not_applicable(reason, observed(trail, trail.arn, "validation"))
        status = known(facts.status)
        # No fact tells since when validation is on.
        new = "validation may have been turned on within the last hour"
        arrival = Arrival(
            what=f"digests of {trail.name} to the bucket {trail.bucket}",
            latest=status.latest_digest_delivery,
            error=status.latest_digest_delivery_error,
            shown=observed(status, trail.arn, "latest_digest_delivery", "latest_digest_delivery_error", "started"),
            excuse=quiet(facts) if status.latest_digest_delivery else new,
            mend=mend_bucket(trail),
            notes=("Where validation has just been turned on again, the next digest comes within an hour.",),
        )
        return stopped(facts) or arrived(arrival, facts, account)
