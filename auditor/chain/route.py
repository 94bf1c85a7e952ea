"""Routes: every way that the account's settings offer an event from a trail to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.chain.alarm import alarm_link, watches
from auditor.chain.delivery import log_group_link, trail_link
from auditor.chain.link import ORDER, broken, rest, sound, unsure
from auditor.chain.metric import Emission, emission_of, metric_link
from auditor.chain.people import action_link, subscription_link, topic_link, topics_of
from auditor.chain.selection import EVERYTHING, Selection, selection_of
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm, CompositeAlarm
from auditor.model.arn import log_group_parts
from auditor.model.fact import Fact, Unreadable
from auditor.model.logs import LogGroupFacts, MetricFilter, Transformation
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.pattern import (
    Always,
    And,
    Expression,
    JsonPattern,
    Never,
    Pattern,
    PatternError,
    parse,
)
from auditor.pattern.line_matching import matches_everything

_RANK = {LinkStatus.SOUND: 0, LinkStatus.UNKNOWN: 1, LinkStatus.BROKEN: 2, LinkStatus.NOT_REACHED: 2}


EVERY_EVENT = JsonPattern(Always())


@dataclass(frozen=True, slots=True)
class Route:
    """One way from a trail to a person, as it is configured, whatever the event.

    Attributes:
        trail: The trail it begins at.
        selection: What the trail logs.
        links: All links; the filter's says only whether its pattern can be read.
        filter: The metric filter, if the way gets that far.
        pattern: The filter's pattern; what matches everything where it could not be read.
        readable: Whether the filter's pattern could be read.
        alarm: The alarm, if the way gets that far.
        topic: The ARN of the topic, if the way gets that far.
        facts: The facts that it rests on, each with the resource that it is about.
    """

    trail: TrailFacts
    selection: Selection
    links: tuple[ChainLink, ...]
    filter: MetricFilter | None = None
    pattern: Pattern = EVERY_EVENT
    readable: bool = True
    alarm: Alarm | None = None
    topic: str | None = None
    facts: tuple[tuple[str, Fact], ...] = ()

    @property
    def name(self) -> str:
        """The filter's name, or what stands at the end of the way."""
        return self.filter.name if self.filter else self.trail.trail.name

    @property
    def listener(self) -> str:
        """Who listens at the end, as the last link says it."""
        return self.links[-1].reason.removeprefix("Confirmed: ").rstrip(".")

    @property
    def status(self) -> LinkStatus:
        """How the worst link stands."""
        return max((link.status for link in self.links), key=_RANK.__getitem__)

    @property
    def reach(self) -> tuple[int, int]:
        """How far an event gets: the place of the first broken link, and how few are broken."""
        for place, link in enumerate(self.links):
            if link.status is LinkStatus.BROKEN:
                return place, -sum(other.status is LinkStatus.BROKEN for other in self.links)
        return len(self.links), 0

    @property
    def caught(self) -> Pattern:
        """What both the trail logs and the filter matches."""
        return self._logged_as(self.selection.expression)

    @property
    def caught_but_for_volume(self) -> Pattern:
        """The same, were the trail not to leave out voluminous sources."""
        return self._logged_as(self.selection.whole)

    def _logged_as(self, logged: Expression) -> Pattern:
        if logged == Always():
            return self.pattern
        if isinstance(self.pattern, JsonPattern):
            return JsonPattern(And((logged, self.pattern.expression)))
        if matches_everything(self.pattern):
            return JsonPattern(logged)
        # Terms and fields are matched against text, which no expression over a decoded event narrows: leaving the
        # selection out would prove too much.
        return JsonPattern(Never())


def routes_of(account: Snapshot) -> tuple[Route, ...]:
    """Gives every route of an account whose trails could be read."""
    trails = () if isinstance(account.trails, Unreadable) else account.trails
    routes = tuple(route for facts in trails for route in _from_trail(facts, account))
    return (*routes, *_strays(trails, account))


def _strays(trails: tuple[TrailFacts, ...], account: Snapshot) -> Iterator[Route]:
    """Gives the filters on log groups that no trail delivers to, as if they were on the first trail's group."""
    groups = {group.arn: group for group in account.log_groups if group.account_id == account.account_id}
    fed = {(group.region, group.name) for group in groups.values()}
    first = {groups[arn].region: facts for facts in reversed(trails) if (arn := facts.trail.log_group) in groups}
    for region, facts in first.items():
        filters = account.in_region(region).filters
        for metric_filter in () if isinstance(filters, Unreadable) else filters.filters:
            if (region, metric_filter.log_group) not in fed:
                for to in metric_filter.transformations:
                    yield from _from_filter(_start(facts, account), metric_filter, to, account, region)


def _start(facts: TrailFacts, account: Snapshot) -> Route:
    trail = trail_link(facts)
    selection = EVERYTHING if isinstance(facts.selectors, Unreadable) else selection_of(facts.selectors)
    if selection.undecided and trail.status is LinkStatus.SOUND:
        trail = unsure(LinkName.TRAIL, trail.resource, selection.undecided)
    delivery = log_group_link(facts, account)
    known = [(facts.trail.arn, fact) for fact in (facts.trail, facts.status, facts.selectors) if isinstance(fact, Fact)]
    return Route(facts, selection, (trail, delivery), facts=tuple(known))


def _from_trail(facts: TrailFacts, account: Snapshot) -> Iterator[Route]:
    start = _start(facts, account)
    arn = facts.trail.log_group
    if arn is None:
        yield _ended(start, rest(LinkName.LOG_GROUP))
        return
    yield from _from_group(start, account.log_group(arn), account)


def _ended(route: Route, links: tuple[ChainLink, ...]) -> Route:
    return Route(route.trail, route.selection, (*route.links, *links), facts=route.facts)


def _from_group(start: Route, group: LogGroupFacts, account: Snapshot) -> Iterator[Route]:
    if group.account_id != account.account_id:
        why = f"The metric filters of {group.arn} belong to account {group.account_id}; "
        why += "reading them there needs logs:DescribeMetricFilters and cloudwatch:DescribeAlarms."
        yield _ended(start, tuple(unsure(link, group.arn, why) for link in ORDER[2:]))
        return
    filters = account.in_region(group.region).filters
    if isinstance(filters, Unreadable):
        missing = filters
        yield _ended(start, tuple(unsure(link, group.arn, missing) for link in ORDER[2:]))
        return
    here = [found for found in filters.filters if found.log_group == group.name]
    if not here:
        nothing = broken(LinkName.FILTER, group.arn, f"The log group {group.name} has no metric filter.")
        yield _ended(start, (nothing, *rest(LinkName.FILTER)))
    for metric_filter in here:
        for to in metric_filter.transformations:
            yield from _from_filter(start, metric_filter, to, account, group.region)


def _from_filter(
    start: Route, metric_filter: MetricFilter, to: Transformation, account: Snapshot, region: str
) -> Iterator[Route]:
    pattern, error = _parsed(metric_filter.pattern)
    link = _filter_link(metric_filter, error, start.trail.trail.log_group)
    filters = account.in_region(region).filters
    emission = emission_of(metric_filter, to, () if isinstance(filters, Unreadable) else filters.filters)
    before = (*start.links, link, metric_link(emission, to.value))
    facts: tuple[tuple[str, Fact], ...] = (*start.facts, (metric_filter.name, metric_filter))
    for alarm, links, topic in _ways_on(emission, account, region):
        more: list[tuple[str, Fact]] = [(alarm.arn, alarm)] if alarm else []
        if topic:
            found = account.topic(topic)
            more += [(topic, fact) for fact in (found.topic, found.subscriptions) if isinstance(fact, Fact)]
        yield Route(
            trail=start.trail,
            selection=start.selection,
            links=(*before, *links),
            filter=metric_filter,
            pattern=pattern,
            readable=error is None,
            alarm=alarm,
            topic=topic,
            facts=(*facts, *more),
        )


def _parsed(text: str) -> tuple[Pattern, PatternError | None]:
    try:
        return parse(text), None
    except PatternError as error:
        return EVERY_EVENT, error


def _filter_link(metric_filter: MetricFilter, error: PatternError | None, group: str | None) -> ChainLink:
    """Says whether the filter is where the trail's events are, can be read, and nothing beside it hides events."""
    name = metric_filter.name
    if group is None or log_group_parts(group)[0] != metric_filter.log_group:
        why = f"{name} is on the log group {metric_filter.log_group}, to which no trail delivers."
        return broken(LinkName.FILTER, name, why)
    if error is not None:
        # AWS accepted the pattern, so that it may well match: not to read it is our want, not the account's.
        return unsure(LinkName.FILTER, name, f"The pattern of {name} is not readable: {error}")
    if metric_filter.field_selection:
        why = f"{name} looks only at events where {metric_filter.field_selection}, which is not followed."
        return unsure(LinkName.FILTER, name, why)
    if metric_filter.on_transformed_logs:
        return unsure(LinkName.FILTER, name, f"{name} looks at transformed events; the transformer is not followed.")
    return sound(LinkName.FILTER, name, f"The pattern of {name} is {metric_filter.pattern or 'empty'}.")


Way = tuple[Alarm | None, tuple[ChainLink, ...], str | None]


def _ways_on(emission: Emission, account: Snapshot, region: str) -> Iterator[Way]:
    """Gives for each alarm on the metric the best way on from it."""
    alarms = account.in_region(region).alarms
    if isinstance(alarms, Unreadable):
        missing = alarms
        yield None, tuple(unsure(link, emission.name, missing) for link in ORDER[4:]), None
        return
    watching = [alarm for alarm in alarms.metric if watches(alarm, emission)]
    if not watching:
        why = f"No alarm in {region} watches the metric {emission.name}."
        yield None, (broken(LinkName.ALARM, "", why), *rest(LinkName.ALARM)), None
    for alarm in watching:
        yield _from_alarm(alarm, emission, account, alarms.composite)


def _from_alarm(alarm: Alarm, emission: Emission, account: Snapshot, composites: tuple[CompositeAlarm, ...]) -> Way:
    links = (alarm_link(alarm, emission), action_link(alarm, composites))
    ways: list[Way] = []
    for arn in topics_of(alarm):
        facts = account.topic(arn)
        ways.append((alarm, (*links, topic_link(alarm, facts, account), subscription_link(facts)), arn))
    if not ways and links[-1].status is LinkStatus.UNKNOWN:
        beyond = tuple(unsure(link, "", links[-1].reason) for link in ORDER[ORDER.index(LinkName.ACTION) + 1 :])
        return alarm, (*links, *beyond), None
    if not ways:
        return alarm, (*links, *rest(LinkName.ACTION)), None
    return min(ways, key=lambda way: sum(_RANK[link.status] for link in way[1]))
