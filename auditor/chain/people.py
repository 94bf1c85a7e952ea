"""The last links: the topic, and who listens."""

from __future__ import annotations

from auditor.chain.link import broken, sound, unsure
from auditor.chain.message import Delivered, delivered
from auditor.findings import ChainLink, LinkName
from auditor.model.alarm import Alarm, CompositeAlarm
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.key import KeyFacts
from auditor.model.snapshot import Snapshot
from auditor.model.topic import Subscription, TopicFacts
from auditor.policy import Outcome, Policy, PolicyError, Principal, Request, decide

CLOUDWATCH = Principal.service("cloudwatch.amazonaws.com")


def topic_link(alarm: Alarm | CompositeAlarm, facts: TopicFacts, account: Snapshot) -> ChainLink:
    """Says whether the alarm's message gets into the topic.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    arn, topic = facts.arn, facts.topic
    if topic is None:
        return broken(LinkName.TOPIC, arn, f"The topic {arn} does not exist.")
    if isinstance(topic, Unreadable):
        return unsure(LinkName.TOPIC, arn, topic)
    here, there = Arn.parse(alarm.arn), Arn.parse(arn)
    if here and there and here.region != there.region:
        return broken(LinkName.TOPIC, arn, f"The topic is in {there.region}, the alarm in {here.region}.")
    return _may_publish(alarm, arn, topic.policy, account) or _may_encrypt(facts, account) or _open(arn)


def _open(arn: str) -> ChainLink:
    return sound(LinkName.TOPIC, arn, f"CloudWatch may publish to {arn}.")


def _may_publish(alarm: Alarm | CompositeAlarm, arn: str, policy: str | None, account: Snapshot) -> ChainLink | None:
    try:
        parsed = Policy.parse(policy) if policy else None
    except PolicyError as error:
        return unsure(LinkName.TOPIC, arn, f"The topic's policy cannot be read: {error}.")
    context = {
        "aws:SourceArn": alarm.arn,
        "aws:SourceAccount": account.account_id,
        "aws:SourceOwner": account.account_id,
        "aws:SecureTransport": "true",
    }
    decision = decide(parsed, Request(CLOUDWATCH, "sns:Publish", arn, context))
    if decision.outcome is Outcome.ALLOWED:
        return None
    if decision.may_be_allowed:
        return unsure(LinkName.TOPIC, arn, f"Whether CloudWatch may publish to the topic {decision.reason}.")
    return broken(LinkName.TOPIC, arn, f"The topic's policy does not let CloudWatch publish: {decision.reason}.")


def _may_encrypt(facts: TopicFacts, account: Snapshot) -> ChainLink | None:
    if facts.key is None:
        return None
    if facts.default_key:
        why = "The topic is encrypted with alias/aws/sns, which CloudWatch may not use."
        return broken(LinkName.TOPIC, facts.arn, why)
    return _key(facts.arn, account.key(facts.key), account)


def _key(topic: str, facts: KeyFacts, account: Snapshot) -> ChainLink | None:
    if facts.key is None:
        return broken(LinkName.TOPIC, topic, f"The topic's key {facts.name} does not exist.")
    for read in (facts.key, facts.policy):
        if isinstance(read, Unreadable):
            return unsure(LinkName.TOPIC, topic, read)
    key, policy = facts.key, facts.policy
    if isinstance(key, Unreadable) or isinstance(policy, Unreadable):
        return None
    if key.state != "Enabled":
        return broken(LinkName.TOPIC, topic, f"The topic's key {key.arn} is {key.state}.")
    if policy is None:
        return broken(LinkName.TOPIC, topic, f"The topic's key {key.arn} is AWS's own; CloudWatch may not use it.")
    return _key_policy(topic, key.arn, policy.text, account)


def _key_policy(topic: str, key: str, text: str, account: Snapshot) -> ChainLink | None:
    try:
        policy = Policy.parse(text)
    except PolicyError as error:
        return unsure(LinkName.TOPIC, topic, f"The policy of the topic's key cannot be read: {error}.")
    context = {"aws:SourceAccount": account.account_id, "aws:SecureTransport": "true"}
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        decision = decide(policy, Request(CLOUDWATCH, action, key, context))
        if decision.outcome is Outcome.ALLOWED:
            continue
        if decision.may_be_allowed:
            return unsure(LinkName.TOPIC, topic, f"Whether CloudWatch may use the topic's key {decision.reason}.")
        why = f"The policy of the topic's key {key} does not let CloudWatch use it: {action} is {decision.reason}."
        return broken(LinkName.TOPIC, topic, why)
    return None


# A FIFO topic delivers to queues alone: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
_FIFO_PROTOCOLS = frozenset({"sqs"})


def subscription_link(facts: TopicFacts, alarm: Alarm | CompositeAlarm) -> ChainLink:
    """Says whether someone who has confirmed listens at the topic, and gets an alarm's message."""
    if isinstance(facts.subscriptions, Unreadable):
        return unsure(LinkName.SUBSCRIPTION, "", facts.subscriptions)
    found = facts.subscriptions.subscriptions
    fifo = facts.topic is not None and not isinstance(facts.topic, Unreadable) and facts.topic.fifo
    listening = [one for one in found if one.confirmed and (not fifo or one.protocol in _FIFO_PROTOCOLS)]
    if not listening:
        return broken(LinkName.SUBSCRIPTION, facts.arn, _nobody(found, fifo=fifo))
    told = [(one, _gets(one, alarm)) for one in listening]
    hearing = [one for one, got in told if got.answer is True]
    if hearing:
        who = ", ".join(f"{one.endpoint} ({one.protocol})" for one in hearing)
        return sound(LinkName.SUBSCRIPTION, hearing[0].arn, f"Confirmed: {who}.")
    one, got = next(((one, got) for one, got in told if got.answer is None), told[0])
    if got.answer is None:
        why = f"Whether {one.endpoint} gets the alarm's message is not known: {got.reason}."
        return unsure(LinkName.SUBSCRIPTION, one.arn, why)
    why = f"{one.endpoint} has confirmed, but does not get the alarm's message: {got.reason}."
    return broken(LinkName.SUBSCRIPTION, one.arn, why)


def _gets(subscription: Subscription, alarm: Alarm | CompositeAlarm) -> Delivered:
    attributes = subscription.attributes
    if attributes is None:
        return Delivered(None, "its attributes were not read")
    if isinstance(attributes, Unreadable):
        return Delivered(None, attributes.reason)
    return delivered(attributes, alarm)


def _nobody(found: tuple[Subscription, ...], *, fifo: bool) -> str:
    if not found:
        return "Nobody has subscribed to the topic."
    if fifo and any(one.confirmed for one in found):
        return "The topic is FIFO and cannot deliver to " + ", ".join(sorted({one.protocol for one in found})) + "."
    who = ", ".join(f"{one.endpoint} ({one.protocol})" for one in found)
    return f"Nobody has confirmed: {who}."
