"""CloudWatch's evaluation of one alarm over time, minute by minute.

An alarm looks at windows that end with the last whole minute: each datapoint is a statistic of one period, the next
older one of the period before, so that the windows slide. It acts when its state changes, and only then.

Sources:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MINUTES_OF_A_DAY = 1440
_HOUR = 60

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

# How many periods beyond its own an alarm looks back while data are missing. The guide's example has 2 and says that
# it hangs on the period; the first is what is told, the others are tried as well.
LOOKS_BACK = (2, 1, 4)


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Heard(StrEnum):
    """What an alarm makes of the events of one minute.

    Attributes:
        RANG: It went into ALARM with them.
        JOINED: It was in ALARM because of other events shortly before, and stayed there.
        STUCK: It was in ALARM already, for want of anything that brings it back.
        SILENT: It did none of these.
    """

    RANG = "rang"
    JOINED = "joined"
    STUCK = "stuck"
    SILENT = "silent"

    @property
    def told(self) -> bool:
        """Whether whoever listens knows of the events, or of others just before."""
        return self in {Heard.RANG, Heard.JOINED}


@dataclass(frozen=True, slots=True)
class Setting:
    """How an alarm judges its datapoints.

    Attributes:
        operator: How a datapoint is compared with the threshold, one of `OPERATORS`.
        minutes: The length of a period in minutes.
        periods: How many periods it looks at.
        needed: How many of them must be over the threshold.
        missing: How it treats missing data: missing, ignore, breaching or notBreaching.
    """

    operator: str
    threshold: float
    minutes: int = 5
    periods: int = 1
    needed: int = 1
    missing: str = "missing"

    @property
    def hourly(self) -> bool:
        """Whether it looks over more than a day, which CloudWatch does on the hour only."""
        return self.minutes * self.periods > MINUTES_OF_A_DAY

    def breaches(self, value: float) -> bool:
        """Whether a datapoint is over the threshold."""
        return OPERATORS[self.operator](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an alarm's datapoints come to.

    Attributes:
        state: The state; None where the alarm keeps the one it has.
        used: The ages of the datapoints that count, 0 for the newest.
        real: Whether datapoints that are there put it in ALARM.
    """

    state: State | None
    used: tuple[int, ...] = ()
    real: bool = False


def judged(setting: Setting, over: Sequence[bool | None]) -> Verdict:
    """Judges datapoints as the guide's two tables of missing data do.

    Args:
        setting: The alarm.
        over: Whether each datapoint of the evaluation range is over the threshold, the newest first; None where it
            is missing.
    """
    there = [age for age, one in enumerate(over) if one is not None]
    if len(there) >= setting.periods:
        used = tuple(there[: setting.periods])
        enough = sum(1 for age in used if over[age]) >= setting.needed
        return Verdict(State.ALARM if enough else State.OK, used, enough)
    used = tuple(there)
    breaching = sum(1 for age in used if over[age])
    if breaching >= setting.needed:
        return Verdict(State.ALARM, used, real=True)
    if setting.missing == "breaching":
        enough = breaching + setting.periods - len(used) >= setting.needed
        return Verdict(State.ALARM if enough else State.OK, used)
    if setting.missing == "notBreaching" or breaching < len(used):
        return Verdict(State.OK, used)
    if not used:
        return Verdict(State.INSUFFICIENT_DATA if setting.missing == "missing" else None)
    # All that is there is over the threshold, but too little: taken for enough once it is old enough.
    old = setting.missing == "missing" and used[-1] + 1 >= setting.needed
    return Verdict(State.ALARM, used, real=True) if old else Verdict(None, used)


@dataclass(frozen=True, slots=True)
class Ring:
    """The alarm goes into ALARM.

    Attributes:
        at: The minute at whose end it does, counted from 1970.
        before: The state that it comes from.
        spans: The first and last minute of each datapoint that is over the threshold.
    """

    at: int
    before: State
    spans: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Course:
    """What becomes of an alarm over time.

    Attributes:
        rings: When it goes into ALARM.
        repeats: When it may do so again for the same events: while no new data come, CloudWatch looks at the last ones
            once more, which the guide says might execute the actions again.
        quiet: When it leaves it.
        heard: What it makes of the events of each minute that was asked for.
        stays: Whether it is in ALARM at the end.
        gaps: Whether any datapoint was missing when it counted how many there are.
    """

    rings: list[Ring] = field(default_factory=list)
    repeats: list[Ring] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    heard: dict[int, Heard] = field(default_factory=dict)
    stays: bool = False
    gaps: bool = False


Datapoint = Callable[[int], float | None]


def course(
    setting: Setting, datapoint: Datapoint, busy: Iterable[int], asked: Iterable[int], looks_back: int = LOOKS_BACK[0]
) -> Course:
    """Plays an alarm over time.

    Before the first minute nothing is there, and the alarm rests in the state that this gives.

    Args:
        setting: The alarm.
        datapoint: Gives the value of the period that ends with a minute; None where there is none.
        busy: The minutes in which something happens that datapoints hang on, in order. In all others each datapoint
            is what it is when nothing happens.
        asked: The minutes of whose events is to be told what the alarm makes of them.
        looks_back: How many periods beyond its own it looks back while data are missing.
    """
    return _Player(setting, datapoint, looks_back).played(busy, set(asked))


class _Player:
    """Keeps an alarm's state from minute to minute."""

    def __init__(self, setting: Setting, datapoint: Datapoint, looks_back: int) -> None:
        self.setting = setting
        self.datapoint = datapoint
        self.ages = range(setting.periods + looks_back)
        self.reach = setting.minutes * (setting.periods + looks_back)
        self.over: dict[int, bool | None] = {}
        # In which minutes it was in ALARM.
        self.on: dict[int, bool] = {}
        self.verdicts: dict[tuple[bool | None, ...], Verdict] = {}
        self.course = Course()

    def played(self, busy: Iterable[int], asked: set[int]) -> Course:
        state, sounding, last = State.OK, False, None
        waiting = deque(sorted(asked))
        for minute in self._minutes(busy):
            if last is None:
                state = judged(self.setting, [self._over(minute - self.reach) for _ in self.ages]).state or State.OK
            elif minute > last + (_HOUR if self.setting.hourly else 1):
                # Nothing is left of what happened in any window since then.
                rest = self._verdict(minute - 1)
                state, sounding = self._next(minute - 1, state, rest), rest.real and rest.state is State.ALARM
            found = self._verdict(minute)
            before, state = state, self._next(minute, state, found)
            told = self._told(minute, state if state is before else None, sounding=sounding)
            while waiting and waiting[0] <= minute:
                self.course.heard[waiting.popleft()] = told
            sounding = found.real and state is State.ALARM
            last = minute
        self._rung(asked)
        self.course.stays = state is State.ALARM
        return self.course

    def _told(self, minute: int, state: State | None, *, sounding: bool) -> Heard:
        """Gives what the alarm makes of events that come now, if it keeps its state; that it goes off is told later."""
        if state is not State.ALARM:
            return Heard.SILENT
        return Heard.JOINED if sounding and self._over(minute) else Heard.STUCK

    def _minutes(self, busy: Iterable[int]) -> Iterator[int]:
        """Gives each minute at whose end something that happened may still count."""
        done = -1
        for start in busy:
            for minute in range(max(start, done + 1), start + self.reach + 1):
                done = minute
                if not self.setting.hourly or (minute + 1) % _HOUR == 0:
                    yield minute

    def _verdict(self, minute: int) -> Verdict:
        over = tuple([self._over(minute - age * self.setting.minutes) for age in self.ages])
        found = self.verdicts.get(over)
        if found is None:
            found = self.verdicts[over] = judged(self.setting, over)
            self.course.gaps = self.course.gaps or None in over[: self.setting.periods]
        return found

    def _over(self, minute: int) -> bool | None:
        if minute not in self.over:
            if len(self.over) > 4 * self.reach:
                self.over = {at: one for at, one in self.over.items() if at > minute - self.reach}
            value = self.datapoint(minute)
            self.over[minute] = None if value is None else self.setting.breaches(value)
        return self.over[minute]

    def _next(self, minute: int, state: State, found: Verdict) -> State:
        after = found.state or state
        if after is State.ALARM is not state:
            length = self.setting.minutes
            ends = [minute - age * length for age in found.used if self._over(minute - age * length)]
            spans = tuple((end - length + 1, end) for end in ends)
            again = all(self.on.get(end, False) for end in ends)
            (self.course.repeats if again else self.course.rings).append(Ring(minute, state, spans))
        elif state is State.ALARM is not after:
            self.course.quiet.append(minute)
        if len(self.on) > 4 * self.reach:
            self.on = {at: one for at, one in self.on.items() if at > minute - self.reach}
        self.on[minute] = after is State.ALARM
        return after

    def _rung(self, asked: set[int]) -> None:
        """Tells of each minute that was asked for whether the alarm went off with it."""
        for ring in self.course.rings:
            for first, last in ring.spans:
                if last - first < len(asked):
                    minutes = (minute for minute in range(first, last + 1) if minute in asked)
                else:
                    minutes = (minute for minute in asked if first <= minute <= last)
                for minute in minutes:
                    self.course.heard[minute] = Heard.RANG
        for minute in asked:
            # One that comes after the last evaluation.
            self.course.heard.setdefault(minute, Heard.SILENT)
