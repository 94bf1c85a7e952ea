"""Encryption of a trail's log files."""

from __future__ import annotations

from auditor.checking import Remediation, Severity, TrailCheck, Verdict, failed, known, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remedy import aws


class TrailEncryption(TrailCheck):
    """The trail's log files are encrypted with a KMS key that works."""

    id = "trail.encryption"
    title = "The trail encrypts its log files with a KMS key"
    severity = Severity.MEDIUM
    rationale = (
        "With a KMS key of the account, reading the logs takes two permissions, on the bucket and on the key; "
        "whoever slips into the bucket alone reads nothing."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the key that the trail names, and its state."""
        trail = facts.trail
        shown = observed(trail, trail.arn, "kms_key")
        if not trail.kms_key:
            mend = aws("cloudtrail", "update-trail", region=trail.home_region, name=trail.arn, kms_key_id="KEY_ARN")
            return failed("The trail names no KMS key.", shown, remediation=Remediation(summary="", commands=(mend,)))
        key = known(account.key(trail.kms_key).key)
        if key is None:
            return failed(f"The key {trail.kms_key} does not exist.", shown)
        return passed(f"The log files are encrypted with {key.arn}.", shown, observed(key, key.arn, "manager", "state"))
