"""What an alarm can see in one period: with one event in it, and without any.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#CloudWatchStatistics
"""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.chain.expression import Datapoint, Period, UndecidedError, compiled
from auditor.chain.identity import difference, heard, lands
from auditor.chain.metric import Emission
from auditor.model.alarm import Alarm, MetricQuery
from auditor.model.arn import Arn

MINUTE = 60
# As often as another filter may match in a period; an Average comes near that filter's value.
OFTEN = 1000
_MOST_CASES = 5000

STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": math.fsum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": lambda samples: float(len(samples)),
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
        busy: The ways of a period with one event.
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


def datapoints(alarm: Alarm, emission: Emission, feeds: Iterable[Emission], *, missing_is_zero: bool) -> Datapoints:
    """Gives what an alarm on the emitted metric can see.

    Args:
        alarm: The alarm.
        emission: What the filter sends; its value is known.
        feeds: What all filters of the region send.
        missing_is_zero: How metric math takes a missing datapoint.

    Raises:
        UndecidedError: It cannot be said.
    """
    if not alarm.queries:
        seconds, statistic = alarm.period or MINUTE, alarm.statistic or alarm.extended_statistic or ""
        return Datapoints(_busy(emission, statistic, seconds), _quiet(emission, statistic, seconds))
    return _Math(alarm, emission, tuple(feeds)).datapoints(missing_is_zero=missing_is_zero)


def _minutes(seconds: int) -> int:
    return max(1, seconds // MINUTE)


def _busy(emission: Emission, statistic: str, seconds: int) -> tuple[Case, ...]:
    """Gives the ways of a period in which one event matches.

    Default values come in minutes with log events but without a match, be they many or none; other filters of the
    metric may match besides.
    """
    value = _known(emission)
    minutes = _minutes(seconds)
    beside = [one.default for one in emission.beside if one.default is not None]
    cases: dict[Datapoint, Case] = {}
    for others in sorted({0, min(1, minutes - 1), minutes // 2, minutes - 1}):
        own = [] if emission.default is None else [emission.default] * others
        for near in ([], beside * (others + 1)):
            for more in _matches_beside(emission, statistic):
                case = _case(statistic, seconds, [value, *own, *near, *more])
                cases.setdefault(case.value, case)
    return tuple(cases.values())


def _matches_beside(emission: Emission, statistic: str) -> Iterable[list[float]]:
    yield []
    for other in emission.beside:
        if other.value is None:
            if statistic in {"Maximum", "SampleCount"}:
                continue
            raise UndecidedError(f"another filter sends values of its own to {emission.name}")
        yield [other.value]
        yield [other.value] * OFTEN


def _quiet(emission: Emission, statistic: str, seconds: int) -> tuple[Case, ...]:
    """Gives the ways of a period in which nothing matches: without log events, or with some in every minute."""
    defaults = [one.default for one in (emission, *emission.beside) if one.default is not None]
    cases = [Case(None, "there is no datapoint")]
    for minutes in sorted({1, _minutes(seconds)}) if defaults else ():
        case = _case(statistic, seconds, defaults * minutes)
        if all(case.value != known.value for known in cases):
            cases.append(case)
    return tuple(cases)


def _known(emission: Emission) -> float:
    if emission.value is None:
        raise UndecidedError("the value of an event is not known beforehand")
    return emission.value


def _case(statistic: str, seconds: int, samples: list[float]) -> Case:
    value = _computed(statistic, samples)
    how = f"the {statistic} over {seconds} seconds is {value:g}"
    others = samples[1:]
    if statistic in {"Average", "Minimum"} and others:
        told = ", ".join(f"{count} of {sample:g}" for sample, count in sorted(Counter(others).items()))
        how += f" (one value of {samples[0]:g} among {told})"
    return Case(value, how)


_PERCENTILE = re.compile(r"p\d+(\.\d+)?")


def _computed(statistic: str, samples: list[float]) -> float:
    """Gives a statistic of samples; a percentile where they are all alike."""
    known = STATISTICS.get(statistic)
    if known is not None:
        return known(samples)
    if _PERCENTILE.fullmatch(statistic) and len(set(samples)) == 1:
        return samples[0]
    raise UndecidedError(f"what {statistic or 'no statistic'} of one event gives is not known")


class _Math:
    """An alarm on an expression."""

    def __init__(self, alarm: Alarm, emission: Emission, feeds: tuple[Emission, ...]) -> None:
        self.alarm = alarm
        self.arn = Arn.parse(alarm.arn)
        self.emission = emission
        self.feeds = feeds
        self.metrics = [query for query in alarm.queries if query.stat is not None]
        self.expressions = [query for query in alarm.queries if query.expression is not None]
        if alarm.threshold_metric:
            raise UndecidedError("it looks for anomalies, whose band CloudWatch learns")
        shown = [query for query in alarm.queries if query.return_data] or list(alarm.queries)
        if len(shown) != 1:
            raise UndecidedError("it does not say which of its series it watches")
        self.shown = shown[0]
        if (
            len({query.stat.watched.dimensions for query in self.metrics if query.stat and self._gets(query, emission)})
            > 1
        ):
            raise UndecidedError(f"it watches {emission.name} under several values of its dimensions")
        self.computed = {query.id: compiled(query.expression or "") for query in self.expressions}

    def datapoints(self, *, missing_is_zero: bool) -> Datapoints:
        quiet = self._cases([self._quiet(query) for query in self.metrics], missing_is_zero=missing_is_zero)
        still = [self._ours(query) or self._quiet(query) for query in self.metrics]
        awake = [self._ours(query) or self._active(query) for query in self.metrics]
        busy = self._cases(still, missing_is_zero=missing_is_zero)
        busy += self._cases(awake, missing_is_zero=missing_is_zero)
        return Datapoints(busy, quiet)

    def _ours(self, query: MetricQuery) -> tuple[Datapoint, ...]:
        """Gives what the event's own metric has; empty for another metric."""
        if query.stat is None or not self._gets(query, self.emission):
            return ()
        period = query.stat.period or MINUTE
        return tuple(
            case.value for case in _busy(self._heard(query, self.emission), query.stat.statistic or "", period)
        )

    def _quiet(self, query: MetricQuery) -> tuple[Datapoint, ...]:
        fed = [one for one in self.feeds if self._same(query, one)]
        if query.stat is None or not fed:
            return (None,) if fed else self._foreign(query)
        found = _quiet(self._heard(query, fed[0]), query.stat.statistic or "", query.stat.period or MINUTE)
        return tuple(case.value for case in found)

    def _active(self, query: MetricQuery) -> tuple[Datapoint, ...]:
        """Gives what another metric may have while its filters match."""
        values = set(self._quiet(query))
        for one in self.feeds:
            if query.stat is None or not self._gets(query, one):
                continue
            for count in (1, OFTEN):
                values.add(_computed(query.stat.statistic or "", [_known(one)] * count))
        return tuple(values)

    def _foreign(self, query: MetricQuery) -> tuple[Datapoint, ...]:
        metric = query.stat.metric if query.stat else None
        name = f"{metric.namespace}/{metric.name}" if metric else query.id
        if self.alarm.foreign(query):
            raise UndecidedError(f"{name} is a metric of account {query.account_id}, whose values are not known")
        raise UndecidedError(f"no filter feeds {name}, so that its values are not known")

    def _same(self, query: MetricQuery, emission: Emission) -> bool:
        if query.stat is None or self.alarm.foreign(query):
            return False
        return not difference(query.stat.watched, emission)

    def _gets(self, query: MetricQuery, emission: Emission) -> bool:
        """Whether a query's metric gets any of what a filter sends."""
        return query.stat is not None and self._same(query, emission) and lands(query.stat.watched, emission, self.arn)

    def _heard(self, query: MetricQuery, emission: Emission) -> Emission:
        """Gives what is sent to a query's metric, beside what others surely send there."""
        if query.stat is None:
            return emission
        found = heard(query.stat.watched, emission, self.arn)
        if found.open:
            raise UndecidedError(found.open)
        return found.surely

    def _cases(self, values: Sequence[Sequence[Datapoint]], *, missing_is_zero: bool) -> tuple[Case, ...]:
        if math.prod(len(one) for one in values) > _MOST_CASES:
            raise UndecidedError("it has too many metrics to try all cases")
        found: dict[Datapoint, Case] = {}
        for chosen in itertools.product(*values):
            case = self._computed(chosen, missing_is_zero=missing_is_zero)
            found.setdefault(case.value, case)
        return tuple(found.values())

    def _computed(self, chosen: Sequence[Datapoint], *, missing_is_zero: bool) -> Case:
        ids = tuple(query.id for query in self.metrics)
        values: dict[str, Datapoint | list[Datapoint]] = dict(zip(ids, chosen, strict=True))
        seconds = max((query.stat.period or MINUTE for query in self.metrics if query.stat), default=MINUTE)
        period = Period(values, ids, seconds, missing_is_zero)
        # An expression may use another that stands after it, but none uses itself.
        for _ in self.expressions:
            for query in self.expressions:
                if query.id not in values and self._ready(query, values):
                    values[query.id] = self.computed[query.id](period)
        if self.shown.id not in values:
            raise UndecidedError("its expressions use one another")
        value = values[self.shown.id]
        given = ", ".join(f"{name} {_told(one)}" for name, one in zip(ids, chosen, strict=True))
        text = self.shown.expression or self.shown.id
        return Case(value if not isinstance(value, list) else None, f"with {given}, {text} is {_told(value)}")

    def _ready(self, query: MetricQuery, values: dict[str, Datapoint | list[Datapoint]]) -> bool:
        used = set(re.findall(r"[a-z]\w*", query.expression or ""))
        return not any(other.id in used and other.id not in values for other in self.expressions)


def _told(value: Datapoint | list[Datapoint]) -> str:
    return f"{value:g}" if isinstance(value, float) else "without a datapoint"
