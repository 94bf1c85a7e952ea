"""What an alarm sees in a period: values that come together, and events that come often."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.findings import Status
from auditor.model.alarm import Metric, MetricQuery, MetricStat
from auditor.model.logs import MetricFilter
from tests.chain.build import NAMESPACE, account, alarm, chain, metric_filter, pattern_of, proof

CONTROL = "cmk_disable_or_delete"


@pytest.mark.parametrize(
    ("to", "settings", "expected"),
    [
        ({"value": "-1", "default": None}, {"threshold": 0.0}, Status.PASS),
        ({"value": "-1", "default": 0.0}, {"threshold": 0.0}, Status.PASS),
        ({"value": "-1", "default": 0.0}, {"threshold": -1.0}, Status.FAIL),
        ({"value": "1", "default": 5.0}, {"threshold": 3.0, "statistic": "Minimum"}, Status.PASS),
        ({"value": "1", "default": None}, {"threshold": 5.0}, Status.FAIL),
        ({"value": "1", "default": 0.0}, {"threshold": 5.0}, Status.FAIL),
        ({"value": "1", "default": None}, {"threshold": 5.0, "statistic": "Maximum"}, Status.PASS),
    ],
)
def test_an_alarm_below_a_threshold_rings_where_one_event_and_many_fall_below(
    to: dict[str, Any], settings: dict[str, Any], expected: Status
) -> None:
    facts = chain(CONTROL, filtering={"to": to}, operator="LessThanThreshold", **settings)
    assert proof(CONTROL, facts).status is expected


def stat(name: str, statistic: str = "Sum", metric: str = CONTROL) -> MetricQuery:
    found = MetricStat(metric=Metric(namespace=NAMESPACE, name=metric), period=300, statistic=statistic)
    return MetricQuery(id=name, stat=found, return_data=False)


def over(
    text: str, *queries: MetricQuery, beside: tuple[MetricFilter, ...] = (), default: float | None = 0.0
) -> Status:
    """Judges an alarm on an expression."""
    shown = MetricQuery(id="e1", expression=text, return_data=True)
    rest = {"namespace": None, "metric": None, "statistic": None, "period": None}
    own = metric_filter(CONTROL, pattern_of(CONTROL), to={"default": default})
    return proof(CONTROL, account(own, *beside, alarm("math", queries=(*queries, shown), **rest))).status


def test_statistics_of_one_metric_come_of_the_same_values() -> None:
    assert over("m1 * m2", stat("m1", "Average"), stat("m2", "SampleCount")) is Status.PASS
    assert over("m1 * 1", stat("m1", "Average")) is Status.FAIL
    assert over("m1 - m2", stat("m1"), stat("m2", "Maximum")) is Status.FAIL


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Status.PASS),
        ({"to": {"default": None}}, Status.UNKNOWN),
        ({"log_group": "acme/app"}, Status.UNKNOWN),
        ({"field_selection": '@aws.region = "eu-west-1"'}, Status.UNKNOWN),
    ],
)
def test_a_filter_of_the_same_events_has_a_value_whenever_an_event_comes(
    changed: dict[str, Any], expected: Status
) -> None:
    other = metric_filter("other", "{ $.eventName = Other }", **changed)
    assert over("m1 + m2", stat("m1"), stat("m2", metric="other"), beside=(other,)) is expected


def test_an_expression_that_one_event_alone_meets_fails() -> None:
    assert over("m1 == 1", stat("m1")) is Status.FAIL
    assert over("m1 >= 1", stat("m1")) is Status.PASS
