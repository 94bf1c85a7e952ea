"""Puts together what a backtest says, from what was counted and what became of the alarms."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate

from auditor.backtest import result
from auditor.backtest.chains import Chains, Control
from auditor.backtest.fate import Fate, Fates, Kind, Passing, Paths
from auditor.backtest.ringing import Played, companions
from auditor.backtest.states import Ring
from auditor.backtest.tally import EXAMPLES, Brief, Passage, Surplus, Tally

_MINUTES_OF_A_DAY = 1440
_MOST_RINGS = 200
_MOST_GROUPS = 20
# The length of a bucket of the chart, in minutes, for logs of up to so many days.
_BUCKETS = ((0.3, 5), (4, 60), (120, _MINUTES_OF_A_DAY))
_WEEK = 7 * _MINUTES_OF_A_DAY


@dataclass(frozen=True, slots=True)
class Asked:
    """A control as it is asked for: its id, number and title."""

    check_id: str
    number: str
    title: str


def at(minute: int) -> datetime:
    """Gives the moment at which a minute, counted from 1970, begins."""
    return datetime.fromtimestamp(minute * 60, UTC)


def bucket_minutes(tally: Tally) -> int:
    """Gives the length of a bucket of the chart in minutes: five, an hour, a day or a week."""
    if tally.first is None or tally.last is None:
        return _MINUTES_OF_A_DAY
    days = (tally.last - tally.first) / _MINUTES_OF_A_DAY
    return next((length for most, length in _BUCKETS if days <= most), _WEEK)


def controls(
    chains: Chains, tally: Tally, played: Mapping[str, Played], asked: Mapping[str, Asked]
) -> tuple[tuple[result.Control, ...], dict[str, set[int]]]:
    """Gives what became of each control, and for each alarm the minutes of the events it sees that any names."""
    seen: dict[str, set[int]] = {}
    known: dict[str, frozenset[int]] = {}
    judges = []
    for place, control in enumerate(chains.controls):
        fates = Fates(chains, control, played, known)
        fares = [
            (passage, fates.paths(signature, sorted(passage.questions)))
            for signature, passage in tally.passages.get(place, {}).items()
        ]
        for passage, paths in fares:
            for alarm in paths.alarms:
                seen.setdefault(alarm, set()).update(passage.minutes)
        judges.append((control, fates, fares))
    known.update({alarm: companions(played[alarm], minutes) for alarm, minutes in seen.items()})
    return tuple(
        _Judge(tally, played, control, asked[control.check_id], fates, fares).control_result()
        for control, fates, fares in judges
    ), seen


@dataclass(slots=True)
class _Shared:
    """Events with one fate."""

    count: int = 0
    examples: list[Brief] = field(default_factory=list)


class _Judge:
    """Judges one control."""

    def __init__(
        self,
        tally: Tally,
        played: Mapping[str, Played],
        control: Control,
        asked: Asked,
        fates: Fates,
        fares: Sequence[tuple[Passage, Paths]],
    ) -> None:
        self.tally = tally
        self.played = played
        self.control = control
        self.asked = asked
        self.kinds: Counter[Kind] = Counter()
        self.caught = 0
        self.shared: dict[Fate, _Shared] = {}
        self.questions: set[str] = set()
        self.over_time: dict[Kind, Counter[int]] = {kind: Counter() for kind in Kind}
        # The control's events that each alarm sees, and the first of them, where somebody is told for certain.
        self.entering: dict[str, Counter[int]] = {}
        self.firsts: dict[str, dict[int, Brief]] = {}
        for passage, paths in fares:
            self._take(passage, paths, fates)

    def _take(self, passage: Passage, paths: Paths, fates: Fates) -> None:
        """Takes events that fare alike but for the time."""
        self.questions |= passage.questions
        found = {minute: fates.at(paths, minute) for minute in passage.minutes}
        for minute, count in passage.minutes.items():
            fate = found[minute]
            self.kinds[fate.kind] += count
            self.over_time[fate.kind][minute] += count
            if fate.kind in {Kind.LOST, Kind.OPEN}:
                self.shared.setdefault(fate, _Shared()).count += count
        for one in passage.examples:
            shared = self.shared.get(found[one.minute])
            if shared is not None:
                shared.examples.append(one)
        if paths.passing:
            self.caught += sum(passage.minutes.values())
        for alarm in paths.alarms:
            if any(_is_certain(one) for one in paths.passing if one.way.alarm == alarm):
                self.entering.setdefault(alarm, Counter()).update(passage.minutes)
                self.firsts.setdefault(alarm, {}).update(passage.firsts)

    def control_result(self) -> result.Control:
        control, asked = self.control, self.asked
        rings = sorted(self._rings(), key=lambda one: one[1].at)
        shown = tuple(self._ring(alarm, ring, count) for alarm, ring, count in rings[:_MOST_RINGS])
        kinds = self.kinds
        return result.Control(
            check_id=control.check_id,
            number=asked.number,
            title=asked.title,
            reading=control.reading.name,
            pattern=control.reading.pattern,
            verdict=control.verdict,
            outcome=self._outcome(),
            should=sum(kinds.values()),
            caught=self.caught,
            rang=kinds[Kind.RANG],
            joined=kinds[Kind.JOINED],
            lost=kinds[Kind.LOST],
            open=kinds[Kind.OPEN],
            losses=self._groups(Kind.LOST),
            opens=self._groups(Kind.OPEN),
            questions=tuple(sorted(self.questions)),
            alarms=tuple(sorted({self.played[arn].alarm.alarm.name for arn, _, _ in rings})),
            rings=shown,
            ring_count=len(rings),
            buckets=tuple(self._buckets([ring.at for _, ring, _ in rings])),
        )

    def _outcome(self) -> result.Outcome:
        if self.kinds[Kind.LOST]:
            return result.Outcome.LOST
        if self.kinds[Kind.OPEN]:
            return result.Outcome.OPEN
        return result.Outcome.RANG if sum(self.kinds.values()) else result.Outcome.QUIET

    def _groups(self, kind: Kind) -> tuple[result.Group, ...]:
        found = sorted(
            ((fate, shared) for fate, shared in self.shared.items() if fate.kind is kind),
            key=lambda pair: (-pair[1].count, pair[0].reason),
        )
        return tuple(
            result.Group(
                link=fate.link,
                resource=fate.resource,
                reason=fate.reason,
                count=shared.count,
                examples=tuple(examples(shared.examples)),
            )
            for fate, shared in found[:_MOST_GROUPS]
        )

    def _rings(self) -> Iterator[tuple[str, Ring, int]]:
        """Gives the rings of alarms with people behind them that events of the control are in."""
        for arn, entering in self.entering.items():
            course = self.played[arn].course
            minutes = sorted(entering)
            sums = [0, *accumulate(entering[minute] for minute in minutes)]
            for ring in course.rings if course is not None and minutes else ():
                count = sum(
                    sums[bisect_right(minutes, last)] - sums[bisect_left(minutes, first)] for first, last in ring.spans
                )
                if count:
                    yield arn, ring, count

    def _ring(self, arn: str, ring: Ring, count: int) -> result.Ring:
        minutes = (minute for first, last in ring.spans for minute in range(first, last + 1))
        firsts = self.firsts[arn]
        first = min((firsts[minute] for minute in minutes if minute in firsts), key=_when, default=None)
        return result.Ring(
            at=at(ring.at + 1),
            alarm=self.played[arn].alarm.alarm.name,
            before=ring.before.value,
            events=count,
            first=None if first is None else example(first),
        )

    def _buckets(self, rings: Sequence[int]) -> Iterator[result.Bucket]:
        length = bucket_minutes(self.tally)
        counts = {kind: Counter[int]() for kind in Kind}
        for kind, minutes in self.over_time.items():
            for minute, count in minutes.items():
                counts[kind][minute // length] += count
        rung = Counter(minute // length for minute in rings)
        for place in sorted({place for each in counts.values() for place in each} | rung.keys()):
            yield result.Bucket(
                at=at(place * length),
                should=sum(each[place] for each in counts.values()),
                lost=counts[Kind.LOST][place],
                open=counts[Kind.OPEN][place],
                rings=rung[place],
            )


def alarms(
    chains: Chains, played: Mapping[str, Played], seen: Mapping[str, set[int]]
) -> tuple[result.AlarmResult, ...]:
    """Gives what became of each alarm."""
    found = []
    for arn, one in played.items():
        ways = [way for way in chains.ways if way.alarm == arn]
        heard = any(all(link.status.value in {"SOUND", "UNKNOWN"} for link in way.route.links[-3:]) for way in ways)
        rings = one.course.rings if one.course else []
        minutes = seen.get(arn, set())
        silent = sum(not any(_any(minutes, *span) for span in ring.spans) for ring in rings)
        found.append(
            result.AlarmResult(
                name=one.alarm.alarm.name,
                arn=arn,
                region=one.alarm.region,
                people=heard,
                rings=len(rings),
                stays=bool(one.course and one.course.stays),
                silent_rings=silent,
                repeats=len(one.course.repeats) if one.course else 0,
                unknown=one.unknown,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.region, each.name)))


def _is_certain(one: Passing) -> bool:
    return one.open is None and one.behind.kind is Kind.RANG


def _any(minutes: set[int], first: int, last: int) -> bool:
    return any(minute in minutes for minute in range(first, last + 1))


def noise(chains: Chains, tally: Tally, days: float) -> tuple[result.Noise, ...]:
    """Gives what each filter that was made for a control matches beyond its controls, the noisiest first."""
    found = []
    for place, one in enumerate(chains.plan.filters):
        surplus = tally.surplus.get(place, Surplus())
        beyond = sum(surplus.days.values())
        if not one.serves or not tally.filtered[place]:
            continue
        day, worst = max(surplus.days.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0))
        found.append(
            result.Noise(
                filter=one.name,
                log_group=one.key[1],
                region=one.key[0],
                controls=tuple(chains.controls[control].check_id for control in one.serves),
                matched=tally.filtered[place],
                beyond=beyond,
                per_day=round(beyond / days, 2),
                worst_day=f"{at(day * _MINUTES_OF_A_DAY):%Y-%m-%d}" if worst else "",
                worst=worst,
                examples=tuple(examples(surplus.examples)),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.beyond, each.filter)))


def examples(found: Sequence[Brief]) -> Iterator[result.Example]:
    """Gives the first few events."""
    for one in sorted(found, key=_when)[:EXAMPLES]:
        yield example(one)


def example(one: Brief) -> result.Example:
    """Gives an event as the result has it."""
    return result.Example(
        time=one.time,
        source=one.source,
        name=one.name,
        who=one.who,
        error=one.error,
        region=one.region,
        event_id=one.event_id,
    )


def _when(one: Brief) -> tuple[str, str]:
    return one.time, one.event_id
