"""Delivery of a trail's events to its log group."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, known, not_applicable, observed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from checks.cloudwatch.mending import mend_writing
from checks.trail.arrival import Arrival, arrived, quiet, stopped


class LogsDelivery(TrailCheck):
    """The trail's events arrive in its log group."""

    id = "cloudwatch.delivery"
    title = "The trail's events arrive in its log group"
    severity = Severity.HIGH
    rationale = (
        "A role that lost a right or a group that was deleted stops the flow without a word: every alarm behind it "
        "stays green for ever."
    )
    references = ("https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html",)

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the latest delivery, by the clock of the scan."""
        trail = facts.trail
        if trail.log_group is None:
            reason = f"The trail {trail.name} delivers to no log group; cloudwatch.integration judges that."
            return not_applicable(reason, observed(trail, trail.arn, "log_group_arn"))
        status = known(facts.status)
        arrival = Arrival(
            what=f"events of {trail.name} to the log group {account.log_group(trail.log_group).name}",
            latest=status.latest_logs_delivery,
            error=status.latest_logs_delivery_error,
            shown=observed(status, trail.arn, "latest_logs_delivery", "latest_logs_delivery_error", "started"),
            excuse=quiet(facts),
            mend=mend_writing(facts, account),
            notes=("Where the log group was named to the trail only minutes ago, scan again.",),
        )
        return stopped(facts) or arrived(arrival, facts, account)
