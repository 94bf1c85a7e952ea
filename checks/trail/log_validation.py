"""Validation of a trail's log files."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, failed, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remedy import aws
from checks.trail.mending import by_owner


class LogValidation(TrailCheck):
    """The trail writes signed digests of its log files."""

    id = "trail.log_validation"
    title = "The trail writes signed digests of its log files"
    severity = Severity.MEDIUM
    rationale = (
        "A log is evidence only as long as one can show that nobody changed it or took a file away. Each signed digest "
        "names the files of an hour with their hashes, and the digest before it."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the trail's setting; whether digests arrive is trail.digest_delivery's question."""
        trail = facts.trail
        shown = observed(trail, trail.arn, "validation")
        if trail.validation:
            return passed(f"Log file validation of {trail.name} is on.", shown)
        here = {"region": trail.home_region, "name": trail.name}
        mend = by_owner(
            trail,
            account,
            "Turn log file validation on; what was delivered before stays without digests.",
            aws("cloudtrail", "update-trail", **here, enable_log_file_validation=True),
        )
        return failed(f"Log file validation of {trail.name} is off.", shown, remediation=mend)
