"""Builds the parts that tell a person: topic, metric filter, alarm, and a whole chain for one control."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.demo.session import DemoAccount

NAMESPACE = "CloudTrailAlarms"


@cache
def benchmark_patterns() -> dict[str, str]:
    """Gives the benchmark's pattern for each control, as it is meant, under the last part of its check id."""
    found: dict[str, str] = json.loads(files("auditor.demo").joinpath("patterns.json").read_text("utf-8"))
    return found


def make_topic(
    account: DemoAccount, name: str, *, confirmed: Iterable[str] = (), pending: Iterable[str] = (), key: str = ""
) -> str:
    """Makes a topic and gives its ARN.

    Args:
        account: The account that owns it.
        name: The topic's name.
        confirmed: Email addresses that have confirmed their subscription.
        pending: Email addresses that have not.
        key: The key by which messages are encrypted; none where it is empty.
    """
    sns = account.client("sns")
    arn = str(sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": key} if key else {})["TopicArn"])
    people = tuple(confirmed)
    for address in (*people, *pending):
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint=address)
    for address in people:
        # The front takes the address for the token that AWS would have mailed to it.
        sns.confirm_subscription(TopicArn=arn, Token=address)
    return arn


def make_filter(
    account: DemoAccount, log_group: str, name: str, pattern: str, *, metric: str = "", **transformation: Any
) -> str:
    """Makes a metric filter that counts each match as 1, and gives its metric's name.

    Args:
        account: The account that owns it.
        log_group: The log group's name.
        name: The filter's name.
        pattern: The filter's pattern.
        metric: The metric's name; the filter's where it is empty.
        transformation: Fields of the metric transformation to be set otherwise; None leaves one out.
    """
    usual = {"metricName": metric or name, "metricNamespace": NAMESPACE, "metricValue": "1", "defaultValue": 0.0}
    account.client("logs").put_metric_filter(
        logGroupName=log_group,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[_set({**usual, **transformation})],
    )
    return metric or name


def make_alarm(account: DemoAccount, name: str, metric: str, *topics: str, **settings: Any) -> str:
    """Makes an alarm that rings for one event within five minutes, and gives its name.

    Args:
        account: The account that owns it.
        name: The alarm's name.
        metric: The metric's name.
        topics: The ARNs of what it tells.
        settings: Arguments of PutMetricAlarm to be set otherwise; None leaves one out.
    """
    usual = {
        "MetricName": metric,
        "Namespace": NAMESPACE,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": list(topics),
        "ActionsEnabled": True,
    }
    account.client("cloudwatch").put_metric_alarm(AlarmName=name, **_set({**usual, **settings}))
    return name


def make_alarm_chain(
    account: DemoAccount,
    control: str,
    *,
    log_group: str,
    topic: str,
    pattern: str = "",
    transformation: dict[str, Any] | None = None,
    alarm: dict[str, Any] | None = None,
    name: str = "",
) -> str:
    """Makes filter and alarm for one control, sound unless told otherwise, and gives the alarm's name.

    Args:
        account: The account that owns them.
        control: The last part of the check's id, such as `root_usage`.
        log_group: The name of the log group that is filtered.
        topic: The ARN of the topic that the alarm tells.
        pattern: The filter's pattern; the benchmark's where it is empty.
        transformation: Fields of the metric transformation to be set otherwise.
        alarm: Arguments of PutMetricAlarm to be set otherwise.
        name: The name of both; made from the control where it is empty.
    """
    name = name or control.replace("_", "-")
    deployed = pattern or benchmark_patterns()[control]
    metric = make_filter(account, log_group, name, deployed, **(transformation or {}))
    return make_alarm(account, name, metric, topic, **(alarm or {}))


def _set(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
