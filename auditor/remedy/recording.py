"""Mends the trail: it logs, in all regions, all that the control names."""

from __future__ import annotations

from auditor.chain import Route, possible_in, prove
from auditor.chain.link import sound
from auditor.chain.selection import selection_of
from auditor.findings import LinkName, Status
from auditor.model.fact import Unreadable
from auditor.model.trail import AdvancedSelector, BasicSelector, FieldSelector, Trail
from auditor.pattern import Always, parse
from auditor.remedy.mending import NOTHING, Case, Mending, said
from auditor.remedy.trail import log_also, name_bucket_again, record_everywhere, start

_EVERY = BasicSelector(read_write="All", management=True)
_EVERY_ADVANCED = AdvancedSelector(
    name="All management events", fields=(FieldSelector(field="eventCategory", equals=("Management",)),)
)


def mend_trail(case: Case) -> Mending:
    """Gives what lets the trail record the control's events everywhere."""
    facts, trail = case.trail, case.trail.trail
    blind = _is_blind(case)
    stopped = not isinstance(facts.status, Unreadable) and not facts.status.logging
    narrow = not (trail.multi_region and trail.global_events)
    refused = not isinstance(facts.status, Unreadable) and bool(facts.status.latest_delivery_error)
    if not (blind or stopped or narrow or refused):
        return NOTHING
    if not case.owns(trail.arn):
        return said(f"The trail {trail.name} belongs to account {trail.account_id}, which must mend it there.")
    mending = record_everywhere(trail) if narrow else NOTHING
    if blind and not isinstance(facts.selectors, Unreadable):
        does = f"have the event selectors of {trail.name} let all management events through"
        mending += log_also(does, trail, facts.selectors, _EVERY, _EVERY_ADVANCED)
    if stopped:
        mending += start(trail)
    return mending + _again(trail) if refused else mending


def _again(trail: Trail) -> Mending:
    why = "bucket.cloudtrail_access and trail.encryption say what keeps CloudTrail from writing to it, if they fail"
    return name_bucket_again(trail) + said(f"{why}; mend that first.")


def _is_blind(case: Case) -> bool:
    """Whether the event selectors leave out events of the control: proved on a chain that is sound but for them."""
    facts = case.trail
    if isinstance(facts.selectors, Unreadable):
        return False
    selection = selection_of(facts.selectors)
    if selection.expression == Always() or selection.undecided:
        return False
    links = tuple(sound(link, "", "") for link in LinkName)
    ideal = Route(facts, selection, links, pattern=parse(case.proof.reading.pattern))
    return prove(case.requirement, [ideal], possible_in(case.account)).status is Status.FAIL
