"""Management events: which of them the trails log."""

from __future__ import annotations

from auditor.checking import Severity, Status, TrailsCheck, Verdict, failed, passed, unknown
from auditor.model.snapshot import Snapshot
from auditor.model.trail import AdvancedSelector, BasicSelector, FieldSelector, TrailFacts
from checks.trail.coverage import cover, described
from checks.trail.mending import Wanted, mend_best, recording, selecting, starting
from checks.trail.selection import EVERYTHING, management_slices

EVERY_MANAGEMENT_EVENT = Wanted(
    name="all management events",
    scope=EVERYTHING,
    slices_of=management_slices,
    basic=BasicSelector(),
    advanced=AdvancedSelector(
        name="All management events", fields=(FieldSelector(field="eventCategory", equals=("Management",)),)
    ),
    cost="The first copy of management events in a region is free of charge; further ones are billed.",
)


class ManagementEvents(TrailsCheck):
    """Trails that are logging in all regions log, together, every management event, read and write."""

    id = "trail.management_events"
    title = "All management events are logged, read and write"
    severity = Severity.HIGH
    rationale = (
        "An intruder first reads to find the way, then writes to stay. A source that is left out for "
        "its volume, such as KMS, takes the disabling of keys with it."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges the union of what the trails' selectors let through."""
        found = cover(facts, EVERY_MANAGEMENT_EVENT.slices_of, EVERY_MANAGEMENT_EVENT.scope)
        if found.status is Status.PASS:
            return passed(f"All management events, read and write, are logged by {found.names}.", *found.evidence)
        missed = described(found.gaps, "management events")
        if found.status is Status.UNKNOWN:
            return unknown(f"Whether {missed} are logged is not known: {'; '.join(found.doubts)}.", *found.evidence)
        reason = f"No multi-region trail logs {missed}: {found.absent}."
        mend = mend_best(facts, account, recording, selecting(EVERY_MANAGEMENT_EVENT), starting)
        return failed(reason, *found.evidence, remediation=mend)
