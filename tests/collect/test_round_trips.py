"""How many calls a scan takes, and how many of them one after another."""

from __future__ import annotations

import pytest

from auditor.benchmark import load
from auditor.collect import Connection
from auditor.demo.account import build
from auditor.demo.alarm_parts import make_alarm_chain, make_topic
from auditor.demo.sound import build_sound
from auditor.demo.trail_parts import make_key
from auditor.registry import load_checks
from auditor.scan import scan
from tests.aws.account import Account
from tests.collect.round_trips import RoundTrips


def cost(account: Account, region: str | None = None) -> tuple[int, int]:
    """Gives the calls and the round trips of a scan."""
    region = region or account.region
    account.controls.forget_calls()
    checks, broken = load_checks()
    with RoundTrips() as trips:
        scan(Connection(account.session(region), region, account.endpoint_url), load("cis-5.0"), checks, broken)
    return sum(account.controls.calls().values()), trips.count


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2"])
def test_one_trail_and_fifteen_chains_whatever_the_region(aws_account: Account, region: str) -> None:
    sound = build_sound(aws_account)
    assert cost(aws_account, region) == (32, 4)
    # The key and the insights cost a call each; few trails have either.
    cloudtrail = aws_account.client("cloudtrail")
    cloudtrail.update_trail(Name=sound.trail, KmsKeyId="")
    cloudtrail.put_insight_selectors(TrailName=sound.trail, InsightSelectors=[])
    assert cost(aws_account, region) == (30, 4)


def test_a_control_that_fails_asks_what_else_may_tell_somebody(aws_account: Account) -> None:
    sound = build_sound(aws_account)
    aws_account.client("cloudwatch").disable_alarm_actions(AlarmNames=["root-usage"])
    assert cost(aws_account) == (34, 5)
    events = aws_account.client("events")
    events.put_rule(Name="root", EventPattern='{"detail": {"userIdentity": {"type": ["Root"]}}}')
    events.put_targets(Rule="root", Targets=[{"Id": "1", "Arn": sound.topic_arn}])
    assert cost(aws_account) == (35, 6)


def test_a_key_of_a_topic_is_read_beside_its_subscriptions(aws_account: Account) -> None:
    sound = build_sound(aws_account)
    topic = make_topic(aws_account, "by-key", confirmed=["soc@acme.example"], key=make_key(aws_account, "For a topic"))
    make_alarm_chain(aws_account, "root_usage", log_group=sound.log_group, topic=topic, name="another")
    assert cost(aws_account) == (37, 4), "topic, list, subscription, key and policy"


def test_subscriptions_that_filter_are_read_in_few_trips(aws_account: Account) -> None:
    sound = build_sound(aws_account)
    people = [f"{name}@acme.example" for name in "abcdefghij"]
    sns = aws_account.client("sns")
    topic = make_topic(aws_account, "picky", confirmed=people)
    for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.set_subscription_attributes(
            SubscriptionArn=one["SubscriptionArn"], AttributeName="FilterPolicy", AttributeValue='{"team": ["x"]}'
        )
    make_alarm_chain(aws_account, "root_usage", log_group=sound.log_group, topic=topic, name="another")
    assert cost(aws_account) == (32 + 2 + len(people), 6), "one, then eight, then the last"


def test_a_trail_of_another_region_holds_nothing_up(aws_account: Account) -> None:
    build(aws_account)
    assert cost(aws_account) == (53, 5)
    assert aws_account.controls.calls()["cloudtrail:GetTrail"] == 1


def test_every_page_is_a_trip(aws_account: Account) -> None:
    build_sound(aws_account)
    aws_account.controls.page_size(5)
    assert cost(aws_account) == (32 + 4, 4 + 2), "three pages of filters, and of alarms"
