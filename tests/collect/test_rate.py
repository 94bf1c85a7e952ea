"""Calls stay below AWS's rates, alone and together."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.collect import OPERATIONS, Connection, collect
from auditor.collect.rate import LIMITS, Bucket, Rates, published
from auditor.demo.account import build
from auditor.demo.alarm_parts import make_alarm, make_filter, make_topic
from auditor.demo.sound import build_sound
from auditor.demo.trail_parts import make_log_group, make_trail
from auditor.model.fact import Unreadable
from tests.aws.account import Account

GAPS = st.lists(st.tuples(st.floats(0, 3), st.sampled_from(["", "throttled", "answered"])), max_size=80)


@given(rate=st.floats(0.5, 50), burst=st.floats(1, 50), gaps=GAPS)
def test_no_stretch_of_time_sees_more_calls_than_burst_and_rate_allow(
    rate: float, burst: float, gaps: list[tuple[float, str]]
) -> None:
    bucket = Bucket(rate, burst)
    now = 0.0
    made = []
    for gap, told in gaps:
        now += gap
        if told == "throttled":
            bucket.throttled(now)
        elif told == "answered":
            bucket.answered(now)
        made.append(now + bucket.take(now))
    assert made == sorted(made), "first come, first served"
    for first, begun in enumerate(made):
        for last in range(first, len(made)):
            assert last - first + 1 <= burst + rate * (made[last] - begun) + 1e-6


@given(gaps=GAPS)
def test_the_rate_keeps_between_its_floor_and_its_height(gaps: list[tuple[float, str]]) -> None:
    bucket = Bucket(10.0, 10.0)
    now = 0.0
    for gap, told in gaps:
        now += gap
        before = bucket.rate
        if told == "throttled":
            bucket.throttled(now)
            assert bucket.rate <= before
        else:
            bucket.answered(now)
            assert bucket.rate >= before
        assert 2.0 <= bucket.rate <= 10.0


def test_a_throttle_slows_down_once_a_second_and_answers_bring_the_rate_back() -> None:
    bucket = Bucket(10.0, 10.0)
    for now in (0.0, 0.1, 0.2):
        bucket.throttled(now)
    assert bucket.rate == 7.0
    rates = []
    for second in range(1, 5):
        bucket.answered(float(second))
        rates.append(round(bucket.rate, 6))
    assert rates == [8.0, 9.0, 10.0, 10.0]


def test_calls_refused_at_random_leave_a_third_of_the_rate() -> None:
    bucket = Bucket(10.0, 10.0)
    for tick in range(600):
        bucket.throttled(tick / 10) if tick % 3 == 0 else bucket.answered(tick / 10)
    assert bucket.rate > 3.0


def test_threads_that_read_one_account_share_its_rates_and_hold_no_other_up() -> None:
    slept: list[float] = []
    rates = Rates(clock=lambda: 0.0, sleep=slept.append)

    def read(account: str, times: int) -> None:
        for _ in range(times):
            rates.wait(account, "us-east-1", "logs:DescribeMetricFilters")

    threads = [threading.Thread(target=read, args=("shared", 6)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == pytest.approx([at / 4 for at in range(1, 21)]), "four at once, then four a second"
    assert rates.waits == 20
    slept.clear()
    read("another", 4)
    rates.wait("shared", "eu-west-1", "logs:DescribeMetricFilters")
    rates.wait("shared", "us-east-1", "logs:DescribeLogGroups")
    assert slept == []
    rates.forget("shared")
    rates.wait("shared", "us-east-1", "logs:DescribeMetricFilters")
    assert slept == []


@pytest.mark.parametrize("operation", sorted(LIMITS))
def test_a_bucket_stays_below_what_is_published(operation: str) -> None:
    bucket = Bucket.of(operation)
    assert 1 <= bucket.burst <= published(operation)
    assert bucket.rate < published(operation)


def test_limits_are_of_services_that_are_called() -> None:
    called = {one.service for one in OPERATIONS}
    assert {name.partition(":")[0] for name in LIMITS} <= called
    assert published("logs:DescribeMetricFilters") == 5
    assert published("cloudtrail:GetTrail") == 10
    assert published("iam:GetRole") == 20


class Watched(Rates):
    """Rates that note when each call was let go."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, list[float]] = {}

    def wait(self, account_id: str, region: str, operation: str) -> None:
        super().wait(account_id, region, operation)
        self.made.setdefault(f"{region} {operation}", []).append(time.monotonic())


@pytest.mark.parametrize("fill", [build_sound, build])
def test_an_ordinary_account_never_waits(aws_account: Account, fill: object) -> None:
    assert callable(fill)
    fill(aws_account)
    connection = Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url)
    collect(connection)
    assert connection.rates.waits == 0


def test_an_account_of_many_trails_and_topics_stays_below_the_rates(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=())
    for at in range(12):
        group = make_log_group(aws_account, f"group-{at}")
        make_trail(
            aws_account, f"trail-{at}", sound.bucket, log_group_arn=group, role_arn=_role(aws_account, sound.role)
        )
        metric = make_filter(aws_account, f"group-{at}", f"filter-{at}", '{ $.eventName = "ConsoleLogin" }')
        make_alarm(aws_account, f"alarm-{at}", metric, *(make_topic(aws_account, f"topic-{at}-{n}") for n in range(5)))
    rates = Watched()
    snapshot = collect(Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url, rates=rates))
    assert not isinstance(snapshot.trails, Unreadable)
    assert (len(snapshot.trails), len(snapshot.log_groups), len(snapshot.topics)) == (13, 13, 60)
    assert not [topic for topic in snapshot.topics if isinstance(topic.topic, Unreadable)]
    assert rates.waits > 0
    for operation, made in rates.made.items():
        tokens = limit = published(operation.partition(" ")[2])
        for before, now in pairwise([made[0], *made]):
            # As AWS fills its bucket: a second's calls at most.
            tokens = min(limit, tokens + (now - before) * limit) - 1
            assert tokens >= 0, operation


def _role(account: Account, name: str) -> str:
    return f"arn:aws:iam::{account.account_id}:role/{name}"


def test_throttles_slow_an_operation_down_and_nothing_is_lost(aws_account: Account) -> None:
    build_sound(aws_account, controls=("root_usage",))
    aws_account.controls.fail("sns:GetTopicAttributes", "Throttling", times=2)
    told: Counter[str] = Counter()

    class Told(Rates):
        def told(self, account_id: str, region: str, operation: str, *, throttled: bool) -> None:
            told[operation] += throttled
            super().told(account_id, region, operation, throttled=throttled)

    connection = Connection(
        aws_account.session(), "us-east-1", aws_account.endpoint_url, rates=Told(), account_id="123456789012"
    )
    snapshot = collect(connection)
    assert not isinstance(snapshot.topics[0].topic, Unreadable)
    assert snapshot.api_calls["sns:GetTopicAttributes"] == 3
    assert +told == {"sns:GetTopicAttributes": 2}


def test_attempts_that_are_used_up_leave_a_fact_that_is_not_known(aws_account: Account) -> None:
    build_sound(aws_account, controls=("root_usage",))
    aws_account.controls.fail("sns:ListSubscriptionsByTopic", "Throttling")
    connection = Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url, attempts=2)
    snapshot = collect(connection)
    (topic,) = snapshot.topics
    assert isinstance(topic.subscriptions, Unreadable)
    assert topic.subscriptions.error_code == "Throttling"
    assert snapshot.api_calls["sns:ListSubscriptionsByTopic"] == 2
