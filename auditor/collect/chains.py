"""Reads what lies between a log group and a person: filters, alarms, topics, subscriptions, keys."""

from __future__ import annotations

from asyncio import ensure_future, gather
from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple

from auditor.collect import operations as op
from auditor.collect.aws import Aws, elsewhere
from auditor.collect.grants import read_key
from auditor.model.account import Caller
from auditor.model.alarm import Alarm, Alarms, CompositeAlarm, MuteRule, MuteRules, topics_among
from auditor.model.arn import Arn, log_group_parts
from auditor.model.fact import Read, Source, Unreadable
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroup, LogGroupFacts, MetricFilter, MetricFilters, Transformer, TransformerFacts
from auditor.model.snapshot import RegionFacts
from auditor.model.topic import SubscriptionAttributes, Subscriptions, Topic, TopicFacts

_MORE_AT_ONCE = 8


class Told(NamedTuple):
    """A topic that an alarm tells.

    Attributes:
        topic: The topic and its subscriptions.
        key: The key that encrypts it, unless none does or it is AWS's own for SNS.
    """

    topic: TopicFacts
    key: KeyFacts | None


async def read_log_group(aws: Aws, caller: Caller, arn: str, source: Source) -> LogGroupFacts:
    """Gives the log group at an ARN that a trail names; `source` is where the trail named it."""
    name, region, account_id = log_group_parts(arn)

    async def group() -> Read[LogGroup] | None:
        if account_id != caller.account_id:
            return elsewhere(op.DESCRIBE_LOG_GROUPS, arn, account_id, source)
        answer = await aws.read(op.DESCRIBE_LOG_GROUPS, region, of=arn, logGroupNamePrefix=name)
        if isinstance(answer, Unreadable):
            return answer
        return next((found for found in answer.facts("logGroups", LogGroup) if found.name == name), None)

    return LogGroupFacts(arn=arn, name=name, region=region, account_id=account_id, group=await group())


async def read_region(aws: Aws, caller: Caller, region: str) -> tuple[RegionFacts, tuple[Told, ...]]:
    """Gives all metric filters and alarms of a region, what may silence them, and the topics that they tell.

    A topic is read as soon as filters and alarms are known, whatever else of the region is still under way.
    """
    filters = ensure_future(_filters(aws, region))
    alarms = ensure_future(_alarms(aws, region))
    mute_rules, transformers, topics = await gather(
        _mute_rules(aws, region), _transformers(aws, region, filters), _topics(aws, caller, filters, alarms)
    )
    facts = RegionFacts(
        region=region,
        filters=await filters,
        alarms=await alarms,
        mute_rules=mute_rules,
        transformers=transformers,
    )
    return facts, topics


async def _filters(aws: Aws, region: str) -> Read[MetricFilters]:
    answer = await aws.read(op.DESCRIBE_METRIC_FILTERS, region, of=f"the metric filters of {region}")
    if isinstance(answer, Unreadable):
        return answer
    return MetricFilters(source=answer.source, filters=answer.facts("metricFilters", MetricFilter))


async def _alarms(aws: Aws, region: str) -> Read[Alarms]:
    kinds = ["MetricAlarm", "CompositeAlarm"]
    answer = await aws.read(op.DESCRIBE_ALARMS, region, of=f"the alarms of {region}", AlarmTypes=kinds)
    if isinstance(answer, Unreadable):
        return answer
    return Alarms(
        source=answer.source,
        metric=answer.facts("MetricAlarms", Alarm),
        composite=answer.facts("CompositeAlarms", CompositeAlarm),
    )


async def _mute_rules(aws: Aws, region: str) -> Read[MuteRules] | None:
    """Gives the mute rules that have not expired; the list names no alarms, so that each rule is read."""
    listed = await aws.read(op.LIST_ALARM_MUTE_RULES, region, of=f"the mute rules of {region}")
    if isinstance(listed, Unreadable):
        return listed
    if listed.absent:
        return None

    async def rule(arn: str) -> Read[MuteRule]:
        name = arn.partition(":alarm-mute-rule:")[2]
        answer = await aws.read(op.GET_ALARM_MUTE_RULE, region, of=arn, AlarmMuteRuleName=name)
        return answer if isinstance(answer, Unreadable) else answer.fact(MuteRule)

    found = [one for one in listed.body.get("AlarmMuteRuleSummaries", ()) if one.get("Status") != "EXPIRED"]
    rules = await gather(*(rule(str(one["AlarmMuteRuleArn"])) for one in found))
    return MuteRules(source=listed.source, rules=tuple(rules))


async def _transformers(aws: Aws, region: str, filters: Awaitable[Read[MetricFilters]]) -> tuple[TransformerFacts, ...]:
    """Gives the transformers of the log groups on which a filter looks at transformed events."""
    known = await filters
    if isinstance(known, Unreadable):
        return ()

    async def transformer(group: str) -> TransformerFacts:
        answer = await aws.read(op.GET_TRANSFORMER, region, of=group, logGroupIdentifier=group)
        if isinstance(answer, Unreadable):
            return TransformerFacts(log_group=group, transformer=answer)
        absent = bool(answer.absent) or not answer.body.get("transformerConfig")
        return TransformerFacts(log_group=group, transformer=None if absent else answer.fact(Transformer))

    groups = sorted({found.log_group for found in known.filters if found.on_transformed_logs})
    return tuple(await gather(*(transformer(group) for group in groups)))


async def _topics(
    aws: Aws, caller: Caller, filters: Awaitable[Read[MetricFilters]], alarms: Awaitable[Read[Alarms]]
) -> tuple[Told, ...]:
    arns = topics_of(*await gather(filters, alarms))
    return tuple(await gather(*(read_topic(aws, caller, arn) for arn in arns)))


def topics_of(filters: Read[MetricFilters], alarms: Read[Alarms]) -> tuple[str, ...]:
    """Gives the ARNs of the topics that matter in a region: those of alarms on metrics that a filter feeds."""
    if isinstance(filters, Unreadable) or isinstance(alarms, Unreadable):
        return ()
    fed = {(to.namespace, to.metric) for found in filters.filters for to in found.transformations}
    told = [
        alarm.actions for alarm in alarms.metric if any((one.namespace, one.metric) in fed for one in alarm.watched)
    ]
    # A composite alarm may speak for an alarm below it.
    told += [composite.actions for composite in alarms.composite]
    return tuple(dict.fromkeys(topic for actions in told for topic in topics_among(actions)))


async def read_topic(aws: Aws, caller: Caller, arn: str) -> Told:
    """Gives the topic at an ARN, its subscriptions, and the key that encrypts it."""
    found = Arn.parse(arn)
    region = found.region if found else ""
    owner = found.account_id if found and found.account_id != caller.account_id else ""

    async def topic() -> tuple[Read[Topic] | None, KeyFacts | None]:
        answer = await aws.read(op.GET_TOPIC_ATTRIBUTES, region, of=arn, account_id=owner, TopicArn=arn)
        if isinstance(answer, Unreadable) or answer.absent:
            return answer if isinstance(answer, Unreadable) else None, None
        known = answer.fact(Topic, _attributes(answer.body))
        facts = TopicFacts(arn=arn, topic=known, subscriptions=Subscriptions(source=answer.source))
        if facts.key is None or facts.default_key:
            return known, None
        return known, await read_key(aws, caller, facts.key, with_policy=True)

    async def subscriptions() -> Read[Subscriptions]:
        answer = await aws.read(op.LIST_SUBSCRIPTIONS, region, of=arn, account_id=owner, TopicArn=arn)
        if isinstance(answer, Unreadable):
            return answer
        return await _with_attributes(aws, answer.fact(Subscriptions), region, owner)

    (known, key), people = await gather(topic(), subscriptions())
    return Told(TopicFacts(arn=arn, topic=known, subscriptions=people), key)


async def _with_attributes(aws: Aws, listed: Subscriptions, region: str, owner: str) -> Subscriptions:
    """Reads attributes of confirmed subscriptions, until one lets every message through.

    It reads one, which is enough in most accounts, then more and more at once, so that a long list takes few trips.
    """
    found = list(listed.subscriptions)
    confirmed = [place for place, one in enumerate(found) if one.confirmed]

    async def attributes(place: int) -> Read[SubscriptionAttributes]:
        arn = found[place].arn
        answer = await aws.read(op.GET_SUBSCRIPTION_ATTRIBUTES, region, of=arn, account_id=owner, SubscriptionArn=arn)
        if isinstance(answer, Unreadable):
            return answer
        return answer.fact(SubscriptionAttributes, _attributes(answer.body))

    at_once = 1
    while confirmed:
        batch, confirmed = confirmed[:at_once], confirmed[at_once:]
        read = await gather(*(attributes(place) for place in batch))
        for place, one in zip(batch, read, strict=True):
            found[place] = found[place].model_copy(update={"attributes": one})
        if any(not isinstance(one, Unreadable) and not one.filter_policy for one in read):
            break
        at_once *= _MORE_AT_ONCE
    return listed.model_copy(update={"subscriptions": tuple(found)})


def _attributes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body.get("Attributes", {})
    return found
