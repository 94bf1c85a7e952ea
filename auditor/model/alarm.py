"""CloudWatch alarms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from auditor.model.arn import Arn
from auditor.model.fact import Fact, Frozen, Part, Read


class Dimension(Part):
    """One dimension of a metric."""

    name: str
    value: str


class Watched(Frozen):
    """The metric that an alarm looks at, by name, dimensions, unit and period in seconds."""

    namespace: str | None
    metric: str | None
    dimensions: tuple[Dimension, ...]
    unit: str | None
    period: int | None


class Metric(Part):
    """A metric by name."""

    namespace: str | None = None
    name: str | None = Field(default=None, alias="MetricName")
    dimensions: tuple[Dimension, ...] = ()


class MetricStat(Part):
    """A metric with the statistic that is taken of it."""

    metric: Metric = Field(default_factory=Metric)
    period: int | None = None
    statistic: str | None = Field(default=None, alias="Stat")
    unit: str | None = None

    @property
    def watched(self) -> Watched:
        """The metric that is looked at."""
        metric = self.metric
        return Watched(
            namespace=metric.namespace,
            metric=metric.name,
            dimensions=metric.dimensions,
            unit=self.unit,
            period=self.period,
        )


class MetricQuery(Part):
    """One metric or expression of a metric-math alarm; the metric may be another account's."""

    id: str
    account_id: str | None = None
    expression: str | None = None
    stat: MetricStat | None = Field(default=None, alias="MetricStat")
    return_data: bool | None = None


class Alarm(Fact):
    """A metric alarm (cloudwatch:DescribeAlarms).

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """

    name: str = Field(alias="AlarmName")
    arn: str = Field(alias="AlarmArn")
    actions_enabled: bool = True
    actions: tuple[str, ...] = Field(default=(), alias="AlarmActions")
    ok_actions: tuple[str, ...] = Field(default=(), alias="OKActions")
    state: str = Field(default="", alias="StateValue")
    namespace: str | None = None
    metric: str | None = Field(default=None, alias="MetricName")
    dimensions: tuple[Dimension, ...] = ()
    statistic: str | None = None
    extended_statistic: str | None = None
    unit: str | None = None
    period: int | None = None
    evaluation_periods: int = 1
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    operator: str = Field(default="", alias="ComparisonOperator")
    missing_data: str = Field(default="missing", alias="TreatMissingData")
    threshold_metric: str | None = Field(default=None, alias="ThresholdMetricId")
    queries: tuple[MetricQuery, ...] = Field(default=(), alias="Metrics")

    low_samples: str | None = Field(default=None, alias="EvaluateLowSampleCountPercentile")

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Each metric of its own account that the alarm looks at, by itself or in an expression."""
        if not self.queries:
            return (
                Watched(
                    namespace=self.namespace,
                    metric=self.metric,
                    dimensions=self.dimensions,
                    unit=self.unit,
                    period=self.period,
                ),
            )
        return tuple(query.stat.watched for query in self.queries if query.stat and not self.foreign(query))

    def foreign(self, query: MetricQuery) -> bool:
        """Whether a query is of another account's metric."""
        arn = Arn.parse(self.arn)
        return query.account_id not in {None, arn.account_id if arn else None}


class CompositeAlarm(Fact):
    """A composite alarm (cloudwatch:DescribeAlarms)."""

    name: str = Field(alias="AlarmName")
    arn: str = Field(alias="AlarmArn")
    rule: str = Field(default="", alias="AlarmRule")
    actions_enabled: bool = True
    actions: tuple[str, ...] = Field(default=(), alias="AlarmActions")
    ok_actions: tuple[str, ...] = Field(default=(), alias="OKActions")
    state: str = Field(default="", alias="StateValue")
    suppressor: str | None = Field(default=None, alias="ActionsSuppressor")


class Schedule(Part):
    """When a mute rule mutes, and for how long each time."""

    expression: str = ""
    duration: str = ""


class MuteSchedule(Part):
    """The part of a mute rule that holds its schedule."""

    schedule: Schedule = Field(default_factory=Schedule)


class MuteTargets(Part):
    """The alarms that a mute rule is for."""

    alarm_names: tuple[str, ...] = ()


class MuteRule(Fact):
    """A mute rule (cloudwatch:GetAlarmMuteRule): while it is active, its alarms tell nobody.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
    """

    name: str
    rule: MuteSchedule = Field(default_factory=MuteSchedule)
    targets: MuteTargets = Field(default_factory=MuteTargets, alias="MuteTargets")
    status: str = ""
    expires: datetime | None = Field(default=None, alias="ExpireDate")


class MuteRules(Fact):
    """The mute rules of one region that have not expired."""

    rules: tuple[Read[MuteRule], ...] = ()


class Alarms(Fact):
    """The alarms of one region."""

    metric: tuple[Alarm, ...] = ()
    composite: tuple[CompositeAlarm, ...] = ()


def topics_among(actions: Iterable[str]) -> tuple[str, ...]:
    """Gives the actions that are topics, as ARNs."""
    return tuple(action for action in actions if (found := Arn.parse(action)) and found.service == "sns")
