"""Other ways by which an event may reach somebody: they satisfy no control, and are reported beside a failure."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import CamelFact, Fact, Frozen, Read


class EventRule(Fact):
    """An EventBridge rule (events:ListRules) with the ARNs of its targets (events:ListTargetsByRule)."""

    name: str
    arn: str
    pattern: str = Field(default="", alias="EventPattern")
    state: str = ""
    targets: tuple[str, ...] = ()


class SubscriptionFilter(CamelFact):
    """A log group's subscription filter (logs:DescribeSubscriptionFilters)."""

    name: str = Field(alias="filterName")
    log_group: str = Field(alias="logGroupName")
    pattern: str = Field(default="", alias="filterPattern")
    destination: str = Field(alias="destinationArn")


class RegionAlternatives(Frozen):
    """What was read of one region."""

    region: str
    rules: Read[tuple[EventRule, ...]]
    subscription_filters: tuple[Read[tuple[SubscriptionFilter, ...]], ...] = ()
