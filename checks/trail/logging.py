"""Whether the account's trail is at work."""

from __future__ import annotations

from auditor.checking import Severity, TrailsCheck, Verdict, failed, known, observed, passed
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts, TrailStatus
from checks.trail.mending import mend_best, starting


class Logging(TrailsCheck):
    """A trail is logging: one that records every region, or, where there is none, at least some trail.

    That there is a multi-region trail is what `trail.multi_region` asks; its absence is not told twice.
    """

    id = "trail.logging"
    title = "The account's trail is logging"
    severity = Severity.CRITICAL
    rationale = (
        "A stopped trail keeps its settings and looks sound in every list. Stopping it is one call, and "
        "often the first that an intruder makes."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges the status of the multi-region trails, or of all trails where none is multi-region."""
        wide = tuple(one for one in facts if one.trail.multi_region)
        chosen = wide or facts
        for one in chosen:
            if not isinstance(one.status, Unreadable) and one.status.logging:
                shown = observed(one.status, one.trail.arn, "logging", "started")
                return passed(f"The trail {one.trail.name} is logging.", shown, notes=_notes(one, wide))
        statuses = [(one, known(one.status)) for one in chosen]
        stopped = ", ".join(f"{one.trail.name} is stopped{_since(status)}" for one, status in statuses)
        shown_all = [observed(status, one.trail.arn, "logging", "started", "stopped") for one, status in statuses]
        mend = mend_best(chosen, account, starting)
        return failed(f"No {'multi-region ' if wide else ''}trail is logging: {stopped}.", *shown_all, remediation=mend)


def _since(status: TrailStatus) -> str:
    if status.stopped:
        return f" since {status.stopped:%Y-%m-%d %H:%M} UTC"
    return "" if status.started else " and never was started"


def _notes(one: TrailFacts, wide: tuple[TrailFacts, ...]) -> tuple[str, ...]:
    if wide:
        return ()
    return (f"{one.trail.name} records {one.trail.home_region} only; trail.multi_region judges that.",)
