"""How long a trail's log group keeps events."""

from __future__ import annotations

from auditor.checking import LogGroupCheck, Severity, Verdict, failed, known, observed, passed
from auditor.model.logs import LogGroupFacts
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import page, step
from checks.cloudwatch.log_group import missing

# https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16
_KEPT_DAYS = 365


class LogGroupRetention(LogGroupCheck):
    """The log group keeps events for a year at least; one without a retention setting keeps them for ever."""

    id = "cloudwatch.retention"
    title = "The trail's log group keeps events for at least a year"
    severity = Severity.LOW
    rationale = (
        "Intrusions are often found months later. What the log group still holds can be searched in seconds; files in "
        "a bucket cannot."
    )
    references = ("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",)

    def judge(self, facts: LogGroupFacts, account: Snapshot) -> Verdict:
        """Judges the retention setting."""
        if facts.group is None:
            return missing(facts)
        group = known(facts.group)
        shown = observed(group, facts.arn, "retention_days")
        if group.retention_days is None:
            return passed(f"The log group {facts.name} keeps events for ever.", shown)
        if group.retention_days >= _KEPT_DAYS:
            return passed(f"The log group {facts.name} keeps events for {group.retention_days} days.", shown)
        here = {"region": facts.region, "log_group_name": facts.name}
        mend = step(
            f"let {facts.name} keep events for {_KEPT_DAYS} days",
            Target.LOG_GROUP,
            aws("logs", "put-retention-policy", **here, retention_in_days=_KEPT_DAYS),
            undo=[aws("logs", "put-retention-policy", **here, retention_in_days=group.retention_days)],
            cost="What is stored is billed by the gigabyte and month; undone, what is older is deleted.",
            pages=[page("logs", "put-retention-policy")],
        ).remediation("Keep events for a year; what is stored is billed, and what is already gone does not come back.")
        reason = f"The log group {facts.name} keeps events for {group.retention_days} days only, not {_KEPT_DAYS}."
        return failed(reason, shown, remediation=mend)
