"""Which filters dilute what an alarm looks at: namespace, name and dimensions make a metric, and units stand apart."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.findings import Status
from auditor.model.alarm import Dimension, Metric, MetricQuery, MetricStat
from tests.chain.build import NAMESPACE, account, alarm, metric_filter, pattern_of, proof
from tests.checks.build import ACCOUNT

CONTROL = "cmk_disable_or_delete"
NOTHING_ELSE = '{ $.eventName = "Other" }'
BARE = {"default": None}


def by(field: str) -> dict[str, Any]:
    return {**BARE, "dimensions": {"what": field}}


def status(other: dict[str, Any], *, pattern: str = NOTHING_ELSE, **settings: Any) -> Status:
    """Judges an Average of a filter's values beside another filter's on the same namespace and name."""
    own = settings.pop("own", BARE)
    parts = [
        metric_filter(CONTROL, pattern_of(CONTROL), to=own),
        metric_filter("other", pattern, metric=CONTROL, to=other),
        alarm(CONTROL, **{"statistic": "Average", **settings}),
    ]
    return proof(CONTROL, account(*parts)).status


def test_a_filter_with_other_dimensions_feeds_another_metric() -> None:
    assert status({**BARE, "value": "0"}) is Status.FAIL
    assert status({**by("$.userIdentity.arn"), "value": "0"}) is Status.PASS
    assert status({**by("$.userIdentity.arn"), "value": "0"}, statistic="Minimum") is Status.PASS


def test_a_filter_that_can_match_nothing_dilutes_nothing() -> None:
    never = '{ $.eventName = "A" && $.eventName = "B" }'
    assert status({**BARE, "value": "0"}, pattern=never) is Status.PASS
    assert status({"default": 0.0, "value": "0"}, pattern=never) is Status.FAIL


@pytest.mark.parametrize(
    ("field", "pattern", "expected"),
    [
        ("$.eventName", NOTHING_ELSE, Status.PASS),
        ("$.eventName", '{ $.eventSource = "*" }', Status.FAIL),
        ("$.requestParameters.keyId", NOTHING_ELSE, Status.FAIL),
        ("$.eventName", "a text", Status.UNKNOWN),
        ("$.eventName", "{ $.eventSource = iam.amazonaws.com }", Status.UNKNOWN),
    ],
)
def test_with_the_same_dimensions_it_counts_where_it_can_have_the_watched_value(
    field: str, pattern: str, expected: Status
) -> None:
    """Each of two alarms watches one event's name, so that together they see all that the control names."""
    parts = [
        metric_filter(CONTROL, pattern_of(CONTROL), to=by("$.eventName")),
        metric_filter("other", pattern, metric=CONTROL, to={**by(field), "value": "0"}),
    ]
    for name in ("DisableKey", "ScheduleKeyDeletion"):
        one = (Dimension(name="what", value=name),)
        parts.append(alarm(name, metric=CONTROL, statistic="Average", dimensions=one))  # type: ignore[arg-type]
    assert proof(CONTROL, account(*parts)).status is expected


@pytest.mark.parametrize(
    ("own", "other", "watched", "expected"),
    [
        ("Count", "Bytes", "Count", Status.PASS),
        ("Count", "Count", "Count", Status.FAIL),
        ("Count", None, "Count", Status.PASS),
        (None, "Count", "None", Status.PASS),
        ("Count", "Bytes", None, Status.UNKNOWN),
        (None, "Count", None, Status.UNKNOWN),
        (None, "None", None, Status.FAIL),
    ],
)
def test_units_stand_apart_where_the_alarm_names_one(
    own: str | None, other: str | None, watched: str | None, expected: Status
) -> None:
    assert status({**BARE, "value": "0", "unit": other}, own={**BARE, "unit": own}, unit=watched) is expected


def test_what_an_alarm_does_with_several_units_is_not_defined() -> None:
    mixed = {**BARE, "value": "5", "unit": "Bytes"}
    assert status(mixed, statistic="Sum") is Status.UNKNOWN
    assert status(mixed, statistic="Sum", threshold=9.0) is Status.FAIL
    assert status({**BARE, "unit": "Bytes"}, pattern="{ $.a = 1 && $.a = 2 }", statistic="Sum") is Status.PASS


def stat(name: str, what: str) -> MetricQuery:
    """A query of the control's metric under one value of its dimension."""
    found = Metric(namespace=NAMESPACE, name=CONTROL, dimensions=(Dimension(name="what", value=what),))
    return MetricQuery(id=name, stat=MetricStat(metric=found, period=300, statistic="Sum"), return_data=False)


def math_over(text: str, *queries: MetricQuery) -> Status:
    """Judges an alarm on an expression beside one on the other event's name, so that both names are seen."""
    shown = MetricQuery(id="e1", expression=text, return_data=True)
    rest = {"namespace": None, "metric": None, "statistic": None, "period": None}
    parts = [
        metric_filter(CONTROL, pattern_of(CONTROL), to=by("$.eventName")),
        alarm("math", queries=(*queries, shown), **rest),
        alarm("plain", metric=CONTROL, dimensions=(Dimension(name="what", value="ScheduleKeyDeletion"),)),
    ]
    return proof(CONTROL, account(*parts)).status  # type: ignore[arg-type]


@pytest.mark.parametrize(("owner", "expected"), [("999988887777", Status.UNKNOWN), (ACCOUNT, Status.PASS)])
def test_another_accounts_metric_of_the_same_name_is_another_metric(owner: str, expected: Status) -> None:
    own = MetricStat(metric=Metric(namespace=NAMESPACE, name=CONTROL), period=300, statistic="Sum")
    queries = (
        MetricQuery(id="m1", stat=own, return_data=False),
        MetricQuery(id="m2", stat=own, account_id=owner, return_data=False),
        MetricQuery(id="e1", expression="MIN([m1, m2])", return_data=True),
    )
    rest = {"namespace": None, "metric": None, "statistic": None, "period": None}
    parts = [metric_filter(CONTROL, pattern_of(CONTROL)), alarm("math", queries=queries, **rest)]
    assert proof(CONTROL, account(*parts)).status is expected  # type: ignore[arg-type]


def test_an_event_lands_under_one_value_of_its_dimension_only() -> None:
    disable, other = stat("m1", "DisableKey"), stat("m2", "Other")
    assert math_over("m1 * 1", disable) is Status.PASS
    assert math_over("MIN([m1, FILL(m2, 0)])", disable, other) is Status.FAIL
    assert math_over("MAX([m1, FILL(m2, 0)])", disable, other) is Status.PASS
    assert math_over("m1 * 1", other) is Status.FAIL
    both = (disable, stat("m2", "ScheduleKeyDeletion"))
    assert math_over("MIN([m1, m2]) * 1", *both) is Status.UNKNOWN
