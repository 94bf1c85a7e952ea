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
from auditor.remedy.admitting import admit
from auditor.remedy.command import aws
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
        return Hearing()
    if _is_elsewhere(arn, region):
        topic, mending = _listener(case, alarm, region)
        near = tuple(
            action
            for action in alarm.actions
            if action not in topics_among(alarm.actions) or not _is_elsewhere(action, region)
        )
        return Hearing(mending, (*near, topic))
    if not case.owns(arn):
        return Hearing(said(f"The topic {arn} belongs to account {_account(arn)}, which must mend it there."))
    facts = case.account.topic(arn)
    if _is_fifo(facts) and (facts.topic is None or case.broken(LinkName.SUBSCRIPTION)):
        topic, mending = _listener(case, alarm, region)
        only = said(f"The topic {arn} is FIFO, which delivers to queues only; the alarm tells {topic} as well.")
        return Hearing(mending + replace(only, pages=(_FIFO,)), (*alarm.actions, topic))
    if facts.topic is None:
        return Hearing(_created(arn) + _subscribed(arn))
    mending = NOTHING
    if case.broken(LinkName.TOPIC) and not isinstance(facts.topic, Unreadable):
        mending += admit(case, alarm, facts, facts.topic)
    return Hearing(mending + (_heard(facts) if case.broken(LinkName.SUBSCRIPTION) else NOTHING))


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


def _created(arn: str) -> Mending:
    """Gives what makes a topic; its default policy lets the account's own services publish.

    Making a topic that exists gives that topic.
    Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    """
    found = Arn.parse(arn)
    region, name = (found.region, found.name) if found else ("", arn)
    command = aws("sns", "create-topic", region=region, name=name)
    return step(f"make the topic {name}", command, pages=[page("sns", "create-topic")])


def _subscribed(arn: str, listed: Sequence[Subscription] = ()) -> Mending:
    """Gives what subscribes the address in EMAIL, and what to know of those who have not confirmed."""
    found = Arn.parse(arn)
    region, name = (found.region, found.name) if found else ("", arn)
    command = aws("sns", "subscribe", region=region, topic_arn=arn, protocol="email", notification_endpoint=EMAIL)
    mending = step(f"subscribe that address to the topic {name}", command, pages=[_MAIL, page("sns", "subscribe")])
    confirm = "The person must confirm by the link in the mail that AWS sends"
    pending = [one.endpoint for one in listed if one.arn == "PendingConfirmation"]
    if pending:
        confirm += f"; {', '.join(pending)} may do so too, and with EMAIL set to that address the mail is sent again"
    return mending + said(f"{confirm}.")


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
    return arn, _created(arn) + _subscribed(arn)


def _alarms_on(case: Case, topic: str, region: str) -> int:
    return sum(topic in alarm.actions for alarm in case.alarms(region))
