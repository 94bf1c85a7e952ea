"""CloudWatch Logs: log groups and their metric filters."""

from __future__ import annotations

from pydantic import Field, JsonValue

from auditor.model.fact import CamelFact, CamelPart, Fact, Frozen, Read


class LogGroup(CamelFact):
    """A log group (logs:DescribeLogGroups)."""

    name: str = Field(alias="logGroupName")
    arn: str
    retention_days: int | None = Field(default=None, alias="retentionInDays")
    kms_key: str | None = Field(default=None, alias="kmsKeyId")
    log_class: str = Field(default="STANDARD", alias="logGroupClass")


class Transformation(CamelPart):
    """The metric that a filter feeds.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    """

    metric: str = Field(alias="metricName")
    namespace: str = Field(alias="metricNamespace")
    value: str = Field(alias="metricValue")
    default: float | None = Field(default=None, alias="defaultValue")
    dimensions: dict[str, str] = Field(default_factory=dict)
    unit: str | None = None


class MetricFilter(CamelFact):
    """A metric filter (logs:DescribeMetricFilters)."""

    name: str = Field(alias="filterName")
    log_group: str = Field(alias="logGroupName")
    pattern: str = Field(default="", alias="filterPattern")
    transformations: tuple[Transformation, ...] = Field(default=(), alias="metricTransformations")
    on_transformed_logs: bool = Field(default=False, alias="applyOnTransformedLogs")
    field_selection: str = Field(default="", alias="fieldSelectionCriteria")
    system_dimensions: tuple[str, ...] = Field(default=(), alias="emitSystemFieldDimensions")


class MetricFilters(Fact):
    """The metric filters of one region."""

    filters: tuple[MetricFilter, ...] = ()


class Transformer(CamelFact):
    """How a log group's events are changed as they arrive (logs:GetTransformer)."""

    processors: tuple[dict[str, JsonValue], ...] = Field(default=(), alias="transformerConfig")


class TransformerFacts(Frozen):
    """A log group's own transformer; None where it has none, though the account may have one for all its groups."""

    log_group: str
    transformer: Read[Transformer] | None


class LogGroupFacts(Frozen):
    """What was read of the log group at an ARN; None where there is no such group."""

    arn: str
    name: str
    region: str
    account_id: str
    group: Read[LogGroup] | None
