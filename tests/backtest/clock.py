"""An alarm played minute by minute, written from AWS's guide alone and as plainly as can be, to hold others against it.

Nothing here is shared with `auditor.backtest`. The windows slide: at the end of each minute an alarm looks at the
periods that end there ("Alarm evaluation"). How missing data are filled is a list of rules in the order of the guide
("Configuring how alarms treat missing data").
"""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": statistics.fmean,
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}
OK, ALARM, NO_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Clock:
    """A filter with a value and a default, and an alarm on its metric.

    Attributes:
        periods: How many periods the alarm looks at, and how many of them must be over the threshold.
        more: How many periods further back it may look while data are missing.
    """

    statistic: str
    minutes: int
    operator: str
    threshold: float
    periods: tuple[int, int]
    missing: str
    default: float | None
    more: int = 2

    def samples(self, values: dict[int, list[float]], busy: set[int], minute: int) -> list[float]:
        """Gives what the filter sends in a minute: its values, or its default where events came and none matched."""
        if minute in values:
            return values[minute]
        return [self.default] if minute in busy and self.default is not None else []

    def datapoint(self, values: dict[int, list[float]], busy: set[int], end: int) -> float | None:
        window = [one for at in range(end - self.minutes + 1, end + 1) for one in self.samples(values, busy, at)]
        return STATISTICS[self.statistic](window) if window else None

    def breaches(self, point: float | None) -> bool:
        return point is not None and OPERATORS[self.operator](point, self.threshold)

    def next(self, state: str, points: Sequence[float | None]) -> str:
        """Gives the state after a look at the evaluation range, its newest point last."""
        among, needed = self.periods
        signs = [
            "-" if one is None else "X" if OPERATORS[self.operator](one, self.threshold) else "0" for one in points
        ]
        real = [sign for sign in signs if sign != "-"]
        if len(real) >= among:
            return ALARM if real[-among:].count("X") >= needed else OK
        if real.count("X") >= needed:
            return ALARM
        filler = {"breaching": "X", "notBreaching": "0"}.get(self.missing)
        if filler is not None:
            filled = real + [filler] * (among - len(real))
            return ALARM if filled.count("X") >= needed else OK
        if "0" in real:
            return OK
        if not real:
            return NO_DATA if self.missing == "missing" else state
        # Premature: the oldest breaching point is old enough, and nothing speaks against it.
        oldest = len(signs) - signs.index("X")
        return ALARM if self.missing == "missing" and oldest >= needed else state

    def play(self, values: dict[int, list[float]], busy: set[int], length: int) -> Played:
        """Plays minutes 0 to `length`; before them nothing came."""
        wide = self.periods[0] + self.more
        state = self.next(OK, [None] * wide)
        found = Played()
        for minute in range(length):
            ends = [minute - back * self.minutes for back in range(wide - 1, -1, -1)]
            after = self.next(state, [self.datapoint(values, busy, end) for end in ends])
            if after == ALARM != state:
                found.rings.append(minute)
            if state == ALARM != after:
                found.quiet.append(minute)
            state = after
            found.states.append(state)
        return found


@dataclass
class Played:
    """When the alarm goes into ALARM, when it leaves it, and its state at the end of each minute."""

    rings: list[int] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
