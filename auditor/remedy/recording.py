"""Mends the trail: it logs, in all regions, all that the control names."""

from __future__ import annotations

from auditor.chain import Route, possible_in, prove
from auditor.chain.link import sound
from auditor.chain.selection import selection_of
from auditor.findings import LinkName, Status
from auditor.model.fact import Unreadable
from auditor.model.trail import AdvancedSelector, BasicSelector, FieldSelector
from auditor.pattern import Always, parse
from auditor.remedy.command import aws
from auditor.remedy.mending import NOTHING, Case, Mending, page, said, step
from auditor.remedy.selectors import add_selector

_SELECTORS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html"
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
    if not (blind or stopped or narrow):
        return NOTHING
    if not case.owns(trail.arn):
        return said(f"The trail {trail.name} belongs to account {trail.account_id}, which must mend it there.")
    here = {"region": trail.home_region}
    mending = NOTHING
    if narrow:
        wider = aws(
            "cloudtrail",
            "update-trail",
            **here,
            name=trail.name,
            is_multi_region_trail=True,
            include_global_service_events=True,
        )
        mending += step(f"let {trail.name} record all regions", wider, pages=[page("cloudtrail", "update-trail")])
    if blind and not isinstance(facts.selectors, Unreadable):
        wider = add_selector(trail, facts.selectors, _EVERY, _EVERY_ADVANCED)
        does = f"have the event selectors of {trail.name} let all management events through"
        mending += step(does, wider, pages=[_SELECTORS, page("cloudtrail", "put-event-selectors")])
    if stopped:
        start = aws("cloudtrail", "start-logging", **here, name=trail.name)
        mending += step(f"start the trail {trail.name}", start, pages=[page("cloudtrail", "start-logging")])
    return mending


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
