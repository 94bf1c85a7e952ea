"""What an alarm can see in one period: with one event in it, and without any.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#CloudWatchStatistics
"""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.chain.expression import Datapoint, UndecidedError
from auditor.chain.metric import Emission
from auditor.model.alarm import Alarm

MINUTE = 60
# As often as a filter may match in a period; where another does, an Average comes near that filter's value.
OFTEN = 1000

Samples = tuple[float | None, ...]
"""The values that come in one period; None for one that is not known."""

STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": math.fsum,
    "Maximum": max,
    "Minimum": min,
    "Average": statistics.fmean,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One way that a period can be.

    Attributes:
        value: The datapoint that the alarm compares.
        how: How it comes about, in words.
    """

    value: Datapoint
    how: str


@dataclass(frozen=True, slots=True)
class Datapoints:
    """What an alarm can see.

    Attributes:
        busy: The ways of a period with an event; the first is that of one event alone.
        quiet: The ways of a period without any, and with no other filter matching either.
    """

    busy: tuple[Case, ...]
    quiet: tuple[Case, ...]

    @property
    def never_missing(self) -> bool:
        """Whether every period has a datapoint."""
        return all(case.value is not None for case in self.quiet)

    @property
    def always_missing(self) -> bool:
        """Whether no period without an event has one."""
        return all(case.value is None for case in self.quiet)


def seen_in(alarm: Alarm, emission: Emission) -> Datapoints:
    """Gives what an alarm on the emitted metric itself can see.

    Args:
        alarm: The alarm.
        emission: What the filter sends, beside what others send to what the alarm looks at; its value is known.

    Raises:
        UndecidedError: It cannot be said.
    """
    seconds, statistic = alarm.period or MINUTE, alarm.statistic or alarm.extended_statistic or ""
    busy = with_event(emission, seconds)
    if statistic == "Maximum" and alarm.operator.startswith("Greater"):
        # What other filters add, whatever it is, lets the greatest value rise only.
        busy = tuple(samples for samples in busy if None not in samples)
    return Datapoints(
        _different(_case(statistic, seconds, samples) for samples in busy),
        _different(_case(statistic, seconds, samples) for samples in without_event(emission, seconds)),
    )


def with_event(emission: Emission, seconds: int) -> tuple[Samples, ...]:
    """Gives the ways of a period in which events match: one, or many.

    Default values come in minutes with log events but without a match, be they many or none; other filters of the
    metric may match besides.

    Raises:
        UndecidedError: The value of an event is not known beforehand.
    """
    if emission.value is None:
        raise UndecidedError("the value of an event is not known beforehand")
    minutes = max(1, seconds // MINUTE)
    beside = [one.default for one in emission.beside if one.default is not None]
    found: dict[Samples, None] = {}
    for others in sorted({0, min(1, minutes - 1), minutes // 2, minutes - 1}):
        own = [] if emission.default is None else [emission.default] * others
        for near in ([], beside * (others + 1)):
            for more in ((), *(way for other in emission.beside for way in matching(other))):
                found.setdefault((emission.value, *own, *near, *more))
    found.setdefault((emission.value,) * OFTEN)
    return tuple(found)


def matching(emission: Emission) -> tuple[Samples, Samples]:
    """Gives what a filter sends in a period in which it matches once, and often."""
    return (emission.value,), (emission.value,) * OFTEN


def without_event(emission: Emission, seconds: int) -> tuple[Samples, ...]:
    """Gives the ways of a period in which nothing matches: without log events, or with some in every minute."""
    defaults = [one.default for one in (emission, *emission.beside) if one.default is not None]
    counts = sorted({1, max(1, seconds // MINUTE)}) if defaults else []
    return ((), *(tuple(defaults * minutes) for minutes in counts))


def _different(cases: Iterable[Case]) -> tuple[Case, ...]:
    found: dict[Datapoint, Case] = {}
    for case in cases:
        found.setdefault(case.value, case)
    return tuple(found.values())


def _case(statistic: str, seconds: int, samples: Samples) -> Case:
    value = statistic_of(statistic, samples)
    if value is None:
        return Case(None, "there is no datapoint")
    how = f"the {statistic} over {seconds} seconds is {value:g}"
    others = samples[1:]
    if statistic in {"Average", "Minimum"} and others:
        told = ", ".join(f"{count} of {sample:g}" for sample, count in sorted(Counter(others).items()))
        how += f" (one value of {samples[0]:g} among {told})"
    return Case(value, how)


_PERCENTILE = re.compile(r"p\d+(\.\d+)?")


def statistic_of(statistic: str, samples: Samples) -> Datapoint:
    """Gives a statistic of samples, none where there are none; a percentile where they are all alike.

    Raises:
        UndecidedError: It cannot be said.
    """
    if not samples:
        return None
    if statistic == "SampleCount":
        return float(len(samples))
    known = [sample for sample in samples if sample is not None]
    if len(known) < len(samples):
        raise UndecidedError("another filter sends values of its own to the metric")
    if statistic in STATISTICS:
        return STATISTICS[statistic](known)
    if _PERCENTILE.fullmatch(statistic) and len(set(known)) == 1:
        return known[0]
    raise UndecidedError(f"what {statistic or 'no statistic'} of one event gives is not known")
