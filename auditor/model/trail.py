"""CloudTrail trails."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from auditor.model.arn import Arn
from auditor.model.fact import Fact, Frozen, Part, Read


class Trail(Fact):
    """A trail's configuration (cloudtrail:DescribeTrails, GetTrail)."""

    name: str
    arn: str = Field(alias="TrailARN")
    home_region: str
    bucket: str = Field(alias="S3BucketName")
    key_prefix: str = Field(default="", alias="S3KeyPrefix")
    multi_region: bool = Field(default=False, alias="IsMultiRegionTrail")
    organization: bool = Field(default=False, alias="IsOrganizationTrail")
    global_events: bool = Field(default=False, alias="IncludeGlobalServiceEvents")
    validation: bool = Field(default=False, alias="LogFileValidationEnabled")
    log_group_arn: str | None = Field(default=None, alias="CloudWatchLogsLogGroupArn")
    role_arn: str | None = Field(default=None, alias="CloudWatchLogsRoleArn")
    kms_key: str | None = Field(default=None, alias="KmsKeyId")
    has_insights: bool = Field(default=False, alias="HasInsightSelectors")

    @property
    def account_id(self) -> str:
        """The account that owns the trail: the management account for an organization's trail."""
        found = Arn.parse(self.arn)
        return found.account_id if found else ""

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts of the trail and of what it names by ARN, each once; a bucket's name tells no account."""
        named = (self.arn, self.log_group, self.role_arn, self.kms_key)
        found = (Arn.parse(arn) for arn in named if arn)
        return tuple(dict.fromkeys(arn.account_id for arn in found if arn and arn.account_id))

    @property
    def log_group(self) -> str | None:
        """The ARN of the log group without the `:*` that CloudTrail appends."""
        return self.log_group_arn.removesuffix(":*") if self.log_group_arn else None


class TrailStatus(Fact):
    """What a trail has been doing (cloudtrail:GetTrailStatus)."""

    logging: bool = Field(alias="IsLogging")
    latest_delivery: datetime | None = Field(default=None, alias="LatestDeliveryTime")
    latest_delivery_error: str = ""
    latest_digest_delivery: datetime | None = Field(default=None, alias="LatestDigestDeliveryTime")
    latest_digest_delivery_error: str = ""
    latest_logs_delivery: datetime | None = Field(default=None, alias="LatestCloudWatchLogsDeliveryTime")
    latest_logs_delivery_error: str = Field(default="", alias="LatestCloudWatchLogsDeliveryError")
    started: datetime | None = Field(default=None, alias="StartLoggingTime")
    stopped: datetime | None = Field(default=None, alias="StopLoggingTime")


class DataResource(Part):
    """Resources of one type whose data events a basic selector logs."""

    type: str
    values: tuple[str, ...] = ()


class BasicSelector(Part):
    """A basic event selector.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
    """

    read_write: str = Field(default="All", alias="ReadWriteType")
    management: bool = Field(default=True, alias="IncludeManagementEvents")
    data_resources: tuple[DataResource, ...] = ()
    excluded_sources: tuple[str, ...] = Field(default=(), alias="ExcludeManagementEventSources")


class FieldSelector(Part):
    """One condition of an advanced event selector; its operators are ANDed, the values of one ORed.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


class AdvancedSelector(Part):
    """An advanced event selector: all its field selectors must hold."""

    name: str = ""
    fields: tuple[FieldSelector, ...] = Field(default=(), alias="FieldSelectors")


class EventSelectors(Fact):
    """Which events a trail logs (cloudtrail:GetEventSelectors); basic and advanced exclude each other."""

    basic: tuple[BasicSelector, ...] = Field(default=(), alias="EventSelectors")
    advanced: tuple[AdvancedSelector, ...] = Field(default=(), alias="AdvancedEventSelectors")


class InsightSelector(Part):
    """One kind of insight that a trail looks for, in management events unless it names other categories."""

    type: str = Field(alias="InsightType")
    categories: tuple[str, ...] = Field(default=(), alias="EventCategories")


class InsightSelectors(Fact):
    """Which insights a trail looks for (cloudtrail:GetInsightSelectors)."""

    selectors: tuple[InsightSelector, ...] = Field(default=(), alias="InsightSelectors")


class TrailFacts(Frozen):
    """All that was read of one trail."""

    trail: Trail
    status: Read[TrailStatus]
    selectors: Read[EventSelectors]
    insights: Read[InsightSelectors]
