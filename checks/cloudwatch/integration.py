"""A trail's log group."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, failed, known, observed, passed, unknown
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from checks.cloudwatch.mending import mend_writing


class Integration(TrailCheck):
    """The trail names a role and a log group that exists and can have metric filters."""

    id = "cloudwatch.integration"
    title = "The trail delivers to a CloudWatch Logs log group"
    severity = Severity.HIGH
    rationale = (
        "Log files in a bucket are read after the damage is done. Metric filters, and with them every alarm on what "
        "happens in the account, work on a log group only."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges what the trail names, and the log group that is there."""
        trail = facts.trail
        shown = observed(trail, trail.arn, "log_group_arn", "role_arn")
        if trail.log_group is None:
            reason = f"The trail {trail.name} delivers to no log group."
            return failed(reason, shown, remediation=mend_writing(facts, account))
        where = account.log_group(trail.log_group)
        if where.group is None:
            reason = f"The log group {where.name} that the trail {trail.name} names does not exist in {where.region}."
            return failed(reason, shown, remediation=mend_writing(facts, account))
        if not trail.role_arn:
            reason = f"The trail {trail.name} names the log group {where.name}, but no role to write to it with."
            return failed(reason, shown, remediation=mend_writing(facts, account))
        group = known(where.group)
        evidence = (shown, observed(group, where.arn, "name", "log_class"))
        if group.log_class == "INFREQUENT_ACCESS":
            reason = f"The log group {where.name} is of the class INFREQUENT_ACCESS, which has no metric filters."
            return failed(reason, *evidence, remediation=mend_writing(facts, account))
        if group.log_class != "STANDARD":
            reason = (
                f"Whether a log group of the class {group.log_class}, as {where.name}, has metric filters is not known."
            )
            return unknown(reason, *evidence)
        return passed(f"The trail {trail.name} delivers to the log group {where.name} in {where.region}.", *evidence)
