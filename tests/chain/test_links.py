"""Each link, made worse one way at a time: the verdict, the link that breaks, and what is said of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from auditor.findings import LinkName, LinkStatus, Status
from auditor.model.alarm import Dimension
from auditor.model.key import Key, KeyFacts, KeyPolicy
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.topic import Subscription, Subscriptions, Topic
from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, FieldSelector
from tests.chain.build import account, alarm, chain, metric_filter, pattern_of, proof
from tests.checks.build import (
    ACCOUNT,
    KEY,
    NOW,
    REGION,
    ROLE,
    SOURCE,
    TOPIC,
    log_group,
    role,
    status,
    subscription,
    topic,
    trail,
    trail_facts,
    unreadable,
)

CONTROL = "cmk_disable_or_delete"


def judged(facts: Snapshot, control: str = CONTROL) -> tuple[Status, LinkName | None, str]:
    found = proof(control, facts)
    link = next((link for link in found.links if link.status is not LinkStatus.SOUND), None)
    return found.status, link.link if link else None, found.reason


def with_chain(**changed: Any) -> Snapshot:
    return account(metric_filter(CONTROL, pattern_of(CONTROL)), alarm(CONTROL), **changed)


def with_selectors(*basic: BasicSelector, advanced: tuple[AdvancedSelector, ...] = ()) -> Snapshot:
    selectors = EventSelectors(source=SOURCE, basic=basic, advanced=advanced)
    return with_chain(trails=(trail_facts(selectors=selectors),))


def advanced(name: str = "", **fields: dict[str, tuple[str, ...]]) -> AdvancedSelector:
    return AdvancedSelector(
        name=name, fields=tuple(FieldSelector(field=field, **operators) for field, operators in fields.items())
    )


MANAGEMENT: dict[str, tuple[str, ...]] = {"equals": ("Management",)}


def with_topic(**changed: Any) -> Snapshot:
    found = topic().topic
    assert isinstance(found, Topic)
    return with_chain(topics=(topic(topic=found.model_copy(update=changed)),))


def with_key(*, state: str = "Enabled", policy: str | None = None) -> Snapshot:
    found = topic().topic
    assert isinstance(found, Topic)
    text = policy or _key_policy(service="cloudwatch.amazonaws.com")
    key = KeyFacts(
        name=KEY,
        key=Key(source=SOURCE, arn=KEY, id="1", state=state),
        policy=KeyPolicy(source=SOURCE, text=text),
    )
    encrypted = topic(topic=found.model_copy(update={"kms_key": KEY}))
    return with_chain(topics=(encrypted,), keys=(key,))


def with_subscriptions(*arns: str, fifo: bool = False) -> Snapshot:
    found = topic().topic
    assert isinstance(found, Topic)
    listed = tuple(Subscription(arn=arn, protocol="email", endpoint="soc@example.com") for arn in arns)
    facts = topic(
        topic=found.model_copy(update={"fifo": fifo}), subscriptions=Subscriptions(source=SOURCE, subscriptions=listed)
    )
    return with_chain(topics=(facts,))


def listened_to(*found: Subscription) -> Snapshot:
    return with_chain(topics=(topic(subscriptions=Subscriptions(source=SOURCE, subscriptions=found)),))


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _write(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def just_started(**changed: Any) -> Snapshot:
    begun = status(started=NOW - timedelta(minutes=3), latest_delivery=None, latest_logs_delivery=None)
    return with_chain(trails=(trail_facts(status=begun),), **changed)


def test_a_trail_that_has_just_started_is_judged_by_its_role() -> None:
    assert judged(just_started())[0] is Status.PASS
    assert judged(just_started(roles=(role(trust=_trust("ec2.amazonaws.com")),)))[0] is Status.FAIL
    unread = role().model_copy(update={"role": unreadable("iam:GetRole", ROLE)})
    assert judged(just_started(roles=(unread,)))[:2] == (Status.UNKNOWN, LinkName.LOG_GROUP)
    assert judged(with_chain(roles=(unread,)))[0] is Status.PASS, "recent deliveries speak for the role"


def _deny_publish() -> str:
    found = topic().topic
    assert isinstance(found, Topic)
    assert found.policy is not None
    policy = json.loads(found.policy)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "SNS:Publish", "Resource": TOPIC}
    return json.dumps({**policy, "Statement": [*policy["Statement"], deny]})


def _key_policy(principal: str = "", service: str = "") -> str:
    who = {"Service": service} if service else {"AWS": principal}
    statement = {"Effect": "Allow", "Principal": who, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


BROKEN = [
    # trail
    (lambda: with_chain(trails=(trail_facts(status=status(logging=False)),)), LinkName.TRAIL, "stopped"),
    (lambda: with_chain(trails=(trail_facts(trail=trail(multi_region=False)),)), LinkName.TRAIL, "other regions"),
    (lambda: with_chain(trails=(trail_facts(trail=trail(global_events=False)),)), LinkName.TRAIL, "global"),
    (lambda: with_selectors(BasicSelector(read_write="ReadOnly")), LinkName.TRAIL, "DisableKey"),
    (lambda: with_selectors(BasicSelector(management=False)), LinkName.TRAIL, "event selectors"),
    (lambda: with_selectors(BasicSelector(excluded_sources=("kms.amazonaws.com",))), LinkName.TRAIL, "kms"),
    (
        lambda: with_selectors(advanced=(advanced("Management events selector", eventCategory={"equals": ("Data",)}),)),
        LinkName.TRAIL,
        "event selectors",
    ),
    (
        lambda: with_selectors(
            advanced=(advanced(eventCategory=MANAGEMENT, eventSource={"not_equals": ("kms.amazonaws.com",)}),)
        ),
        LinkName.TRAIL,
        "kms",
    ),
    (
        lambda: with_selectors(advanced=(advanced(eventCategory=MANAGEMENT, readOnly={"equals": ("true",)}),)),
        LinkName.TRAIL,
        "event selectors",
    ),
    # delivery
    (lambda: with_chain(trails=(trail_facts(trail=trail(log_group_arn=None)),)), LinkName.LOG_GROUP, "no log group"),
    (lambda: with_chain(log_groups=(log_group().model_copy(update={"group": None}),)), LinkName.LOG_GROUP, "exist"),
    (
        lambda: with_chain(log_groups=(log_group(log_class="INFREQUENT_ACCESS"),)),
        LinkName.LOG_GROUP,
        "INFREQUENT_ACCESS",
    ),
    (
        lambda: with_chain(trails=(trail_facts(status=status(latest_logs_delivery_error="AccessDenied")),)),
        LinkName.LOG_GROUP,
        "AccessDenied",
    ),
    (
        lambda: with_chain(trails=(trail_facts(status=status(latest_logs_delivery=NOW - timedelta(days=3))),)),
        LinkName.LOG_GROUP,
        "2026-11-21",
    ),
    (lambda: with_chain(trails=(trail_facts(status=status(latest_logs_delivery=None)),)), LinkName.LOG_GROUP, "never"),
    (lambda: with_chain(roles=(role().model_copy(update={"role": None}),)), LinkName.LOG_GROUP, ROLE),
    (lambda: with_chain(roles=(role(trust=_trust("ec2.amazonaws.com")),)), LinkName.LOG_GROUP, "take on the role"),
    (lambda: with_chain(roles=(role(policy=_write("logs:PutLogEvents")),)), LinkName.LOG_GROUP, "logs:CreateLogStream"),
    # metric
    (lambda: chain(CONTROL, filtering={"to": {"value": "0"}}), LinkName.METRIC, "adds 0"),
    (lambda: chain(CONTROL, namespace="Other"), LinkName.ALARM, "No alarm"),
    (lambda: chain(CONTROL, metric="other"), LinkName.ALARM, "No alarm"),
    # alarm
    (lambda: chain(CONTROL, threshold=5.0), LinkName.ALARM, "1 >= 5 is false"),
    (lambda: chain(CONTROL, operator="GreaterThanThreshold"), LinkName.ALARM, "1 > 1 is false"),
    (lambda: chain(CONTROL, operator="LessThanThreshold"), LinkName.ALARM, "falls"),
    (lambda: chain(CONTROL, statistic="Average"), LinkName.ALARM, "0.2 >= 1 is false"),
    (lambda: chain(CONTROL, statistic="Minimum"), LinkName.ALARM, "0 >= 1 is false"),
    (lambda: chain(CONTROL, evaluation_periods=3, datapoints_to_alarm=2), LinkName.ALARM, "2 periods of 3"),
    (lambda: chain(CONTROL, unit="Seconds"), LinkName.ALARM, "Seconds"),
    (lambda: chain(CONTROL, dimensions=(Dimension(name="a", value="b"),)), LinkName.ALARM, "dimensions"),
    (
        lambda: chain(CONTROL, filtering={"to": {"dimensions": {"user": "$.userIdentity.arn"}, "default": None}}),
        LinkName.ALARM,
        "user",
    ),
    (lambda: chain(CONTROL, filtering={"system_dimensions": ("@aws.account",)}), LinkName.ALARM, "@aws.account"),
    (
        lambda: chain(CONTROL, filtering={"to": {"default": None}}, missing_data="breaching"),
        LinkName.ALARM,
        "breaching",
    ),
    (lambda: chain(CONTROL, filtering={"to": {"default": None}}, missing_data="ignore"), LinkName.ALARM, "stays"),
    (lambda: chain(CONTROL, threshold=0.0), LinkName.ALARM, "already enough"),
    # actions
    (lambda: chain(CONTROL, actions_enabled=False), LinkName.ACTION, "switched off"),
    (lambda: chain(CONTROL, actions=()), LinkName.ACTION, "no action"),
    (lambda: chain(CONTROL, actions=(), ok_actions=(TOPIC,)), LinkName.ACTION, "OK state only"),
    (
        lambda: chain(CONTROL, actions=(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",)),
        LinkName.ACTION,
        "none of them is a topic",
    ),
    # topic
    (lambda: with_chain(topics=(topic(topic=None),)), LinkName.TOPIC, "does not exist"),
    (
        lambda: account(
            metric_filter(CONTROL, pattern_of(CONTROL)),
            alarm(CONTROL, actions=(TOPIC.replace(REGION, "eu-west-1"),)),
            topics=(topic(arn=TOPIC.replace(REGION, "eu-west-1")),),
        ),
        LinkName.TOPIC,
        "eu-west-1",
    ),
    (lambda: with_topic(policy=_deny_publish()), LinkName.TOPIC, "does not let CloudWatch publish"),
    (lambda: with_topic(kms_key="alias/aws/sns"), LinkName.TOPIC, "alias/aws/sns"),
    (lambda: with_key(policy=_key_policy("arn:aws:iam::123456789012:root")), LinkName.TOPIC, "kms:GenerateDataKey"),
    (lambda: with_key(state="PendingDeletion"), LinkName.TOPIC, "PendingDeletion"),
    # subscription
    (with_subscriptions, LinkName.SUBSCRIPTION, "Nobody has subscribed"),
    (lambda: with_subscriptions("PendingConfirmation"), LinkName.SUBSCRIPTION, "Nobody has confirmed"),
    (lambda: with_subscriptions("Deleted"), LinkName.SUBSCRIPTION, "Nobody has confirmed"),
    (lambda: with_subscriptions(f"{TOPIC}:1", fifo=True), LinkName.SUBSCRIPTION, "FIFO"),
    (
        lambda: listened_to(subscription(f"{TOPIC}:1", policy='{"team":["soc"]}')),
        LinkName.SUBSCRIPTION,
        "drops the message",
    ),
]


@pytest.mark.parametrize(("facts", "link", "said"), BROKEN)
def test_a_broken_link_fails(facts: Any, link: LinkName, said: str) -> None:
    assert judged(facts())[:2] == (Status.FAIL, link)
    assert said in judged(facts())[2]


SOUND = [
    with_chain,
    with_selectors,
    lambda: with_selectors(BasicSelector(read_write="ReadOnly"), BasicSelector(read_write="WriteOnly")),
    lambda: with_selectors(BasicSelector(read_write="WriteOnly")),
    lambda: with_selectors(BasicSelector(excluded_sources=("rdsdata.amazonaws.com",))),
    lambda: with_selectors(advanced=(advanced("Log nothing but data", eventCategory=MANAGEMENT),)),
    lambda: chain(CONTROL, statistic="Maximum"),
    lambda: chain(CONTROL, statistic="Average", period=60),
    lambda: chain(CONTROL, statistic="Average", filtering={"to": {"default": None}}),
    lambda: chain(CONTROL, filtering={"to": {"default": None}}, missing_data="missing"),
    lambda: chain(CONTROL, operator="GreaterThanThreshold", threshold=0.0),
    lambda: chain(CONTROL, evaluation_periods=3, datapoints_to_alarm=1),
    lambda: chain(CONTROL, actions=(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f", TOPIC)),
    with_key,
]


@pytest.mark.parametrize("facts", SOUND)
def test_its_sound_twin_passes(facts: Any) -> None:
    assert judged(facts()) == (Status.PASS, None, judged(with_chain())[2])


DENIED = unreadable("sns:GetSubscriptionAttributes", f"{TOPIC}:1")


def in_region(**changed: Any) -> Snapshot:
    found = with_chain().in_region(REGION)
    return with_chain(regions=(RegionFacts(**{**dict(found), **changed}),))


def test_one_subscriber_who_gets_everything_is_enough() -> None:
    choosy = subscription(f"{TOPIC}:1", policy='{"team":["soc"]}')
    assert judged(listened_to(choosy, subscription(f"{TOPIC}:2")))[0] is Status.PASS


UNKNOWN = [
    (lambda: with_chain(trails=(trail_facts(status=unreadable("cloudtrail:GetTrailStatus", "t")),)), LinkName.TRAIL),
    (
        lambda: with_chain(trails=(trail_facts(selectors=unreadable("cloudtrail:GetEventSelectors", "t")),)),
        LinkName.TRAIL,
    ),
    (lambda: in_region(filters=unreadable("logs:DescribeMetricFilters", "f")), LinkName.FILTER),
    (lambda: in_region(alarms=unreadable("cloudwatch:DescribeAlarms", "a")), LinkName.ALARM),
    (lambda: with_chain(topics=(topic(topic=unreadable("sns:GetTopicAttributes", TOPIC)),)), LinkName.TOPIC),
    (
        lambda: with_chain(topics=(topic(subscriptions=unreadable("sns:ListSubscriptionsByTopic", TOPIC)),)),
        LinkName.SUBSCRIPTION,
    ),
    (
        lambda: listened_to(
            subscription(f"{TOPIC}:1", policy='{"OldStateValue":["INSUFFICIENT_DATA"]}', scope="MessageBody")
        ),
        LinkName.SUBSCRIPTION,
    ),
    (lambda: listened_to(Subscription(arn=f"{TOPIC}:1", attributes=DENIED)), LinkName.SUBSCRIPTION),
    (lambda: chain(CONTROL, filtering={"to": {"value": "$size"}}), LinkName.METRIC),
    (lambda: chain(CONTROL, filtering={"field_selection": "@source.log = 1"}), LinkName.FILTER),
    (lambda: in_region(mute_rules=unreadable("cloudwatch:ListAlarmMuteRules", "m")), LinkName.ACTION),
    (lambda: chain(CONTROL, filtering={"on_transformed_logs": True}), LinkName.FILTER),
    (lambda: chain(CONTROL, period=10), LinkName.ALARM),
    (lambda: chain(CONTROL, missing_data="ignore"), LinkName.ALARM),
    (lambda: chain(CONTROL, extended_statistic="p99", statistic=None), LinkName.ALARM),
]


@pytest.mark.parametrize(("facts", "link"), UNKNOWN)
def test_what_could_not_be_read_is_unknown(facts: Any, link: LinkName) -> None:
    assert judged(facts())[:2] == (Status.UNKNOWN, link)
