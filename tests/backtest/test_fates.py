"""Where events get lost, and with which of them an alarm goes off: one thing at a time is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.backtest.result import Outcome, exit_code
from auditor.model.alarm import Alarm, Alarms, CompositeAlarm, Dimension, Metric, MetricQuery, MetricStat
from auditor.model.logs import MetricFilter, MetricFilters
from auditor.model.snapshot import RegionFacts, Snapshot
from tests.backtest.build import control, event, few_chains, looking, replayed, stopping, write_logs
from tests.chain.build import NAMESPACE, account, alarm, metric_filter, pattern_of
from tests.checks.build import REGION, SOURCE, TOPIC, trail_facts, unreadable
from tests.checks.build import status as trail_status

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAME = "cloudtrail_changes"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def one_chain(
    *more: MetricFilter | Alarm, to: dict[str, Any] | None = None, pattern: str = "", **changed: Any
) -> Snapshot:
    """An account with one chain, whose filter's transformation and alarm may be altered."""
    found = metric_filter(NAME, pattern or pattern_of(NAME), to=to or {})
    return account(found, alarm(NAME, **changed), *more)


def fate(facts: Snapshot, tmp_path: Path, *minutes: float, **fields: Any) -> Any:
    """What becomes of trails that are stopped in these minutes, in an account with an event in every minute."""
    traffic = [looking(at(minute)) for minute in range(int(max(minutes)) + 30)]
    events = [*traffic, *(stopping(at(minute), **fields) for minute in minutes)]
    return control(replayed(facts, write_logs(tmp_path, events, per_file=1000)), NAME)


def test_a_threshold_is_reached_by_several_events_together(tmp_path: Path) -> None:
    facts = one_chain(threshold=3.0)
    alone = fate(facts, tmp_path / "alone", 0, 10, 20)
    assert (alone.lost, alone.rang, alone.outcome) == (3, 0, Outcome.LOST)
    assert alone.losses[0].reason == f"{NAME} did not go off: it wants Sum >= 3 over 5 minutes."
    assert len(alone.losses[0].examples) == 3
    together = fate(facts, tmp_path / "together", 0, 10, 11, 12)
    assert (together.lost, together.rang) == (1, 3)
    assert together.verdict.value == "FAIL", "one event alone does not ring"
    assert [(ring.at, ring.events) for ring in together.rings] == [(at(13), 3)]


def test_m_of_n_periods(tmp_path: Path) -> None:
    facts = one_chain(evaluation_periods=3, datapoints_to_alarm=2, period=60)
    found = fate(facts, tmp_path, 0, 10, 12, 20)
    assert (found.rang, found.lost) == (2, 2)
    assert "over 1 minutes, in 2 of 3 periods" in found.losses[0].reason


def test_an_alarm_that_never_comes_back_tells_of_nothing_more(tmp_path: Path) -> None:
    facts = one_chain(to={"default": None}, missing_data="ignore")
    found = fate(facts, tmp_path, 0, 200)
    assert (found.rang, found.lost) == (1, 1)
    assert "was in ALARM already and had not come back" in found.losses[0].reason


def test_a_filter_that_matches_everything_drowns_the_control(tmp_path: Path) -> None:
    found = fate(one_chain(pattern="{ $.eventName = * }"), tmp_path, 20, 90)
    assert found.verdict.value == "PASS", "one event in an otherwise quiet account rings"
    assert (found.rang, found.joined, found.lost) == (0, 0, 2)
    assert "because of events that no control names" in found.losses[0].reason


@pytest.mark.parametrize(
    ("changed", "link", "reason"),
    [
        ({"actions_enabled": False}, "action", "are switched off"),
        ({"actions": ()}, "action", "no action for the ALARM state"),
        ({"namespace": "Other"}, "alarm", "watches"),
        ({"unit": "Percent"}, "alarm", "Percent"),
        ({"operator": "LessThanThreshold", "threshold": 0.0}, "alarm", "did not go off: it wants Sum < 0"),
        ({"to": {"value": "0"}}, "metric", "adds 0"),
        ({"pattern": "{ $.eventName = DeleteTrail }"}, "filter", f"The pattern of {NAME} does not match it."),
    ],
)
def test_the_link_where_it_gets_lost_is_named(tmp_path: Path, changed: dict[str, Any], link: str, reason: str) -> None:
    found = fate(one_chain(**changed), tmp_path, 3)
    (lost,) = found.losses
    assert (found.lost, lost.count) == (1, 1)
    assert lost.link.value == link
    assert reason in lost.reason
    assert lost.examples[0].name == "StopLogging"


def test_a_trail_that_is_stopped_loses_everything(tmp_path: Path) -> None:
    stopped = (trail_facts(status=trail_status(logging=False)),)
    found = fate(few_chains().model_copy(update={"trails": stopped}), tmp_path, 3)
    assert (found.lost, found.losses[0].link.value) == (1, "trail")
    assert "is stopped" in found.losses[0].reason


def test_an_account_without_a_trail_loses_everything(tmp_path: Path) -> None:
    found = fate(few_chains().model_copy(update={"trails": ()}), tmp_path, 3)
    assert (found.lost, found.losses[0].reason) == (1, "The account has no trail.")


def test_what_could_not_be_read_leaves_it_open(tmp_path: Path) -> None:
    unread = unreadable("cloudtrail:DescribeTrails", "the trails")
    place = write_logs(tmp_path, [stopping(at(0))])
    found = replayed(few_chains().model_copy(update={"trails": unread}), place)
    assert (control(found, NAME).open, control(found, NAME).verdict.value) == (1, "UNKNOWN")
    assert exit_code(found.found) == 3
    alarms = unreadable("cloudwatch:DescribeAlarms", "the alarms")
    facts = few_chains()
    region = facts.regions[0].model_copy(update={"alarms": alarms})
    found = replayed(facts.model_copy(update={"regions": (region,)}), place)
    one = control(found, NAME)
    assert (one.open, one.opens[0].link.value) == (1, "alarm")
    assert "cloudwatch:DescribeAlarms" in one.opens[0].reason


def test_an_answer_that_no_source_settles_is_open_and_named(tmp_path: Path) -> None:
    named = '{ $.eventName = "*Logging" && $.sourceIPAddress != "10.0.0.1" }'
    odd = stopping(at(1), sourceIPAddress=None)
    place = write_logs(tmp_path, [odd, stopping(at(60))])
    one = control(replayed(one_chain(pattern=named), place), NAME)
    assert (one.open, one.rang) == (1, 1)
    assert one.questions == ("not_equal_other_type",)
    assert "whether `!=` matches null" in one.opens[0].reason


def test_values_are_taken_from_the_events(tmp_path: Path) -> None:
    facts = one_chain(to={"value": "$.requestParameters.size", "default": None}, threshold=10.0)
    events = [
        stopping(at(0), requestParameters={"size": 4}),
        stopping(at(2), requestParameters={"size": 6}),
        stopping(at(60), requestParameters={"size": 9}),
        stopping(at(120), requestParameters={"size": "big"}),
    ]
    one = control(replayed(facts, write_logs(tmp_path, events)), NAME)
    assert (one.should, one.rang, one.lost) == (4, 2, 2)
    assert {(lost.link.value, lost.count) for lost in one.losses} == {("alarm", 1), ("metric", 1)}


def test_an_alarm_watches_one_value_of_a_dimension(tmp_path: Path) -> None:
    facts = one_chain(
        to={"dimensions": {"Region": "$.awsRegion"}, "default": None},
        dimensions=(Dimension(name="Region", value="us-east-1"),),
    )
    events = [stopping(at(0)), stopping(at(60), awsRegion="eu-west-1")]
    one = control(replayed(facts, write_logs(tmp_path, events)), NAME)
    assert (one.rang, one.lost) == (1, 1)
    assert "watches one value of Region" in one.losses[0].reason


def query(id_: str, **changed: Any) -> MetricQuery:
    return MetricQuery(id=id_, **changed)


def counting(id_: str, metric: str = NAME, statistic: str = "Sum") -> MetricQuery:
    stat = MetricStat(metric=Metric(namespace=NAMESPACE, name=metric), period=300, statistic=statistic)
    return query(id_, stat=stat, return_data=False)


def mathematical(expression: str, *metrics: MetricQuery, threshold: float = 1.0) -> Alarm:
    queries = (*metrics, query("e", expression=expression, return_data=True))
    plain = {"namespace": None, "statistic": None, "period": None, "queries": queries, "threshold": threshold}
    return alarm(NAME, **plain).model_copy(update={"metric": None})


def test_metric_math_is_played(tmp_path: Path) -> None:
    other = metric_filter("looks", "{ $.eventName = DescribeInstances }", to={"default": 0.0})
    own = metric_filter(NAME, pattern_of(NAME))
    facts = account(
        own, other, mathematical("m1 * 100 / (m1 + m2)", counting("m1"), counting("m2", "looks"), threshold=30)
    )
    found = fate(facts, tmp_path, 3, 30, 31, 32)
    # Among the others of five minutes one event is not enough, three are.
    assert (found.rang, found.lost) == (3, 1)


@pytest.mark.parametrize(
    ("expression", "metrics", "why"),
    [
        ("RATE(m1)", (counting("m1"),), "RATE"),
        ("m1 + m2", (counting("m1"), counting("m2", "Nowhere")), "no filter feeds CIS/Nowhere"),
    ],
)
def test_what_is_not_followed_is_open(
    tmp_path: Path, expression: str, metrics: tuple[MetricQuery, ...], why: str
) -> None:
    facts = account(metric_filter(NAME, pattern_of(NAME)), mathematical(expression, *metrics))
    place = write_logs(tmp_path, [stopping(at(0))])
    found = replayed(facts, place)
    one = control(found, NAME)
    assert (one.open, one.outcome) == (1, Outcome.OPEN)
    assert why in one.opens[0].reason
    assert exit_code(found.found) == 3


def test_a_composite_alarm_speaks_for_a_metric_alarm(tmp_path: Path) -> None:
    silent = alarm(NAME, actions=())
    arn = silent.arn.replace(NAME, "above")
    composite = CompositeAlarm(source=SOURCE, name="above", arn=arn, rule=f'ALARM("{NAME}")', actions=(TOPIC,))
    region = RegionFacts(
        region=REGION,
        filters=MetricFilters(source=SOURCE, filters=(metric_filter(NAME, pattern_of(NAME)),)),
        alarms=Alarms(source=SOURCE, metric=(silent,), composite=(composite,)),
    )
    found = fate(account(regions=(region,)), tmp_path, 3)
    assert (found.rang, found.lost) == (1, 0)


def test_another_filter_of_the_metric_rings_too(tmp_path: Path) -> None:
    second = metric_filter("second", "{ $.eventName = StopLogging }", metric=NAME)
    facts = one_chain(second, pattern="{ $.eventName = DeleteTrail }")
    found = fate(facts, tmp_path, 3)
    assert (found.rang, found.lost) == (1, 0)


def test_an_event_of_another_service_is_not_named(tmp_path: Path) -> None:
    events = [event("StopLogging", "redshift.amazonaws.com", at(0)), looking(at(1))]
    found = replayed(one_chain(pattern="{ $.eventName = StopLogging }"), write_logs(tmp_path, events))
    assert control(found, NAME).should == 0
    (noise,) = found.found.noise
    assert (noise.beyond, noise.examples[0].source) == (1, "redshift.amazonaws.com")
