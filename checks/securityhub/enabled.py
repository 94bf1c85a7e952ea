"""Security Hub in the account."""

from __future__ import annotations

from auditor.checking import AccountCheck, Severity, Verdict, failed, known, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import page, step, unless


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
        mend = step(
            f"turn Security Hub on in {region}",
            Target.SERVICE,
            unless(found, aws("securityhub", "enable-security-hub", region=region)),
            undo=[aws("securityhub", "disable-security-hub", region=region)],
            cost="It is billed by the number of checks; turned off again, its findings are deleted after 90 days.",
            pages=[page("securityhub", "enable-security-hub")],
        ).remediation(
            f"Turn Security Hub on in {region}, and in every other region in use. It is billed by the number of "
            "checks, and most of them need AWS Config to record."
        )
        shown = observed(hub, facts.account_id, "arn")
        return failed(f"Security Hub is off in {region}.", shown, remediation=mend, notes=notes)
