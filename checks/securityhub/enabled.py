"""Security Hub in the account."""

from __future__ import annotations

from auditor.checking import AccountCheck, Remediation, Severity, Verdict, failed, known, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.remedy import aws
from auditor.remedy.mending import unless


class SecurityHubEnabled(AccountCheck):
    """Security Hub is on in the region that is scanned."""

    id = "securityhub.enabled"
    title = "Security Hub is on"
    severity = Severity.MEDIUM
    rationale = (
        "Security Hub gathers what GuardDuty, Inspector, Config and others find in one list, and goes on checking "
        "between two audits."
    )
    references = ("https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html",)

    def judge(self, facts: Snapshot, account: Snapshot) -> Verdict:
        """Judges whether the account has a hub in the scanned region."""
        hub = known(facts.security_hub)
        region = facts.region
        notes = (f"Security Hub is turned on for each region apart; what is said here is said of {region} only.",)
        if hub.arn:
            reason = f"Security Hub is on in {region}."
            return passed(reason, observed(hub, hub.arn, "arn", "subscribed_at"), notes=notes)
        found = aws("securityhub", "describe-hub", region=region)
        mend = Remediation(
            summary=(
                f"Turn Security Hub on in {region}, and in every other region in use. It is billed by the number of "
                "checks, and most of them need AWS Config to record."
            ),
            commands=(unless(found, aws("securityhub", "enable-security-hub", region=region)),),
        )
        shown = observed(hub, facts.account_id, "arn")
        return failed(f"Security Hub is off in {region}.", shown, remediation=mend, notes=notes)
