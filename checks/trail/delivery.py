"""Delivery of a trail's log files."""

from __future__ import annotations

from auditor.checking import Remediation, Severity, TrailCheck, Verdict, known, observed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts
from auditor.remedy.trail import name_bucket_again
from checks.trail.arrival import Arrival, arrived, quiet, stopped


class Delivery(TrailCheck):
    """The trail's log files arrive in its bucket."""

    id = "trail.delivery"
    title = "The trail's log files arrive in its bucket"
    severity = Severity.HIGH
    rationale = (
        "A trail goes on saying that it logs while its bucket refuses every file. CloudTrail tries again for thirty "
        "days; what was not delivered by then is lost."
    )
    references = ("https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html",)

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the latest delivery, by the clock of the scan."""
        status = known(facts.status)
        arrival = Arrival(
            what=f"log files of {facts.trail.name} to the bucket {facts.trail.bucket}",
            latest=status.latest_delivery,
            error=status.latest_delivery_error,
            shown=observed(status, facts.trail.arn, "latest_delivery", "latest_delivery_error", "started"),
            excuse=quiet(facts),
            mend=mend_bucket(facts.trail),
        )
        return stopped(facts) or arrived(arrival, facts, account)


def mend_bucket(trail: Trail) -> Remediation:
    """Gives what has CloudTrail try again once bucket and key let it write."""
    summary = (
        f"See what keeps CloudTrail from writing to {trail.bucket}: its policy (bucket.cloudtrail_access says what is "
        "missing and how to add it) or the trail's key (trail.encryption). Then name the bucket to the trail again, "
        "which has CloudTrail check the policy, and refuse where it still does not do."
    )
    return name_bucket_again(trail).remediation(summary)
