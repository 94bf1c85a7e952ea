"""What becomes of events that a control names: on which way they ring, or where they get lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from auditor.backtest.chains import Chains, Control, Way
from auditor.backtest.ringing import Played
from auditor.backtest.states import Heard, Setting
from auditor.backtest.tally import Signature
from auditor.chain.link import ORDER
from auditor.chain.relevance import MEANT, likeness
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.pattern.semantics import QUESTIONS

_BEHIND = (LinkName.ACTION, LinkName.TOPIC, LinkName.SUBSCRIPTION)
_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


class Kind(IntEnum):
    """How events fare, the worst first."""

    LOST = 0
    OPEN = 1
    JOINED = 2
    RANG = 3


@dataclass(frozen=True, slots=True)
class Fate:
    """How events fare.

    Attributes:
        link: The link where they get lost, or of which it is not known.
        resource: What stands there.
        reason: Why, in one sentence.
    """

    kind: Kind
    link: LinkName | None = None
    resource: str = ""
    reason: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """Orders fates: the better goes first, and of two losses the one further on."""
        return self.kind, -1 if self.link is None else ORDER.index(self.link)


RANG, JOINED = Fate(Kind.RANG), Fate(Kind.JOINED)


@dataclass(frozen=True, slots=True)
class Passing:
    """A way on which events get as far as an alarm that sees them.

    Attributes:
        behind: What becomes of them once the alarm goes off.
        open: Why it is not known that they get so far; None where it is.
    """

    way: Way
    behind: Fate
    open: Fate | None = None


@dataclass(frozen=True, slots=True)
class Paths:
    """How far events get.

    Attributes:
        passing: The ways on which they get as far as an alarm.
        otherwise: What becomes of them on all other ways.
    """

    passing: tuple[Passing, ...]
    otherwise: Fate

    @property
    def alarms(self) -> tuple[str, ...]:
        """The alarms that see them, each once: two trails may lead to one."""
        return tuple(dict.fromkeys(one.way.alarm or "" for one in self.passing))


class Fates:
    """Gives the fates of a control's events.

    Args:
        chains: The account's chains.
        control: The control.
        played: What became of each alarm.
        known: For each alarm the minutes whose events somebody knows of although it was in ALARM already.
    """

    def __init__(
        self, chains: Chains, control: Control, played: Mapping[str, Played], known: Mapping[str, frozenset[int]]
    ) -> None:
        self.known = known
        self.chains = chains
        self.control = control
        self.played = played
        # Of two ways that lose an event at the same link, the one that was made for the control is told of.
        self.ways = sorted(chains.ways, key=lambda way: -likeness(control.expression, way.route.deployed))

    def paths(self, signature: Signature, questions: Sequence[str]) -> Paths:
        """Gives how far events get, whenever they come."""
        if self.chains.unread:
            return Paths((), Fate(Kind.OPEN, LinkName.TRAIL, "", self.chains.unread))
        asked = [self._on(way, signature, questions) for way in self.ways]
        passing = tuple(one for one in asked if isinstance(one, Passing))
        none = Fate(Kind.LOST, LinkName.TRAIL, "", "The account has no trail.")
        ended = (one for one in asked if isinstance(one, Fate))
        return Paths(passing, max(ended, key=lambda one: one.rank, default=none))

    def at(self, paths: Paths, minute: int) -> Fate:
        """Gives the fate of events that come in a minute."""
        return max((paths.otherwise, *self._at(paths.passing, minute)), key=lambda one: one.rank)

    def _at(self, passing: Sequence[Passing], minute: int) -> Iterator[Fate]:
        for one in passing:
            played = self.played[one.way.alarm or ""]
            heard, why = played.heard(minute)
            arn = played.alarm.alarm.arn
            if heard is None:
                yield Fate(Kind.OPEN, LinkName.ALARM, arn, why) if one.behind.kind is not Kind.LOST else one.behind
            elif not heard.told or (heard is Heard.JOINED and minute not in self.known.get(arn, ())):
                yield Fate(Kind.LOST, LinkName.ALARM, arn, _silent(played, heard))
            elif one.behind.kind is Kind.LOST:
                yield one.behind
            elif one.open is not None or one.behind.kind is Kind.OPEN:
                yield one.open or one.behind
            else:
                yield RANG if heard is Heard.RANG else JOINED

    def _on(self, way: Way, signature: Signature, questions: Sequence[str]) -> Fate | Passing:
        """Gives where events end on a way, or that they get as far as its alarm."""
        logged, matched, entered, hangs = signature
        trail, group = self.chains.trails[way.trail], way.link(LinkName.LOG_GROUP)
        if not logged >> way.trail & 1:
            return _lost(trail) if trail.status is LinkStatus.BROKEN else self._not_logged(way, trail)
        if group.status is LinkStatus.BROKEN:
            return _lost(group)
        if way.filter is None:
            link = way.link(LinkName.FILTER)
            return _open(link) if link.status is LinkStatus.UNKNOWN else _lost(link)
        if self.chains.plan.filters[way.filter].unknown:
            return _open(way.link(LinkName.FILTER))
        matches, hanging = matched >> way.filter & 1, hangs >> way.filter & 1
        if not matches:
            return self._hanging(way, questions) if hanging else self._not_matched(way)
        doubtful = [link for link in (trail, group) if link.status is LinkStatus.UNKNOWN]
        doubt = _open(doubtful[0]) if doubtful else self._hanging(way, questions) if hanging else None
        return self._to_the_alarm(way, entered, doubt)

    def _to_the_alarm(self, way: Way, entered: int, doubt: Fate | None) -> Fate | Passing:
        metric, alarm = way.link(LinkName.METRIC), way.link(LinkName.ALARM)
        if metric.status is LinkStatus.BROKEN:
            return _lost(metric)
        if way.alarm is None:
            return _open(alarm) if alarm.status is LinkStatus.UNKNOWN else _lost(alarm)
        inflows = self.chains.plan.inflows
        if not any(inflows[place].plain or entered >> place & 1 for place in way.inflows):
            if not way.inflows:
                return self._unfed(way, alarm)
            blind = way.route.blind or alarm
            return Fate(Kind.LOST, blind.link, blind.resource, f"{blind.reason.rstrip('.')}.")
        behind = next((_lost(way.link(name)) for name in _BEHIND if _is(way.link(name), LinkStatus.BROKEN)), None)
        unsure = next((_open(way.link(name)) for name in _BEHIND if _is(way.link(name), LinkStatus.UNKNOWN)), None)
        return Passing(way, behind or unsure or RANG, doubt)

    def _unfed(self, way: Way, alarm: ChainLink) -> Fate:
        """Gives what becomes of events of which the alarm sees nothing, as far as it is followed."""
        played = self.played.get(way.alarm or "")
        if played is not None and played.unknown:
            return Fate(Kind.OPEN, LinkName.ALARM, alarm.resource, played.unknown)
        return _open(alarm) if alarm.status is LinkStatus.UNKNOWN else _lost(alarm)

    def _not_logged(self, way: Way, trail: ChainLink) -> Fate:
        facts = way.route.trail.trail
        where = "" if facts.multi_region else f", which records {facts.home_region} only,"
        why = f"The trail {facts.name}{where} leaves out the event."
        return Fate(Kind.OPEN if trail.status is LinkStatus.UNKNOWN else Kind.LOST, LinkName.TRAIL, facts.arn, why)

    def _not_matched(self, way: Way) -> Fate:
        group = way.route.trail.trail.log_group or ""
        if likeness(self.control.expression, way.route.deployed) < MEANT:
            why = "No metric filter of the trail's log group that is made for the control matches it."
            return Fate(Kind.LOST, LinkName.FILTER, group, why)
        return Fate(Kind.LOST, LinkName.FILTER, way.route.name, f"The pattern of {way.route.name} does not match it.")

    def _hanging(self, way: Way, questions: Sequence[str]) -> Fate:
        asked = " and ".join(QUESTIONS[name] for name in questions)
        why = f"Whether the pattern of {way.route.name} matches it hangs on what no source settles: {asked}."
        return Fate(Kind.OPEN, LinkName.FILTER, way.route.name, why)


def _is(link: ChainLink, status: LinkStatus) -> bool:
    return link.status is status or (status is LinkStatus.BROKEN and link.status is LinkStatus.NOT_REACHED)


def _lost(link: ChainLink) -> Fate:
    return Fate(Kind.LOST, link.link, link.resource, link.reason)


def _open(link: ChainLink) -> Fate:
    return Fate(Kind.OPEN, link.link, link.resource, link.reason)


def _silent(played: Played, heard: Heard) -> str:
    """Says why an alarm did not go off."""
    name, setting = played.alarm.alarm.name, played.alarm.setting
    if heard is Heard.STUCK or setting is None:
        return f"{name} was in ALARM already and had not come back, so that it told nobody anew."
    if heard is Heard.JOINED:
        return f"{name} was in ALARM already because of events that no control names, so that it told nobody anew."
    return f"{name} did not go off: it wants {_wanted(played, setting)}."


def _wanted(played: Played, setting: Setting) -> str:
    shown = played.alarm.formula.shown if played.alarm.formula else played.alarm.series[0].statistic
    said = f"{shown} {_SIGNS[setting.operator]} {setting.threshold:g} over {setting.minutes} minutes"
    return said if setting.periods == 1 else f"{said}, in {setting.needed} of {setting.periods} periods"
