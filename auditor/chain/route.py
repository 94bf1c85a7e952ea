"""Routes: every way that the account's settings offer an event from a trail to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.chain.actions import voices
from auditor.chain.alarm import alarm_link, watches
from auditor.chain.delivery import log_group_link, trail_link
from auditor.chain.expression import UndecidedError
from auditor.chain.filtering import EVERY_EVENT, filter_link, parsed
from auditor.chain.link import ORDER, broken, rest, unsure
from auditor.chain.metric import Emission, Feed, metric_link
from auditor.chain.people import subscription_link, topic_link
from auditor.chain.place import Place
from auditor.chain.seen import seen_by
from auditor.chain.selection import EVERYTHING, Selection, selection_of
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm, Alarms
from auditor.model.fact import Fact, Unreadable
from auditor.model.logs import LogGroupFacts, MetricFilter
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.trail import TrailFacts
from auditor.pattern import (
    Always,
    And,
    Expression,
    JsonPattern,
    Never,
    Pattern,
)
from auditor.pattern.line_matching import matches_everything

ALWAYS = Always()
_RANK = {LinkStatus.SOUND: 0, LinkStatus.UNKNOWN: 1, LinkStatus.BROKEN: 2, LinkStatus.NOT_REACHED: 2}


@dataclass(frozen=True, slots=True)
class Route:
    """One way from a trail to a person, as it is configured, whatever the event.

    Attributes:
        trail: The trail it begins at.
        selection: What the trail logs.
        links: All links; the filter's says only whether its pattern can be read.
        filter: The metric filter, if the way gets that far.
        pattern: What the filter matches of the trail's events; everything where its pattern could not be read.
        deployed: The filter's pattern as it is written, over events that a transformer may have changed.
        readable: Whether the filter's pattern could be read.
        alarm: The alarm, if the way gets that far.
        seen: Holds for the matching events of which the alarm sees a value.
        blind: The link at which an event is lost of which it sees none.
        topic: The ARN of the topic, if the way gets that far.
        facts: The facts that it rests on, each with the resource that it is about.
    """

    trail: TrailFacts
    selection: Selection
    links: tuple[ChainLink, ...]
    filter: MetricFilter | None = None
    pattern: Pattern = EVERY_EVENT
    deployed: Pattern = EVERY_EVENT
    readable: bool = True
    alarm: Alarm | None = None
    seen: Expression = ALWAYS
    blind: ChainLink | None = None
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
    def counted(self) -> Pattern:
        """What the filter matches and the alarm sees."""
        return self._narrowed(self.seen)

    @property
    def caught(self) -> Pattern:
        """What the trail logs, the filter matches and the alarm sees."""
        return self._narrowed(self.selection.expression, self.seen)

    @property
    def caught_but_for_volume(self) -> Pattern:
        """The same, were the trail not to leave out voluminous sources."""
        return self._narrowed(self.selection.whole, self.seen)

    def _narrowed(self, *parts: Expression) -> Pattern:
        narrower = tuple(part for part in parts if part != Always())
        logged = And(narrower) if len(narrower) > 1 else (*narrower, Always())[0]
        if logged == Always():
            return self.pattern
        if isinstance(self.pattern, JsonPattern):
            return JsonPattern(And((logged, self.pattern.expression)))
        if matches_everything(self.pattern):
            return JsonPattern(logged)
        # Terms and fields are matched against text, which no expression over a decoded event narrows. What they match
        # is not decided either way, so that the pattern stands for as much of it as is logged.
        return JsonPattern(Never()) if logged == Never() else self.pattern


def routes_of(account: Snapshot) -> tuple[Route, ...]:
    """Gives every route of an account whose trails could be read, through whatever account it leads."""
    trails = () if isinstance(account.trails, Unreadable) else account.trails
    places = {home.account_id: Place.of(home, account) for home in (account, *account.shared)}
    routes = tuple(route for facts in trails for route in _from_trail(facts, account, places))
    return (*routes, *(stray for place in places.values() for stray in _strays(trails, account, place)))


def _strays(trails: tuple[TrailFacts, ...], account: Snapshot, place: Place) -> Iterator[Route]:
    """Gives the filters on log groups that no trail delivers to, as if they were on the first trail's group."""
    groups = {group.arn: group for group in account.log_groups if group.account_id == place.home.account_id}
    fed = {(group.region, group.name) for group in groups.values()}
    first = {groups[arn].region: facts for facts in reversed(trails) if (arn := facts.trail.log_group) in groups}
    for region, facts in first.items():
        here = place.region(region)
        if here is None:
            continue
        start = _start(facts, account)
        for feed in place.feeds[region]:
            if (region, feed.filter.log_group) not in fed:
                yield from _from_filter(start, feed, place, here)


def _start(facts: TrailFacts, account: Snapshot) -> Route:
    trail = trail_link(facts, account)
    selection = EVERYTHING if isinstance(facts.selectors, Unreadable) else selection_of(facts.selectors)
    if selection.undecided and trail.status is LinkStatus.SOUND:
        trail = unsure(LinkName.TRAIL, trail.resource, selection.undecided)
    delivery = log_group_link(facts, account)
    known = [(facts.trail.arn, fact) for fact in (facts.trail, facts.status, facts.selectors) if isinstance(fact, Fact)]
    return Route(facts, selection, (trail, delivery), facts=tuple(known))


def _from_trail(facts: TrailFacts, account: Snapshot, places: Mapping[str, Place]) -> Iterator[Route]:
    start = _start(facts, account)
    arn = facts.trail.log_group
    if arn is None:
        yield _ended(start, rest(LinkName.LOG_GROUP))
        return
    group = account.log_group(arn)
    place = places.get(group.account_id)
    here = place.region(group.region) if place else None
    if place is None or here is None:
        why = f"The metric filters of {group.arn} belong to account {group.account_id}; "
        why += "reading them there needs logs:DescribeMetricFilters and cloudwatch:DescribeAlarms."
        yield _ended(start, tuple(unsure(link, group.arn, why) for link in ORDER[2:]))
        return
    yield from _from_group(start, group, place, here)


def _ended(route: Route, links: tuple[ChainLink, ...]) -> Route:
    return Route(route.trail, route.selection, (*route.links, *links), facts=route.facts)


def _from_group(start: Route, group: LogGroupFacts, place: Place, facts: RegionFacts) -> Iterator[Route]:
    if isinstance(facts.filters, Unreadable):
        missing = facts.filters
        yield _ended(start, tuple(unsure(link, group.arn, missing) for link in ORDER[2:]))
        return
    here = [feed for feed in place.feeds[group.region] if feed.filter.log_group == group.name]
    if not any(found.log_group == group.name for found in facts.filters.filters):
        nothing = broken(LinkName.FILTER, group.arn, f"The log group {group.name} has no metric filter.")
        yield _ended(start, (nothing, *rest(LinkName.FILTER)))
    for feed in here:
        yield from _from_filter(start, feed, place, facts)


def _from_filter(start: Route, feed: Feed, place: Place, region: RegionFacts) -> Iterator[Route]:
    metric_filter, emission, home = feed.filter, feed.emission, place.home
    deployed, error = parsed(metric_filter.pattern)
    group = start.trail.trail.log_group
    link, pattern = filter_link(metric_filter, deployed, error, group, region, place.member)
    before = (*start.links, link, metric_link(emission, feed.to.value))
    facts: tuple[tuple[str, Fact], ...] = (*start.facts, (metric_filter.name, metric_filter))
    for way in _ways_on(emission, [each.emission for each in place.feeds[region.region]], home, region):
        more: list[tuple[str, Fact]] = [(way.alarm.arn, way.alarm)] if way.alarm else []
        if way.topic:
            found = home.topic(way.topic)
            more += [(way.topic, fact) for fact in (found.topic, found.subscriptions) if isinstance(fact, Fact)]
        yield Route(
            trail=start.trail,
            selection=start.selection,
            links=(*before, *way.links),
            filter=metric_filter,
            pattern=pattern,
            deployed=deployed,
            readable=error is None,
            alarm=way.alarm,
            seen=way.seen,
            blind=_blind(emission, way.alarm),
            topic=way.topic,
            facts=(*facts, *more),
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """The rest of a route, from an alarm on.

    Attributes:
        seen: Holds for the matching events of which the alarm sees a value.
    """

    links: tuple[ChainLink, ...]
    alarm: Alarm | None = None
    seen: Expression = ALWAYS
    topic: str | None = None

    def after(self, link: ChainLink, seen: Expression) -> _Way:
        """Gives the way with the alarm's own link before it."""
        return replace(self, links=(link, *self.links), seen=seen)


def _ways_on(emission: Emission, feeds: Sequence[Emission], account: Snapshot, facts: RegionFacts) -> Iterator[_Way]:
    """Gives for each alarm on the metric the best way on from it."""
    alarms = facts.alarms
    if isinstance(alarms, Unreadable):
        missing = alarms
        yield _Way(tuple(unsure(link, emission.name, missing) for link in ORDER[4:]))
        return
    watching = [alarm for alarm in alarms.metric if watches(alarm, emission)]
    if not watching:
        why = f"No alarm in {facts.region} watches the metric {emission.name}."
        yield _Way((broken(LinkName.ALARM, "", why), *rest(LinkName.ALARM)))
    links = {alarm.name: alarm_link(alarm, emission, feeds) for alarm in watching}
    rung = frozenset(name for name, link in links.items() if link.status is LinkStatus.SOUND)
    for alarm in watching:
        link, seen = _seeing(alarm, emission, links[alarm.name])
        yield min(
            _from_alarm(alarm, alarms, facts, account, rung),
            key=lambda way: sum(_RANK[one.status] for one in way.links),
        ).after(link, seen)


def _seeing(alarm: Alarm, emission: Emission, link: ChainLink) -> tuple[ChainLink, Expression]:
    """Gives an alarm's link and the events of which it sees a value."""
    if link.status is LinkStatus.BROKEN:
        return link, Always()
    try:
        return link, seen_by(alarm, emission)
    except UndecidedError as error:
        return unsure(LinkName.ALARM, alarm.arn, f"Which events {alarm.name} sees is not known: {error}."), Always()


def _blind(emission: Emission, alarm: Alarm | None) -> ChainLink | None:
    """Gives the link at which an event is lost that the filter matches and the alarm does not see."""
    if emission.taken_from is not None:
        why = f"The filter takes its value from {emission.taken_from}, where not every event has a number that counts"
        return broken(LinkName.METRIC, emission.name, why)
    if alarm is None or not emission.dimensions:
        return None
    named = ", ".join(sorted(emission.dimensions))
    why = f"{alarm.name} watches one value of {named}; events with another do not reach it"
    return broken(LinkName.ALARM, alarm.arn, why)


def _from_alarm(
    alarm: Alarm, alarms: Alarms, facts: RegionFacts, account: Snapshot, rung: frozenset[str]
) -> Iterator[_Way]:
    """Gives each way from an alarm: by itself or by a composite alarm above it, to each topic."""
    for voice in voices(alarm, alarms, facts.mute_rules, rung):
        for arn in voice.topics:
            topic = account.topic(arn)
            heard = subscription_link(topic, voice.alarm)
            yield _Way((voice.link, topic_link(voice.alarm, topic, account), heard), alarm, topic=arn)
        if not voice.topics and voice.link.status is LinkStatus.UNKNOWN:
            beyond = tuple(unsure(link, "", voice.link.reason) for link in ORDER[ORDER.index(LinkName.ACTION) + 1 :])
            yield _Way((voice.link, *beyond), alarm)
        elif not voice.topics:
            yield _Way((voice.link, *rest(LinkName.ACTION)), alarm)
