"""The last links: the alarm's actions, the topic, and who listens."""

from __future__ import annotations

from auditor.chain.link import broken, sound, unsure
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm, CompositeAlarm
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.key import KeyFacts
from auditor.model.snapshot import Snapshot
from auditor.model.topic import Subscription, TopicFacts
from auditor.policy import Outcome, Policy, PolicyError, Principal, Request, decide

CLOUDWATCH = Principal.service("cloudwatch.amazonaws.com")


def action_link(alarm: Alarm, composites: tuple[CompositeAlarm, ...] = ()) -> ChainLink:
    """Says whether the alarm tells a topic when it goes into ALARM; a composite alarm above it may do so for it."""
    link = _own_action(alarm)
    above = [one.name for one in composites if alarm.name in one.rule and one.actions_enabled and one.actions]
    if link.status is LinkStatus.BROKEN and above:
        return unsure(LinkName.ACTION, alarm.arn, f"{link.reason} The composite alarm {above[0]} is not followed.")
    return link


def _own_action(alarm: Alarm) -> ChainLink:
    if not alarm.actions_enabled:
        return broken(LinkName.ACTION, alarm.arn, f"The actions of {alarm.name} are switched off.")
    topics = topics_of(alarm)
    if topics:
        return sound(LinkName.ACTION, alarm.arn, f"{alarm.name} tells {', '.join(topics)} when it goes into ALARM.")
    if alarm.actions:
        why = f"{alarm.name} has actions, but none of them is a topic: {', '.join(alarm.actions)}."
    elif alarm.ok_actions:
        why = f"{alarm.name} has actions for the OK state only."
    else:
        why = f"{alarm.name} has no action for the ALARM state."
    return broken(LinkName.ACTION, alarm.arn, why)


def topics_of(alarm: Alarm) -> tuple[str, ...]:
    """Gives the ARNs of the topics that the alarm tells when it goes into ALARM."""
    return tuple(action for action in alarm.actions if (found := Arn.parse(action)) and found.service == "sns")


def topic_link(alarm: Alarm, facts: TopicFacts, account: Snapshot) -> ChainLink:
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


def _may_publish(alarm: Alarm, arn: str, policy: str | None, account: Snapshot) -> ChainLink | None:
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


def subscription_link(facts: TopicFacts) -> ChainLink:
    """Says whether someone who has confirmed listens at the topic."""
    if isinstance(facts.subscriptions, Unreadable):
        return unsure(LinkName.SUBSCRIPTION, "", facts.subscriptions)
    found = facts.subscriptions.subscriptions
    fifo = facts.topic is not None and not isinstance(facts.topic, Unreadable) and facts.topic.fifo
    listening = [one for one in found if one.confirmed and (not fifo or one.protocol in _FIFO_PROTOCOLS)]
    if not listening:
        return broken(LinkName.SUBSCRIPTION, facts.arn, _nobody(found, fifo=fifo))
    open_ended = [one for one in listening if _takes_everything(one)]
    if not open_ended:
        return unsure(LinkName.SUBSCRIPTION, listening[0].arn, _filtered(listening[0]))
    who = ", ".join(f"{one.endpoint} ({one.protocol})" for one in open_ended)
    return sound(LinkName.SUBSCRIPTION, open_ended[0].arn, f"Confirmed: {who}.")


def _takes_everything(subscription: Subscription) -> bool:
    attributes = subscription.attributes
    return attributes is not None and not isinstance(attributes, Unreadable) and not attributes.filter_policy


def _filtered(subscription: Subscription) -> str:
    """Says why it is open whether a confirmed subscriber gets the alarm's message.

    Source of what a filter policy looks at:
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html
    """
    attributes = subscription.attributes
    if attributes is None or isinstance(attributes, Unreadable):
        why = f"{attributes.reason}." if attributes else "its attributes were not read."
        return f"Whether {subscription.endpoint} gets every message is not known: {why}"
    scope = "body" if attributes.filter_policy_scope == "MessageBody" else "attributes"
    return f"{subscription.endpoint} gets only messages whose {scope} fit {attributes.filter_policy}; not followed."


def _nobody(found: tuple[Subscription, ...], *, fifo: bool) -> str:
    if not found:
        return "Nobody has subscribed to the topic."
    if fifo and any(one.confirmed for one in found):
        return "The topic is FIFO and cannot deliver to " + ", ".join(sorted({one.protocol for one in found})) + "."
    who = ", ".join(f"{one.endpoint} ({one.protocol})" for one in found)
    return f"Nobody has confirmed: {who}."
