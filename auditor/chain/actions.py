"""The link from an alarm to its actions: whom it tells when it goes into ALARM, itself or by way of a composite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.chain.composite import composite_link, composites_above
from auditor.chain.link import broken, sound, unsure
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm, Alarms, CompositeAlarm, MuteRule, MuteRules, topics_among
from auditor.model.fact import Read, Unreadable


@dataclass(frozen=True, slots=True)
class Voice:
    """An alarm that speaks when an event arrives.

    Attributes:
        alarm: The metric alarm, or a composite alarm above it.
        link: Whether it speaks.
        topics: The ARNs of the topics that it tells.
    """

    alarm: Alarm | CompositeAlarm
    link: ChainLink
    topics: tuple[str, ...]


def voices(
    alarm: Alarm, alarms: Alarms, mutes: Read[MuteRules] | None, rung: frozenset[str] = frozenset()
) -> Iterator[Voice]:
    """Gives the alarms that may speak when an event puts a metric alarm in ALARM: itself, and composite ones.

    Args:
        alarm: The metric alarm.
        alarms: All alarms of the region.
        mutes: The region's mute rules; None where there can be none.
        rung: The names of the other alarms that the same event puts in ALARM.
    """
    yield _voice(alarm, telling(alarm, mutes))
    for composite in composites_above(alarm, alarms):
        link = composite_link(alarm, composite, alarms, rung)
        if link.status is LinkStatus.SOUND:
            told = _telling(composite)
            sentence = f"{link.reason}. {told.reason}" if told.status is LinkStatus.SOUND else told.reason
            link = _unmuted(told.model_copy(update={"reason": sentence}), composite.name, mutes)
        yield _voice(composite, link)


def telling(alarm: Alarm, mutes: Read[MuteRules] | None) -> ChainLink:
    """Says whether a metric alarm itself tells a topic when it goes into ALARM."""
    return _unmuted(_telling(alarm), alarm.name, mutes)


def _voice(alarm: Alarm | CompositeAlarm, link: ChainLink) -> Voice:
    return Voice(alarm, link, topics_among(alarm.actions))


def _telling(alarm: Alarm | CompositeAlarm) -> ChainLink:
    if not alarm.actions_enabled:
        return broken(LinkName.ACTION, alarm.arn, f"The actions of {alarm.name} are switched off.")
    topics = topics_among(alarm.actions)
    if topics:
        return sound(LinkName.ACTION, alarm.arn, f"{alarm.name} tells {', '.join(topics)} when it goes into ALARM.")
    if alarm.actions:
        why = f"{alarm.name} has actions, but none of them is a topic: {', '.join(alarm.actions)}."
    elif alarm.ok_actions:
        why = f"{alarm.name} has actions for the OK state only."
    else:
        why = f"{alarm.name} has no action for the ALARM state."
    return broken(LinkName.ACTION, alarm.arn, why)


def _unmuted(link: ChainLink, name: str, mutes: Read[MuteRules] | None) -> ChainLink:
    """Gives the link with what a mute rule makes of it: while one is active, the alarm tells nobody.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
    """
    if mutes is None or link.status is not LinkStatus.SOUND:
        return link
    if isinstance(mutes, Unreadable):
        return unsure(link.link, link.resource, mutes)
    rules = [rule for rule in mutes.rules if isinstance(rule, Unreadable) or name in rule.targets.alarm_names]
    active = next((rule for rule in rules if isinstance(rule, MuteRule) and rule.status == "ACTIVE"), None)
    if active is not None:
        why = f"The mute rule {active.name} silences {name}: {_times(active)}."
        return broken(link.link, link.resource, why)
    unread = next((rule for rule in rules if isinstance(rule, Unreadable)), None)
    if unread is not None:
        return unsure(link.link, link.resource, unread)
    later = [rule for rule in rules if isinstance(rule, MuteRule)]
    said = "".join(f" The mute rule {rule.name} will silence it: {_times(rule)}." for rule in later)
    return link.model_copy(update={"reason": link.reason + said})


def _times(rule: MuteRule) -> str:
    until = f"until {rule.expires:%Y-%m-%d %H:%M}" if rule.expires else "without an end"
    schedule = rule.rule.schedule
    return f"{schedule.expression} for {schedule.duration} each time, {until}"
