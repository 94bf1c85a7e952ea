"""CloudWatch alarms."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import Fact, Part


class Dimension(Part):
    """One dimension of a metric."""

    name: str
    value: str


class MetricQuery(Part):
    """One metric or expression of a metric-math alarm."""

    id: str
    expression: str | None = None
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
