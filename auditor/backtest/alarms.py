"""The alarms that a replay plays: what each sees of the filters, and how it judges it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from auditor.backtest.plan import FilterPlan, InflowPlan
from auditor.backtest.states import OPERATORS, Setting
from auditor.chain.datapoints import MINUTE
from auditor.chain.expression import Datapoint, Period, UndecidedError, compiled
from auditor.chain.identity import difference, in_dimensions
from auditor.chain.metric import Feed, feeds_of
from auditor.model.alarm import Alarm, Watched
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.pattern import Always, And, Expression


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """A metric with the statistic that is taken of it.

    Attributes:
        id: Its id in metric math; empty where the alarm watches it by itself.
        inflows: The places of what filters send to it.
    """

    id: str
    statistic: str
    inflows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """An alarm's metric math.

    Attributes:
        shown: The id that the alarm watches.
        steps: What computes each id that is an expression, in an order in which each finds what it uses.
    """

    shown: str
    steps: tuple[tuple[str, Callable[[Period], Datapoint]], ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """An alarm.

    Attributes:
        setting: How it judges its datapoints; None where that is not followed.
        unknown: Why it is not known what it does; empty where it is.
        formula: Its metric math; None where it watches one metric.
    """

    alarm: Alarm
    region: str
    setting: Setting | None
    series: tuple[SeriesPlan, ...] = ()
    formula: Formula | None = None
    unknown: str = ""

    def value(self, given: dict[str, Datapoint], *, missing_is_zero: bool) -> Datapoint:
        """Gives the value that is compared, out of the datapoint of each series.

        Raises:
            UndecidedError: It cannot be said.
        """
        if self.formula is None:
            return given[self.series[0].id]
        values: dict[str, Datapoint | list[Datapoint]] = {**given}
        seconds = (self.setting.minutes if self.setting else 1) * MINUTE
        period = Period(values, tuple(given), seconds, missing_is_zero)
        for name, compute in self.formula.steps:
            values[name] = compute(period)
        found = values[self.formula.shown]
        return found if not isinstance(found, list) else None


def alarm_plans(
    account: Snapshot, filters: Sequence[FilterPlan]
) -> tuple[tuple[InflowPlan, ...], dict[str, AlarmPlan]]:
    """Gives the alarms that see anything of the filters, by ARN, and what the filters send them."""
    inflows: dict[InflowPlan, int] = {}
    alarms: dict[str, AlarmPlan] = {}
    for facts in account.regions:
        if isinstance(facts.filters, Unreadable) or isinstance(facts.alarms, Unreadable):
            continue
        feeds = feeds_of(facts.filters.filters)
        for alarm in facts.alarms.metric:
            if any(not difference(one, feed.emission) for one in alarm.watched for feed in feeds):
                alarms[alarm.arn] = _Planner(alarm, facts.region, feeds, filters, inflows).plan()
    return tuple(inflows), alarms


class _Planner:
    """Makes the plan of one alarm; what it does not follow is told in the plan."""

    def __init__(
        self,
        alarm: Alarm,
        region: str,
        feeds: Sequence[Feed],
        filters: Sequence[FilterPlan],
        inflows: dict[InflowPlan, int],
    ) -> None:
        self.alarm = alarm
        self.region = region
        self.feeds = feeds
        self.filters = filters
        self.inflows = inflows

    def plan(self) -> AlarmPlan:
        try:
            series = tuple(self._series())
        except UndecidedError as error:
            return AlarmPlan(self.alarm, self.region, None, unknown=self._told(error))
        try:
            setting = self._setting()
            formula = _formula(self.alarm) if self.alarm.queries else None
        except UndecidedError as error:
            return AlarmPlan(self.alarm, self.region, None, series, unknown=self._told(error))
        return AlarmPlan(self.alarm, self.region, setting, series, formula)

    def _told(self, error: UndecidedError) -> str:
        return f"What {self.alarm.name} does is not followed: {error}."

    def _setting(self) -> Setting:
        alarm = self.alarm
        if alarm.operator not in OPERATORS or alarm.threshold is None:
            raise UndecidedError(f"it compares by {alarm.operator or 'nothing'}")
        if alarm.low_samples == "ignore" and alarm.extended_statistic:
            raise UndecidedError("it ignores periods with few samples; how few is not known")
        periods = {one.period or MINUTE for one in alarm.watched}
        if len(periods) != 1:
            raise UndecidedError("its metrics have periods of different lengths")
        (seconds,) = periods
        if seconds < MINUTE or seconds % MINUTE:
            raise UndecidedError(f"it looks every {seconds} seconds at a metric that has a value a minute")
        return Setting(
            operator=alarm.operator,
            threshold=alarm.threshold,
            minutes=seconds // MINUTE,
            periods=alarm.evaluation_periods,
            needed=alarm.datapoints_to_alarm or alarm.evaluation_periods,
            missing=alarm.missing_data,
        )

    def _series(self) -> Iterator[SeriesPlan]:
        alarm = self.alarm
        if not alarm.queries:
            statistic = alarm.statistic or alarm.extended_statistic or ""
            yield SeriesPlan("", statistic, tuple(self._fed(alarm.watched[0])))
            return
        for query in alarm.queries:
            if query.stat is None:
                continue
            watched = query.stat.watched
            if alarm.foreign(query):
                raise UndecidedError(f"{watched.namespace}/{watched.metric} is a metric of account {query.account_id}")
            yield SeriesPlan(query.id, query.stat.statistic or "", tuple(self._fed(watched)))

    def _fed(self, watched: Watched) -> Iterator[int]:
        """Gives what filters send to a metric; what cannot be told of them makes the alarm's doings unknown."""
        feeds = [feed for feed in self.feeds if not difference(watched, feed.emission)]
        name = f"{watched.namespace}/{watched.metric}"
        if not feeds:
            raise UndecidedError(f"no filter feeds {name}, so that its values are not known")
        if len({feed.emission.unit for feed in feeds}) > 1:
            raise UndecidedError(f"{name} has values in several units, and the alarm names none")
        for feed in feeds:
            found = self._inflow(watched, feed)
            yield self.inflows.setdefault(found, len(self.inflows))

    def _inflow(self, watched: Watched, feed: Feed) -> InflowPlan:
        key = (self.region, feed.filter.log_group, feed.filter.name)
        place = next((number for number, one in enumerate(self.filters) if one.key == key), None)
        if place is None:
            why = f"the filter {feed.filter.name} feeds it from {feed.filter.log_group}, to which no trail delivers"
            raise UndecidedError(why)
        if self.filters[place].unknown:
            raise UndecidedError(self.filters[place].unknown.rstrip("."))
        emission = feed.emission
        if emission.value is None and (emission.taken_from is None or emission.taken_from.has_wildcard):
            raise UndecidedError(f"the filter {feed.filter.name} takes its value from {feed.to.value}")
        terms = tuple(one for one in in_dimensions(watched, emission, Arn.parse(self.alarm.arn)) if one != Always())
        condition: Expression | None = And(terms) if len(terms) > 1 else terms[0] if terms else None
        return InflowPlan(place, emission.value, emission.taken_from, emission.default, condition)


def _formula(alarm: Alarm) -> Formula:
    if alarm.threshold_metric:
        raise UndecidedError("it looks for anomalies, whose band CloudWatch learns")
    shown = [query for query in alarm.queries if query.return_data] or list(alarm.queries)
    if len(shown) != 1:
        raise UndecidedError("it does not say which of its series it watches")
    waiting = {query.id: query.expression for query in alarm.queries if query.expression is not None}
    steps = []
    while waiting:
        ready = [name for name, text in waiting.items() if not _used(text) & (waiting.keys() - {name})]
        if not ready:
            raise UndecidedError("its expressions use one another")
        steps += [(name, compiled(waiting.pop(name))) for name in ready]
    return Formula(shown[0].id, tuple(steps))


def _used(expression: str) -> set[str]:
    return set(re.findall(r"[a-z]\w*", expression))
