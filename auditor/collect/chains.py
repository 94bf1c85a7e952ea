"""Reads what lies between a log group and a person: filters, alarms, topics, subscriptions, keys."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.collect import operations as op
from auditor.collect.aws import Aws, elsewhere
from auditor.model.account import Caller
from auditor.model.alarm import Alarm, Alarms, CompositeAlarm, MuteRule, MuteRules, topics_among
from auditor.model.arn import Arn, log_group_parts
from auditor.model.fact import Read, Source, Unreadable
from auditor.model.logs import LogGroup, LogGroupFacts, MetricFilter, MetricFilters, Transformer, TransformerFacts
from auditor.model.snapshot import RegionFacts
from auditor.model.topic import SubscriptionAttributes, Subscriptions, Topic, TopicFacts


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


async def read_region(aws: Aws, region: str) -> RegionFacts:
    """Gives all metric filters and alarms of a region, and what may silence them."""
    filters, alarms, mute_rules = await gather(_filters(aws, region), _alarms(aws, region), _mute_rules(aws, region))
    return RegionFacts(
        region=region,
        filters=filters,
        alarms=alarms,
        mute_rules=mute_rules,
        transformers=await _transformers(aws, region, filters),
    )


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


async def _transformers(aws: Aws, region: str, filters: Read[MetricFilters]) -> tuple[TransformerFacts, ...]:
    """Gives the transformers of the log groups on which a filter looks at transformed events."""
    if isinstance(filters, Unreadable):
        return ()

    async def transformer(group: str) -> TransformerFacts:
        answer = await aws.read(op.GET_TRANSFORMER, region, of=group, logGroupIdentifier=group)
        if isinstance(answer, Unreadable):
            return TransformerFacts(log_group=group, transformer=answer)
        absent = bool(answer.absent) or not answer.body.get("transformerConfig")
        return TransformerFacts(log_group=group, transformer=None if absent else answer.fact(Transformer))

    groups = sorted({found.log_group for found in filters.filters if found.on_transformed_logs})
    return tuple(await gather(*(transformer(group) for group in groups)))


def topics_of(regions: Iterable[RegionFacts]) -> list[str]:
    """Gives the ARNs of the topics that matter: those of alarms on metrics that a filter feeds."""
    arns: dict[str, None] = {}
    for facts in regions:
        if isinstance(facts.filters, Unreadable) or isinstance(facts.alarms, Unreadable):
            continue
        fed: set[tuple[str | None, str | None]] = set()
        fed.update((to.namespace, to.metric) for found in facts.filters.filters for to in found.transformations)
        told = [
            alarm.actions
            for alarm in facts.alarms.metric
            if any((one.namespace, one.metric) in fed for one in alarm.watched)
        ]
        # A composite alarm may speak for an alarm below it.
        told += [composite.actions for composite in facts.alarms.composite]
        arns.update((topic, None) for actions in told for topic in topics_among(actions))
    return list(arns)


async def read_topic(aws: Aws, caller: Caller, arn: str) -> TopicFacts:
    """Gives the topic at an ARN and its subscriptions."""
    found = Arn.parse(arn)
    region = found.region if found else ""
    owner = found.account_id if found and found.account_id != caller.account_id else ""
    attributes, subscriptions = await gather(
        aws.read(op.GET_TOPIC_ATTRIBUTES, region, of=arn, account_id=owner, TopicArn=arn),
        aws.read(op.LIST_SUBSCRIPTIONS, region, of=arn, account_id=owner, TopicArn=arn),
    )
    topic: Read[Topic] | None
    if isinstance(attributes, Unreadable):
        topic = attributes
    else:
        topic = None if attributes.absent else attributes.fact(Topic, _attributes(attributes.body))
    return TopicFacts(
        arn=arn,
        topic=topic,
        subscriptions=subscriptions
        if isinstance(subscriptions, Unreadable)
        else await _with_attributes(aws, subscriptions.fact(Subscriptions), region, owner),
    )


async def _with_attributes(aws: Aws, listed: Subscriptions, region: str, owner: str) -> Subscriptions:
    """Reads attributes of confirmed subscriptions, until one lets every message through."""
    found = list(listed.subscriptions)
    for place, one in enumerate(found):
        if not one.confirmed:
            continue
        answer = await aws.read(
            op.GET_SUBSCRIPTION_ATTRIBUTES, region, of=one.arn, account_id=owner, SubscriptionArn=one.arn
        )
        read: Read[SubscriptionAttributes]
        read = (
            answer if isinstance(answer, Unreadable) else answer.fact(SubscriptionAttributes, _attributes(answer.body))
        )
        found[place] = one.model_copy(update={"attributes": read})
        if not isinstance(read, Unreadable) and not read.filter_policy:
            break
    return listed.model_copy(update={"subscriptions": tuple(found)})


def _attributes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body.get("Attributes", {})
    return found
