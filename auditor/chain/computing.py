"""What an alarm on an expression over metrics can see in one period.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.chain.datapoints import (
    MINUTE,
    Case,
    Datapoints,
    Samples,
    matching,
    statistic_of,
    with_event,
    without_event,
)
from auditor.chain.expression import Datapoint, Period, UndecidedError, compiled
from auditor.chain.identity import difference, heard, lands
from auditor.chain.metric import Emission
from auditor.model.alarm import Alarm, MetricQuery, Watched
from auditor.model.arn import Arn

_MOST_CASES = 5000

# The datapoint of each id.
Values = Mapping[str, Datapoint]


def computed(alarm: Alarm, emission: Emission, feeds: Iterable[Emission], *, missing_is_zero: bool) -> Datapoints:
    """Gives what an alarm on an expression over the emitted metric can see.

    Args:
        alarm: The alarm.
        emission: What the filter sends; its value is known.
        feeds: What all filters of the region send.
        missing_is_zero: How metric math takes a missing datapoint.

    Raises:
        UndecidedError: It cannot be said.
    """
    return _Math(alarm, emission, tuple(feeds)).datapoints(missing_is_zero=missing_is_zero)


@dataclass(frozen=True, slots=True)
class _Series:
    """One metric of an alarm, with all queries of it: their values come of the same samples.

    Attributes:
        watched: The metric.
        queries: The queries.
        ours: What the event's own filter sends there, if any of it gets there.
        feeds: What all filters send there.
    """

    watched: Watched
    queries: tuple[MetricQuery, ...]
    ours: Emission | None
    feeds: tuple[Emission, ...]

    @property
    def seconds(self) -> int:
        return self.watched.period or MINUTE

    def values(self, ways: Iterable[Samples]) -> tuple[Values, ...]:
        """Gives the datapoints of its queries in each way that a period can be."""
        found: dict[tuple[Datapoint, ...], None] = {}
        for samples in ways:
            found.setdefault(tuple(statistic_of(_statistic(query), samples) for query in self.queries))
        return tuple({query.id: one for query, one in zip(self.queries, row, strict=True)} for row in found)

    def at_rest(self) -> tuple[Samples, ...]:
        return without_event(self.feeds[0], self.seconds) if self.feeds else ((),)

    def with_event(self, event: Emission) -> tuple[Samples, ...]:
        """Gives the ways of a period with the event, in which other metrics' filters may match or not."""
        if self.ours is not None:
            return with_event(self.ours, self.seconds)
        rest = self.at_rest()
        if any(one.default is not None and one.looks_at == event.looks_at for one in self.feeds):
            # In the minute of the event, a filter of the same events sends its default or matches.
            rest = tuple(samples for samples in rest if samples)
        return (*rest, *(way for one in self.feeds for way in matching(one)))


def _statistic(query: MetricQuery) -> str:
    return (query.stat.statistic if query.stat else None) or ""


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
        self.computed = {query.id: compiled(query.expression or "") for query in self.expressions}
        self.series = self._series()
        if len({one.watched.dimensions for one in self.series if one.ours}) > 1:
            raise UndecidedError(f"it watches {emission.name} under several values of its dimensions")

    def datapoints(self, *, missing_is_zero: bool) -> Datapoints:
        quiet = [one.values(one.at_rest()) for one in self.series]
        busy = [one.values(one.with_event(self.emission)) for one in self.series]
        return Datapoints(
            self._cases(busy, missing_is_zero=missing_is_zero), self._cases(quiet, missing_is_zero=missing_is_zero)
        )

    def _series(self) -> list[_Series]:
        queries: dict[Watched, list[MetricQuery]] = {}
        for query in self.metrics:
            if query.stat is not None:
                self._known_to_be_fed(query, query.stat.watched)
                queries.setdefault(query.stat.watched, []).append(query)
        return [self._fed(watched, tuple(found)) for watched, found in queries.items()]

    def _known_to_be_fed(self, query: MetricQuery, watched: Watched) -> None:
        name = f"{watched.namespace}/{watched.metric}"
        if self.alarm.foreign(query):
            raise UndecidedError(f"{name} is a metric of account {query.account_id}, whose values are not known")
        if all(difference(watched, one) for one in (self.emission, *self.feeds)):
            raise UndecidedError(f"no filter feeds {name}, so that its values are not known")

    def _fed(self, watched: Watched, queries: tuple[MetricQuery, ...]) -> _Series:
        feeds = tuple(self._heard(watched, one) for one in self.feeds if self._gets(watched, one))
        ours = self._heard(watched, self.emission) if self._gets(watched, self.emission) else None
        return _Series(watched, queries, ours, feeds)

    def _gets(self, watched: Watched, emission: Emission) -> bool:
        """Whether a metric gets any of what a filter sends."""
        return not difference(watched, emission) and lands(watched, emission, self.arn)

    def _heard(self, watched: Watched, emission: Emission) -> Emission:
        """Gives what is sent to a metric, beside what others surely send there."""
        found = heard(watched, emission, self.arn)
        if found.open:
            raise UndecidedError(found.open)
        return found.surely

    def _cases(self, ways: Sequence[Sequence[Values]], *, missing_is_zero: bool) -> tuple[Case, ...]:
        if math.prod(len(one) for one in ways) > _MOST_CASES:
            raise UndecidedError("it has too many metrics to try all cases")
        found: dict[Datapoint, Case] = {}
        for chosen in itertools.product(*ways):
            values = {name: value for one in chosen for name, value in one.items()}
            case = self._computed(values, missing_is_zero=missing_is_zero)
            found.setdefault(case.value, case)
        return tuple(found.values())

    def _computed(self, given: Values, *, missing_is_zero: bool) -> Case:
        ids = tuple(query.id for query in self.metrics)
        values: dict[str, Datapoint | list[Datapoint]] = {**given}
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
        told = ", ".join(f"{name} {_told(given[name])}" for name in ids)
        text = self.shown.expression or self.shown.id
        return Case(value if not isinstance(value, list) else None, f"with {told}, {text} is {_told(value)}")

    def _ready(self, query: MetricQuery, values: dict[str, Datapoint | list[Datapoint]]) -> bool:
        used = set(re.findall(r"[a-z]\w*", query.expression or ""))
        return not any(other.id in used and other.id not in values for other in self.expressions)


def _told(value: Datapoint | list[Datapoint]) -> str:
    return f"{value:g}" if isinstance(value, float) else "without a datapoint"
