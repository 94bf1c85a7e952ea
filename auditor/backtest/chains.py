"""An account's chains as a replay sees them: what to evaluate of each event, and what holds whatever the event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.backtest.alarms import AlarmPlan, alarm_plans
from auditor.backtest.plan import MANAGEMENT, ControlPlan, FilterKey, FilterPlan, Plan, TrailPlan
from auditor.benchmark import Benchmark, Reading
from auditor.chain import Route, possible_in, prove, routes_of
from auditor.chain.delivery import log_group_link, trail_link
from auditor.chain.filtering import filter_link, parsed
from auditor.chain.link import unsure
from auditor.chain.possible import named_by
from auditor.chain.relevance import MEANT, likeness
from auditor.chain.selection import EVERYTHING, SOURCE, selection_of
from auditor.findings import ChainLink, LinkName, LinkStatus, Status
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts, MetricFilter
from auditor.model.snapshot import Snapshot
from auditor.model.trail import EventSelectors, TrailFacts
from auditor.pattern import And, Compare, Expression, JsonPattern, Never, Not, Or

# Services whose events a trail logs only if it includes those of global services.
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
_GLOBAL = ("iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com")


@dataclass(frozen=True, slots=True)
class Control:
    """A control.

    Attributes:
        reading: The reading that the proof chose; the first where there was nothing to prove.
        expression: What it names.
        verdict: What the proof over all possible events says; without a trail there is nothing to prove.
    """

    check_id: str
    reading: Reading
    expression: Expression
    verdict: Status


@dataclass(frozen=True, slots=True)
class Way:
    """A way over a filter to an alarm and to a person, as far as it goes.

    Attributes:
        trail: The trail's place in the plan.
        filter: The filter's place in the plan; None where no trail's log group has it, or the way ends before.
        alarm: The ARN of the alarm, if it gets that far.
        inflows: The inflows by which the alarm sees what the filter matches.
    """

    route: Route
    trail: int
    filter: int | None
    alarm: str | None
    inflows: tuple[int, ...]

    def link(self, name: LinkName) -> ChainLink:
        """Gives one of its links."""
        return next(link for link in self.route.links if link.link is name)


@dataclass(frozen=True, slots=True)
class Chains:
    """All that is known of an account's chains.

    Attributes:
        plan: What to evaluate of each event.
        trails: Whether each trail is at work, whatever the event.
        unread: Why there are no chains, where the trails could not be read; else empty.
    """

    plan: Plan
    controls: tuple[Control, ...]
    trails: tuple[ChainLink, ...]
    ways: tuple[Way, ...]
    alarms: Mapping[str, AlarmPlan]
    unread: str = ""


def chains_of(account: Snapshot, benchmark: Benchmark, checks: Sequence[str]) -> Chains:
    """Gives an account's chains for the alarm checks of these ids."""
    routes = routes_of(account)
    controls = tuple(_controls(account, benchmark, checks, routes))
    facts = () if isinstance(account.trails, Unreadable) else account.trails
    groups = tuple(group for group in account.log_groups if group.account_id == account.account_id)
    links = tuple(_at_work(one, account) for one in facts)
    trails = tuple(_trail(one, link, account, groups) for one, link in zip(facts, links, strict=True))
    filters = tuple(_filters(account, facts, trails, groups, controls))
    inflows, alarms = alarm_plans(account, filters)
    plan = Plan(
        account_id=account.account_id,
        trails=trails,
        groups=tuple(group.arn for group in groups),
        filters=filters,
        inflows=inflows,
        controls=tuple(_control_plan(one, benchmark) for one in controls),
    )
    ways = tuple(_way(route, account, plan, alarms) for route in routes)
    unread = f"{account.trails.reason}." if isinstance(account.trails, Unreadable) else ""
    return Chains(plan, controls, links, ways, alarms, unread)


def _controls(
    account: Snapshot, benchmark: Benchmark, checks: Sequence[str], routes: Sequence[Route]
) -> Iterator[Control]:
    possible = possible_in(account)
    for check in checks:
        requirement = benchmark.requirements[check]
        # Without a trail there is nothing to prove, and the first reading is asked for.
        if not routes:
            reading = requirement.readings[0]
            nothing = Status.UNKNOWN if isinstance(account.trails, Unreadable) else Status.FAIL
            yield Control(check, reading, named_by(reading), nothing)
            continue
        proof = prove(requirement, routes, possible)
        yield Control(check, proof.reading, named_by(proof.reading), proof.status)


def _control_plan(control: Control, benchmark: Benchmark) -> ControlPlan:
    meant = tuple(named_by(each) for each in benchmark.requirements[control.check_id].readings)
    return ControlPlan(control.check_id, control.expression, meant[0] if len(meant) == 1 else Or(meant))


def _at_work(facts: TrailFacts, account: Snapshot) -> ChainLink:
    """Judges a trail but for its region and its global services, of which each event tells whether they matter."""
    wide = facts.trail.model_copy(update={"multi_region": True, "global_events": True})
    link = trail_link(facts.model_copy(update={"trail": wide}), account)
    if link.status is LinkStatus.SOUND and isinstance(facts.selectors, EventSelectors):
        why = selection_of(facts.selectors).undecided
        return unsure(link.link, link.resource, why) if why else link
    return link


def _trail(facts: TrailFacts, link: ChainLink, account: Snapshot, groups: Sequence[LogGroupFacts]) -> TrailPlan:
    trail = facts.trail
    known = isinstance(facts.selectors, EventSelectors)
    selection = selection_of(facts.selectors) if isinstance(facts.selectors, EventSelectors) else EVERYTHING
    parts = [selection.expression]
    if not trail.multi_region:
        parts.append(Compare.of("$.awsRegion", "=", trail.home_region))
    if not trail.global_events:
        parts += [Not(Compare.of(SOURCE, "=", source)) for source in _GLOBAL]
    broken = link.status is LinkStatus.BROKEN
    delivers = trail.log_group is not None and log_group_link(facts, account).status is not LinkStatus.BROKEN
    places = {group.arn: place for place, group in enumerate(groups)}
    return TrailPlan(
        name=trail.name,
        arn=trail.arn,
        logged=Never() if broken else And(tuple(parts)),
        categories=frozenset(_categories(facts.selectors)) if known and not broken else frozenset(),
        organization=trail.organization,
        group=places.get(trail.log_group or "") if delivers else None,
    )


def _categories(selectors: object) -> Iterator[str]:
    """Gives the categories that a trail logs besides; which events of them it leaves out is not looked at."""
    if not isinstance(selectors, EventSelectors):
        return
    if any(selector.data_resources for selector in selectors.basic):
        yield "Data"
    for part in (part for selector in selectors.advanced for part in selector.fields):
        if part.field == "eventCategory":
            yield from (value for value in part.equals if value != MANAGEMENT)


def _filters(
    account: Snapshot,
    facts: Sequence[TrailFacts],
    trails: Sequence[TrailPlan],
    groups: Sequence[LogGroupFacts],
    controls: Sequence[Control],
) -> Iterator[FilterPlan]:
    for place, group in enumerate(groups):
        if not any(one.trail.log_group == group.arn for one in facts):
            continue
        region = account.in_region(group.region)
        fed = tuple(number for number, trail in enumerate(trails) if trail.group == place)
        for one in () if isinstance(region.filters, Unreadable) else region.filters.filters:
            if one.log_group == group.name:
                yield _filter(one, group, account, controls, FilterFed(place, fed))


@dataclass(frozen=True, slots=True)
class FilterFed:
    """Where a filter's events come from: the place of its log group, and those of the trails that deliver to it."""

    group: int
    trails: tuple[int, ...]


def _filter(
    found: MetricFilter, group: LogGroupFacts, account: Snapshot, controls: Sequence[Control], fed: FilterFed
) -> FilterPlan:
    deployed, error = parsed(found.pattern)
    link, pattern = filter_link(found, deployed, error, group.arn, account.in_region(group.region))
    if link.status is LinkStatus.BROKEN:
        pattern = JsonPattern(Never())
    return FilterPlan(
        key=(group.region, group.name, found.name),
        text=found.pattern,
        pattern=pattern,
        trails=fed.trails,
        group=fed.group,
        unknown=link.reason if link.status is LinkStatus.UNKNOWN else "",
        serves=tuple(place for place, one in enumerate(controls) if likeness(one.expression, deployed) >= MEANT),
    )


def _way(route: Route, account: Snapshot, plan: Plan, alarms: Mapping[str, AlarmPlan]) -> Way:
    trail = next(place for place, one in enumerate(plan.trails) if one.arn == route.trail.trail.arn)
    place = None
    if route.filter is not None:
        group = next((one for one in account.log_groups if one.arn == route.trail.trail.log_group), None)
        key: FilterKey = (group.region if group else "", route.filter.log_group, route.filter.name)
        place = next((number for number, one in enumerate(plan.filters) if one.key == key), None)
    arn = route.alarm.arn if route.alarm else None
    watching = alarms.get(arn or "")
    inflows = {number for series in (watching.series if watching else ()) for number in series.inflows}
    ours = tuple(sorted(number for number in inflows if plan.inflows[number].filter == place))
    return Way(route=route, trail=trail, filter=place, alarm=arn, inflows=ours)
