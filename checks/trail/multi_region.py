"""A trail for all regions."""

from __future__ import annotations

from auditor.checking import Severity, TrailsCheck, Verdict, failed, observed, passed
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from checks.trail.mending import mend_best, recording


class MultiRegion(TrailsCheck):
    """Some trail records every region; an organization's trail counts as the account's own."""

    id = "trail.multi_region"
    title = "A trail records every region"
    severity = Severity.HIGH
    rationale = (
        "Stolen credentials work in every region, and a region that nobody uses is where nobody looks. A trail for "
        "all regions also takes in those that AWS opens later."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges whether one trail is multi-region; whether it is at work is trail.logging's question."""
        shown = [observed(one.trail, one.trail.arn, "multi_region", "organization", "home_region") for one in facts]
        wide = [place for place, one in enumerate(facts) if one.trail.multi_region]
        if wide:
            trail = facts[wide[0]].trail
            kind = "The organization's trail" if trail.organization else "The trail"
            return passed(f"{kind} {trail.name} records every region.", shown[wide[0]])
        records = ", ".join(f"{one.trail.name} records {one.trail.home_region} only" for one in facts)
        mend = mend_best(facts, account, recording)
        return failed(f"No trail records every region: {records}.", *shown, remediation=mend)
