"""Validation of a trail's log files."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, failed, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remediation import Target
from auditor.remedy.mending import page, step
from auditor.remedy.trail import update


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
        mending = step(
            f"turn log file validation of {trail.name} on",
            Target.TRAIL,
            update(trail, enable_log_file_validation=True),
            undo=[update(trail, no_enable_log_file_validation=True)],
            cost="It costs no more than the storage of 24 small files a day and region.",
            pages=[page("cloudtrail", "update-trail")],
        )
        summary = "Turn log file validation on; what was delivered before stays without digests."
        mend = mending.remediation(summary)
        return failed(f"Log file validation of {trail.name} is off.", shown, remediation=mend)
