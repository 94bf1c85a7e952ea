"""What a filter has sent to its metric, minute by minute, and the statistic of any period of it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from auditor.chain.datapoints import statistic_of
from auditor.chain.expression import UndecidedError


@dataclass(frozen=True, slots=True)
class Sum:
    """Values of which only this is kept."""

    count: int
    total: float
    least: float
    greatest: float

    @classmethod
    def of(cls, value: float, count: int = 1) -> Sum:
        """Gives the sum of a value that came so many times."""
        return cls(count, value * count, value, value)

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.count + other.count,
            math.fsum((self.total, other.total)),
            min(self.least, other.least),
            max(self.greatest, other.greatest),
        )

    def statistic(self, name: str) -> float:
        """Gives a statistic; a percentile where all values are alike.

        Raises:
            UndecidedError: It is another one, or a percentile among unlike values.
        """
        if name == "Sum":
            return self.total
        if name == "Average":
            return self.total / self.count
        if name == "Minimum":
            return self.least
        if name == "Maximum":
            return self.greatest
        if name == "SampleCount":
            return float(self.count)
        if self.least < self.greatest:
            raise UndecidedError(f"what {name or 'no statistic'} gives among unlike values is not known")
        return statistic_of(name, (self.least,)) or 0.0


class Stream:
    """The values that one filter sends to one metric.

    Args:
        sums: What came of matching events in each minute.
        quiet: The minutes that had log events of which none matched, in order.
        default: What the filter sends in such a minute; None where it sends nothing.
    """

    def __init__(self, sums: Mapping[int, Sum], quiet: Sequence[int], default: float | None) -> None:
        self.minutes = sorted(sums)
        self.sums = [sums[minute] for minute in self.minutes]
        self.quiet = quiet if default is not None else ()
        self.default = default

    def within(self, first: int, last: int) -> Sum | None:
        """Gives what came from one minute to another, both included; None where nothing came."""
        start, end = bisect_left(self.minutes, first), bisect_right(self.minutes, last)
        found = self.sums[start:end]
        if self.default is not None:
            rest = bisect_right(self.quiet, last) - bisect_left(self.quiet, first)
            if rest:
                found.append(Sum.of(self.default, rest))
        return reduce(Sum.__add__, found) if found else None


class Series:
    """A metric: what all its filters send to it together."""

    def __init__(self, streams: Iterable[Stream]) -> None:
        self.streams = tuple(streams)

    @property
    def matched(self) -> set[int]:
        """The minutes with an event that matched."""
        return {minute for stream in self.streams for minute in stream.minutes}

    @property
    def busy(self) -> set[int]:
        """The minutes in which anything is sent at all."""
        return self.matched | {minute for stream in self.streams for minute in stream.quiet}

    def datapoint(self, statistic: str, minute: int, length: int) -> float | None:
        """Gives the statistic of the period that ends with a minute; None where there is no value.

        Raises:
            UndecidedError: It cannot be said.
        """
        found = [sum_ for stream in self.streams if (sum_ := stream.within(minute - length + 1, minute)) is not None]
        return reduce(Sum.__add__, found).statistic(statistic) if found else None
