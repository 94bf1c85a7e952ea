"""The topic and its subscriptions: does the alarm's message get in, and does someone hear it?"""

from __future__ import annotations

from typing import Any

import pytest

from auditor.findings import LinkName, Status
from tests.aws.account import Account
from tests.scenarios.scenario import CONTROL, Change, Scenario, Twin, every, nothing, rows
from tests.scenarios.stage import ELSEWHERE, PERSON, Stage, build, connection_to, judged

CLOUDWATCH = {"Principal": {"Service": "cloudwatch.amazonaws.com"}}
EVERYONE = {"Principal": "*"}
FOR_MESSAGES = {**CLOUDWATCH, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}
QUEUE = "arn:aws:sqs:us-east-1:123456789012:acme-siem"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:acme-pager"


def gone(stage: Stage) -> None:
    stage.client("sns").delete_topic(TopicArn=stage.topic_arn)


def tells_another(**attributes: str) -> Change:
    """Gives the change by which the alarm tells another topic, to which the person has subscribed."""
    return lambda stage: stage.alarm(tells=[stage.another_topic("acme-other", PERSON, **attributes)])


def tells_elsewhere(stage: Stage, *others: str) -> None:
    stage.alarm(tells=[stage.another_topic("acme-alerts", PERSON, region=ELSEWHERE), *others])


def tells_queue_in_order(protocol: str, endpoint: str) -> Change:
    """Gives the change by which the alarm tells a FIFO topic with one subscriber."""

    def change(stage: Stage) -> None:
        arn = stage.another_topic("acme-alerts.fifo", FifoTopic="true")
        stage.subscribe(protocol, endpoint, topic=arn)
        stage.alarm(tells=[arn])

    return change


def allows(*statements: dict[str, Any]) -> Change:
    return lambda stage: stage.topic_policy(*statements)


def only(subscriber: str, endpoint: str, *, confirmed: bool = True) -> Change:
    """Gives the change that leaves one subscriber in place of the person."""

    def change(stage: Stage) -> None:
        stage.unsubscribe()
        stage.subscribe(subscriber, endpoint, confirmed=confirmed)

    return change


def key(*statements: dict[str, Any], then: Any = None) -> Change:
    """Gives the change that encrypts the topic with a new key, and does something to the key."""

    def change(stage: Stage) -> None:
        made = stage.key(*statements)
        if then is not None:
            then(stage.client("kms"), made)

    return change


def deleted(kms: Any, made: str) -> None:
    kms.schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


def restored(kms: Any, made: str) -> None:
    deleted(kms, made)
    kms.cancel_key_deletion(KeyId=made)
    kms.enable_key(KeyId=made)


def by_alias(kms: Any, made: str) -> None:
    kms.create_alias(AliasName="alias/acme-alerts", TargetKeyId=made)


TOPIC = (
    Scenario("gone", gone, LinkName.TOPIC, "does not exist", tells_another()),
    Scenario(
        "other region",
        tells_elsewhere,
        LinkName.TOPIC,
        f"The topic is in {ELSEWHERE}",
        lambda stage: tells_elsewhere(stage, stage.topic_arn),
    ),
    Scenario(
        "policy denies",
        allows(CLOUDWATCH, {**EVERYONE, "Effect": "Deny"}),
        LinkName.TOPIC,
        "does not let CloudWatch publish",
        allows(
            CLOUDWATCH,
            {**EVERYONE, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
    ),
    Scenario(
        "policy allows another service only",
        allows({"Principal": {"Service": "events.amazonaws.com"}}),
        LinkName.TOPIC,
        "does not let CloudWatch publish",
        allows({"Principal": {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]}}),
    ),
    Scenario(
        "policy allows another account's alarms only",
        allows({**CLOUDWATCH, "Condition": {"StringEquals": {"aws:SourceAccount": "999988887777"}}}),
        LinkName.TOPIC,
        "does not let CloudWatch publish",
        allows({**CLOUDWATCH, "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}),
    ),
    Scenario(
        "policy allows another alarm only",
        allows(
            {
                **CLOUDWATCH,
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu"}},
            }
        ),
        LinkName.TOPIC,
        "does not let CloudWatch publish",
        allows(
            {
                **CLOUDWATCH,
                "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"}},
            }
        ),
    ),
    Scenario(
        "alias/aws/sns",
        lambda stage: stage.topic(KmsMasterKeyId="alias/aws/sns"),
        LinkName.TOPIC,
        "alias/aws/sns",
        key(FOR_MESSAGES, then=by_alias),
    ),
    Scenario("customer key without permissions", key(), LinkName.TOPIC, "kms:GenerateDataKey", key(FOR_MESSAGES)),
    Scenario(
        "customer key for decryption only",
        key({**CLOUDWATCH, "Action": "kms:Decrypt"}),
        LinkName.TOPIC,
        "kms:GenerateDataKey",
        key({**CLOUDWATCH, "Action": "kms:*"}),
    ),
    Scenario(
        "customer key for new data keys only",
        key({**CLOUDWATCH, "Action": "kms:GenerateDataKey*"}),
        LinkName.TOPIC,
        "kms:Decrypt",
        key({**CLOUDWATCH, "Action": "kms:GenerateDataKey*"}, {**CLOUDWATCH, "Action": "kms:Decrypt"}),
    ),
    Scenario(
        "key disabled",
        key(FOR_MESSAGES, then=lambda kms, made: kms.disable_key(KeyId=made)),
        LinkName.TOPIC,
        "is Disabled",
        key(FOR_MESSAGES, then=lambda kms, made: kms.enable_key(KeyId=made)),
    ),
    Scenario(
        "key pending deletion",
        key(FOR_MESSAGES, then=deleted),
        LinkName.TOPIC,
        "is PendingDeletion",
        key(FOR_MESSAGES, then=restored),
    ),
    Scenario(
        "key gone",
        lambda stage: stage.topic(KmsMasterKeyId="11111111-2222-4333-8444-555555555555"),
        LinkName.TOPIC,
        "does not exist",
        nothing,
    ),
    Scenario(
        "FIFO with e-mail",
        tells_queue_in_order("email", PERSON),
        LinkName.SUBSCRIPTION,
        "FIFO and cannot deliver to email",
        Twin(tells_queue_in_order("sqs", f"{QUEUE}.fifo"), said="(sqs)"),
    ),
)

SUBSCRIPTION = (
    Scenario("none", Stage.unsubscribe, LinkName.SUBSCRIPTION, "Nobody has subscribed", only("email", "you@x.example")),
    Scenario(
        "pending",
        only("email", "late@acme.example", confirmed=False),
        LinkName.SUBSCRIPTION,
        "late@acme.example",
        lambda stage: stage.subscribe("email", "late@acme.example", confirmed=False),
    ),
    Scenario(
        "pending at an address on the web",
        only("https", "https://acme.example/page", confirmed=False),
        LinkName.SUBSCRIPTION,
        "Nobody has confirmed",
        Twin(only("https", "https://acme.example/page"), said="https://acme.example/page"),
    ),
    Scenario(
        "a queue counts and is named",
        Stage.unsubscribe,
        LinkName.SUBSCRIPTION,
        "Nobody has subscribed",
        Twin(only("sqs", QUEUE), said=f"{QUEUE} (sqs)"),
    ),
    Scenario(
        "a function counts and is named",
        Stage.unsubscribe,
        LinkName.SUBSCRIPTION,
        "Nobody has subscribed",
        Twin(only("lambda", FUNCTION), said=f"{FUNCTION} (lambda)"),
    ),
    Scenario(
        "on another topic",
        every(Stage.unsubscribe, lambda stage: stage.another_topic("acme-other", PERSON)),
        LinkName.SUBSCRIPTION,
        "Nobody has subscribed",
        tells_another(),
    ),
)

POLICY = (
    Scenario(
        "a filter policy over attributes, of which there are none",
        lambda stage: stage.passes({"team": ["soc"]}),
        LinkName.SUBSCRIPTION,
        "of which CloudWatch sends none",
        lambda stage: stage.passes({"team": [{"exists": False}]}),
    ),
    Scenario(
        "a filter policy over the body for other alarms",
        lambda stage: stage.passes({"AlarmName": [{"prefix": "billing-"}]}, "MessageBody"),
        LinkName.SUBSCRIPTION,
        "drops the message",
        lambda stage: stage.passes({"AlarmName": [{"prefix": "cmk-"}], "NewStateValue": ["ALARM"]}, "MessageBody"),
    ),
    Scenario(
        "a filter policy for the end of the alarm",
        lambda stage: stage.passes({"NewStateValue": [{"anything-but": ["ALARM"]}]}, "MessageBody"),
        LinkName.SUBSCRIPTION,
        "drops the message",
        lambda stage: stage.passes({"NewStateValue": [{"anything-but": ["OK"]}]}, "MessageBody"),
    ),
    Scenario(
        "a filter policy over what varies",
        lambda stage: stage.passes({"OldStateValue": ["OK"]}, "MessageBody"),
        LinkName.SUBSCRIPTION,
        "may drop the message",
        lambda stage: stage.passes({"OldStateValue": [{"exists": True}]}, "MessageBody"),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "a filter policy beside one who gets all",
        lambda stage: stage.passes({"team": ["soc"]}),
        LinkName.SUBSCRIPTION,
        PERSON,
        every(lambda stage: stage.passes({"team": ["soc"]}), lambda stage: stage.subscribe("email", "you@x.example")),
    ),
)

SCENARIOS = (*TOPIC, *SUBSCRIPTION, *POLICY)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")


@pytest.mark.parametrize("people", [1, 2])
def test_a_deleted_subscription_does_not_count(aws_account: Account, people: int) -> None:
    """An emulator forgets a subscription at once; AWS lists it as Deleted for some days."""
    stage = build(aws_account, CONTROL)
    if people == 2:
        stage.subscribe("email", "you@acme.example")

    def delete(parsed: dict[str, Any], **_: object) -> None:
        for one in parsed["Subscriptions"]:
            if one["Endpoint"] == PERSON:
                one["SubscriptionArn"] = "Deleted"

    events = connection_to(aws_account).client("sns", aws_account.region).meta.events
    events.register("after-call.sns.ListSubscriptionsByTopic", delete)
    try:
        finding = judged(aws_account, CONTROL)
    finally:
        events.unregister("after-call.sns.ListSubscriptionsByTopic", delete)
    assert finding.status is (Status.PASS if people == 2 else Status.FAIL)
    assert finding.breaks_at is None or finding.breaks_at.link is LinkName.SUBSCRIPTION
    assert PERSON not in finding.reason or finding.status is Status.FAIL
