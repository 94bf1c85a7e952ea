"""Whether what a trail sends arrives: judged alike for log files, for digests and for events in a log group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auditor.chain.delivery import FRESH, STALE
from auditor.checking import Evidence, Remediation, Verdict, failed, known, not_applicable, observed, passed, unknown
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from checks.trail.coverage import covers_alone
from checks.trail.selection import EVERYTHING, management_slices


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a trail's status says of one kind of delivery.

    Attributes:
        what: What is delivered, and where to, such as `log files to the bucket b`.
        latest: When it last was.
        error: Why the latest attempt failed; else empty.
        shown: The facts.
        excuse: Why nothing may have arrived though all is well, as a clause; else empty.
        mend: What mends it.
        notes: What one should know of a failure.
    """

    what: str
    latest: datetime | None
    error: str
    shown: Evidence
    excuse: str
    mend: Remediation
    notes: tuple[str, ...] = ()


def stopped(facts: TrailFacts) -> Verdict | None:
    """Gives the verdict on a trail that sends nothing, as it is stopped."""
    status = known(facts.status)
    if status.logging:
        return None
    reason = f"The trail {facts.trail.name} is stopped, so that it delivers nothing; trail.logging judges that."
    return not_applicable(reason, observed(status, facts.trail.arn, "logging", "stopped"))


def arrived(arrival: Arrival, facts: TrailFacts, account: Snapshot) -> Verdict:
    """Judges a delivery of a trail that is logging."""
    if arrival.error:
        reason = f"The latest delivery of {arrival.what} failed: {arrival.error}."
        return failed(reason, arrival.shown, remediation=arrival.mend)
    latest = f"There was no delivery of {arrival.what} yet"
    if arrival.latest:
        latest = f"The latest delivery of {arrival.what} was at {arrival.latest:%Y-%m-%d %H:%M} UTC"
    now = account.clock(facts.trail.account_id)
    if arrival.latest and now - arrival.latest <= STALE:
        return passed(f"{latest}, without an error.", arrival.shown)
    excuse = _just_started(facts, now) or arrival.excuse
    if excuse:
        reason = f"{latest}, which may be as it should: {excuse}."
        return unknown(reason, arrival.shown)
    reason = f"{latest}, though the trail {facts.trail.name} is logging."
    return failed(reason, arrival.shown, remediation=arrival.mend, notes=arrival.notes)


def quiet(facts: TrailFacts) -> str:
    """Says why a trail may have had nothing to log for a day: only one of all management events everywhere must."""
    trail = facts.trail
    if not trail.multi_region:
        return f"{trail.name} records {trail.home_region} only, where nothing may have happened since"
    if isinstance(facts.selectors, Unreadable):
        return f"what {trail.name} logs is not known, since {facts.selectors.reason}"
    if not covers_alone(facts, management_slices, EVERYTHING):
        return f"{trail.name} logs some events only, of which there may have been none since"
    return ""


def _just_started(facts: TrailFacts, now: datetime) -> str:
    started = known(facts.status).started
    if started is None or now - started >= FRESH:
        return ""
    return f"{facts.trail.name} has been logging since {started:%H:%M} UTC only"
