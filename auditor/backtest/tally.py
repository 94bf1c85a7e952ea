"""What is kept of the events of a replay: counts by minute, and a few examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from auditor.backtest.series import Sum
from auditor.pattern import Event

EXAMPLES = 3
# Minutes of which the first event that a control names is kept, so that one can say which event rang.
_FIRSTS = 500
_MOST_REASONS = 1000
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Brief:
    """An event in a few words; each text is cut at a sensible length."""

    minute: int
    time: str
    source: str
    name: str
    who: str
    error: str
    region: str
    event_id: str


def brief(event: Event, minute: int) -> Brief:
    """Gives an event in a few words."""
    identity = event.get("userIdentity")
    who = _who(identity) if isinstance(identity, dict) else ""
    fields = ("eventTime", "eventSource", "eventName", "errorCode", "awsRegion", "eventID")
    time, source, name, error, region, event_id = (_text(event.get(each)) for each in fields)
    return Brief(minute, time, source, name, who, error, region, event_id)


def _who(identity: Event) -> str:
    kind = _text(identity.get("type"))
    arn = _text(identity.get("arn") or identity.get("userName") or identity.get("invokedBy"))
    return f"{kind} {arn}".strip()


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


Signature = tuple[int, int, int, int]
"""Of an event that a control names: the trails that log it, the filters that match it, the inflows with a condition
that it gets into, and the filters of which it hangs on an open question."""


@dataclass(slots=True)
class Passage:
    """The events of a control that fare alike.

    Attributes:
        minutes: How many there are in each minute.
        examples: The first of them.
        firsts: The first event of some minutes.
        questions: The open questions that they hang on.
    """

    minutes: Counter[int] = field(default_factory=Counter)
    examples: list[Brief] = field(default_factory=list)
    firsts: dict[int, Brief] = field(default_factory=dict)
    questions: set[str] = field(default_factory=set)

    def take(self, event: Event, minute: int) -> None:
        """Takes an event down."""
        self.minutes[minute] += 1
        if minute not in self.firsts and len(self.firsts) < _FIRSTS:
            self.firsts[minute] = brief(event, minute)
        if len(self.examples) < EXAMPLES:
            self.examples.append(brief(event, minute))

    def add(self, other: Passage) -> None:
        """Adds what another part of the logs gave."""
        self.minutes.update(other.minutes)
        self.examples = _first((*self.examples, *other.examples))
        for minute, one in other.firsts.items():
            if minute in self.firsts or len(self.firsts) < _FIRSTS:
                self.firsts.setdefault(minute, one)
        self.questions |= other.questions


@dataclass(slots=True)
class Surplus:
    """What a filter matches beyond its controls.

    Attributes:
        days: How many events on each day, counted from 1970.
        examples: The first of them.
    """

    days: Counter[int] = field(default_factory=Counter)
    examples: list[Brief] = field(default_factory=list)

    def add(self, other: Surplus) -> None:
        """Adds what another part of the logs gave."""
        self.days.update(other.days)
        self.examples = _first((*self.examples, *other.examples))


def _first(examples: Iterable[Brief]) -> list[Brief]:
    return sorted(examples, key=lambda one: (one.time, one.event_id))[:EXAMPLES]


@dataclass(slots=True)
class Tally:
    """What a replay comes to.

    Attributes:
        files: How many files were read, in whole or in part.
        size: How many bytes they have, packed as they lie there.
        events: How many events there were.
        counted: How many of them are management events of the account, in the time that was asked for.
        others: How many are of each other account.
        aside: How many were not judged for another reason, by the reason.
        first: The first minute with an event of the account.
        last: The last.
        broken: Files that could not be read, or not to their end, with the reason.
        broken_count: How many there are of them.
        matched: For each filter how many events it matched in each minute, other accounts' included.
        inflows: For each inflow that is not plain what came in each minute.
        busy: For each log group the minutes that had log events.
        passages: For each control, how its events fare.
        surplus: For each filter what it matches beyond its controls.
        filtered: For each filter how many of the account's events it matches.
    """

    files: int = 0
    size: int = 0
    events: int = 0
    counted: int = 0
    others: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None
    broken: list[tuple[str, str]] = field(default_factory=list)
    broken_count: int = 0
    matched: dict[int, Counter[int]] = field(default_factory=dict)
    inflows: dict[int, dict[int, Sum]] = field(default_factory=dict)
    busy: dict[int, set[int]] = field(default_factory=dict)
    passages: dict[int, dict[Signature, Passage]] = field(default_factory=dict)
    surplus: dict[int, Surplus] = field(default_factory=dict)
    filtered: Counter[int] = field(default_factory=Counter)

    def skip(self, name: str, reason: str) -> None:
        """Takes down a file that could not be read."""
        self.broken_count += 1
        if len(self.broken) < _MOST_REASONS:
            self.broken.append((name, reason))

    def seen(self, minute: int) -> None:
        """Takes down that the account had an event in a minute."""
        if self.first is None or minute < self.first:
            self.first = minute
        if self.last is None or minute > self.last:
            self.last = minute

    def add(self, other: Tally) -> None:
        """Adds what another part of the logs gave."""
        self.files += other.files
        self.size += other.size
        self.events += other.events
        self.counted += other.counted
        self.broken_count += other.broken_count
        self.broken = (self.broken + other.broken)[:_MOST_REASONS]
        self.others.update(other.others)
        self.aside.update(other.aside)
        self.filtered.update(other.filtered)
        for minute in (other.first, other.last):
            if minute is not None:
                self.seen(minute)
        for place, minutes in other.matched.items():
            self.matched.setdefault(place, Counter()).update(minutes)
        for place, busy in other.busy.items():
            self.busy.setdefault(place, set()).update(busy)
        self._add_values(other)
        self._add_examples(other)

    def _add_values(self, other: Tally) -> None:
        for place, sums in other.inflows.items():
            ours = self.inflows.setdefault(place, {})
            for minute, value in sums.items():
                ours[minute] = ours[minute] + value if minute in ours else value

    def _add_examples(self, other: Tally) -> None:
        for control, passages in other.passages.items():
            ours = self.passages.setdefault(control, {})
            for signature, passage in passages.items():
                ours.setdefault(signature, Passage()).add(passage)
        for place, surplus in other.surplus.items():
            self.surplus.setdefault(place, Surplus()).add(surplus)
