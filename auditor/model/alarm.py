"""CloudWatch alarms."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import Fact, Part


class Dimension(Part):
    """One dimension of a metric."""

    name: str
    value: str


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


class MetricQuery(Part):
    """One metric or expression of a metric-math alarm."""

    id: str
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

    @property
    def metrics(self) -> tuple[tuple[str | None, str | None], ...]:
        """Namespace and name of each metric that the alarm looks at, by itself or in an expression."""
        computed = (query.stat.metric for query in self.queries if query.stat)
        return ((self.namespace, self.metric), *((metric.namespace, metric.name) for metric in computed))


class CompositeAlarm(Fact):
    """A composite alarm (cloudwatch:DescribeAlarms)."""

    name: str = Field(alias="AlarmName")
    arn: str = Field(alias="AlarmArn")
    rule: str = Field(default="", alias="AlarmRule")
    actions_enabled: bool = True
    actions: tuple[str, ...] = Field(default=(), alias="AlarmActions")
    suppressor: str | None = Field(default=None, alias="ActionsSuppressor")


class Alarms(Fact):
    """The alarms of one region."""

    metric: tuple[Alarm, ...] = ()
    composite: tuple[CompositeAlarm, ...] = ()
