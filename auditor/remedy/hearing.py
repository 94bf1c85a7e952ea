"""Mends what lies behind an alarm: the topic and who listens there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditor.chain.people import subscription_link, topic_link
from auditor.findings import LinkName, LinkStatus
from auditor.model.alarm import Alarm, topics_among
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.topic import Subscription, TopicFacts
from auditor.remediation import Resource, Target
from auditor.remedy.admitting import admit
from auditor.remedy.command import as_raw, aws
from auditor.remedy.mending import EMAIL, NOTHING, OWN, Case, Mending, free_name, page, said, step

_MAIL = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"
_FIFO = "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html"


@dataclass(frozen=True, slots=True)
class Hearing:
    """How an alarm is heard once the chain is mended.

    Attributes:
        mending: What is to be done at the topic.
        actions: What the alarm must tell; None where it stays as it is.
    """

    mending: Mending = NOTHING
    actions: tuple[str, ...] | None = None


def mend_hearing(case: Case, alarm: Alarm, region: str) -> Hearing:
    """Gives how a person hears of an alarm: by its own topic, or by another where that cannot be.

    Args:
        case: The chain.
        alarm: The alarm that is to be heard, whether it exists or not.
        region: Where the alarm is; CloudWatch takes topics of its own region only.
    """
    arn = case.route.topic if case.route and case.route.alarm is alarm else None
    if arn is None:
        topic, mending = _listener(case, alarm, region)
        return Hearing(mending, (*alarm.actions, topic))
    if not case.broken(LinkName.TOPIC, LinkName.SUBSCRIPTION):
        return _told(case, alarm, region, arn)
    if _is_elsewhere(arn, region):
        topic, mending = _listener(case, alarm, region)
        near = tuple(
            action
            for action in alarm.actions
            if action not in topics_among(alarm.actions) or not _is_elsewhere(action, region)
        )
        return Hearing(mending, (*near, topic))
    if not case.owns(arn):
        why = f"The topic {arn} belongs to account {_account(arn)}, which must mend it there"
        return _beside(case, alarm, region, why)
    facts = case.account.topic(arn)
    if _is_fifo(facts) and (facts.topic is None or case.broken(LinkName.SUBSCRIPTION)):
        found = _beside(case, alarm, region, f"The topic {arn} is FIFO, which delivers to queues only")
        return replace(found, mending=found.mending + Mending(pages=(_FIFO,)))
    if facts.topic is None:
        return Hearing(_created(arn, _deleted(arn)) + _subscribed(arn))
    mending = NOTHING
    if case.broken(LinkName.TOPIC) and not isinstance(facts.topic, Unreadable):
        mending += admit(case, alarm, facts, facts.topic)
        if mending.says:
            return _beside(case, alarm, region, " ".join(mending.says).rstrip("."))
    return Hearing(mending + (_heard(facts) if case.broken(LinkName.SUBSCRIPTION) else NOTHING))


def _told(case: Case, alarm: Alarm, region: str, topic: str) -> Hearing:
    """Gives how an alarm itself tells a topic that a composite alarm above it tells in vain."""
    if topic in alarm.actions:
        return Hearing()
    if topic_link(alarm, case.account.topic(topic), case.account).status is LinkStatus.SOUND:
        return Hearing(actions=(*alarm.actions, topic))
    other, mending = _listener(case, alarm, region)
    return Hearing(mending, (*alarm.actions, other))


def _beside(case: Case, alarm: Alarm, region: str, why: str) -> Hearing:
    """Gives how an alarm is heard by another topic, where its own cannot be mended by adding anything."""
    topic, mending = _listener(case, alarm, region)
    return Hearing(mending + said(f"{why}; the alarm tells {topic} as well."), (*alarm.actions, topic))


def _is_elsewhere(arn: str, region: str) -> bool:
    found = Arn.parse(arn)
    return found is not None and found.region != region


def _account(arn: str) -> str:
    found = Arn.parse(arn)
    return found.account_id if found else ""


def _is_fifo(facts: TopicFacts) -> bool:
    """Whether a topic is FIFO; its name ends so: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html."""
    known = facts.topic is not None and not isinstance(facts.topic, Unreadable) and facts.topic.fifo
    return known or facts.arn.endswith(".fifo")


def _created(arn: str, deleted: str) -> Mending:
    """Gives what makes a topic; its default policy lets the account's own services publish.

    Making a topic that exists gives that topic.
    Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    """
    region, name = _place(arn)
    return step(
        f"make the topic {name}",
        Target.TOPIC,
        aws("sns", "create-topic", region=region, name=name),
        undo=[deleted],
        cost="A topic by itself costs nothing; undone, its subscriptions go with it.",
        pages=[page("sns", "create-topic")],
        resources=[Resource(type="AWS::SNS::Topic", arn=arn, properties={"TopicName": name})],
    )


def _deleted(arn: str) -> str:
    return aws("sns", "delete-topic", region=_place(arn)[0], topic_arn=arn)


def _deleted_unless_told(arn: str) -> str:
    """Gives what deletes a topic that several controls share, once no alarm tells it any more."""
    region = _place(arn)[0]
    telling = f"[MetricAlarms,CompositeAlarms][][] | [?contains(AlarmActions, {as_raw(arn)})].AlarmName"
    alarms = f"{aws('cloudwatch', 'describe-alarms', region=region, query=telling, output='text')}"
    return f'[ -n "$({alarms})" ] || {_deleted(arn)}'


def _place(arn: str) -> tuple[str, str]:
    """Gives a topic's region and name."""
    found = Arn.parse(arn)
    return (found.region, found.name) if found else ("", arn)


def _subscribed(arn: str, listed: Sequence[Subscription] = ()) -> Mending:
    """Gives what subscribes the address in EMAIL, and what to know of those who have not confirmed."""
    region, name = _place(arn)
    mending = step(
        f"subscribe that address to the topic {name}",
        Target.SUBSCRIPTION,
        aws("sns", "subscribe", region=region, topic_arn=arn, protocol="email", notification_endpoint=EMAIL),
        undo=[_unsubscribed(arn, region)],
        cost="Whoever confirms gets a mail for every alarm that tells this topic.",
        asks=[EMAIL],
        resources=[
            Resource(
                type="AWS::SNS::Subscription",
                arn=f"{arn} email",
                properties={"TopicArn": arn, "Protocol": "email", "Endpoint": {"Ref": "Email"}},
            )
        ],
        pages=[_MAIL, page("sns", "subscribe")],
    )
    confirm = "The person must confirm by the link in the mail that AWS sends"
    pending = [one.endpoint for one in listed if one.arn == "PendingConfirmation"]
    if pending:
        confirm += f"; {', '.join(pending)} may do so too, and with EMAIL set to that address the mail is sent again"
    return mending + said(f"{confirm}.")


def _unsubscribed(arn: str, region: str) -> str:
    """Gives what ends the subscriptions of the address in EMAIL; one that waits to be confirmed ends by itself."""
    confirmed = f"{aws('sns', 'list-subscriptions-by-topic', region=region, topic_arn=arn)} --output text --query "
    confirmed += f"\"Subscriptions[?Endpoint=='{EMAIL.bare}' && starts_with(SubscriptionArn, 'arn:')].SubscriptionArn\""
    ended = f'{aws("sns", "unsubscribe", region=region)} --subscription-arn "$subscription"'
    return f"for subscription in $({confirmed}); do {ended}; done"


def _heard(facts: TopicFacts) -> Mending:
    """Gives what has somebody listen at a topic."""
    listed = () if isinstance(facts.subscriptions, Unreadable) else facts.subscriptions.subscriptions
    return _subscribed(facts.arn, listed)


def _listener(case: Case, alarm: Alarm, region: str) -> tuple[str, Mending]:
    """Gives a topic that an alarm may tell: one that is heard already, one that may be, or a new one."""
    account = case.account
    ready = [facts for facts in account.topics if topic_link(alarm, facts, account).status is LinkStatus.SOUND]
    ready.sort(key=lambda facts: (-_alarms_on(case, facts.arn, region), facts.arn))
    for facts in ready:
        if subscription_link(facts, alarm).status is LinkStatus.SOUND:
            return facts.arn, NOTHING
    for facts in ready:
        if case.owns(facts.arn) and not _is_fifo(facts) and subscription_link(facts, alarm).status is LinkStatus.BROKEN:
            return facts.arn, _heard(facts)
    names = {found.name for facts in account.topics if (found := Arn.parse(facts.arn)) and found.region == region}
    arn = str(Arn(case.partition, "sns", region, account.account_id, free_name(f"{OWN}-alerts", names)))
    return arn, _created(arn, _deleted_unless_told(arn)) + _subscribed(arn)


def _alarms_on(case: Case, topic: str, region: str) -> int:
    return sum(topic in alarm.actions for alarm in case.alarms(region))
