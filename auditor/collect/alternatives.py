"""Reads what may tell somebody in another way, once it is known that a control fails."""

from __future__ import annotations

import asyncio
from asyncio import gather

from auditor.collect import operations as op
from auditor.collect.aws import Aws, Progress
from auditor.collect.connection import Connection
from auditor.model.alternative import EventRule, RegionAlternatives, SubscriptionFilter
from auditor.model.fact import Read, Unreadable
from auditor.model.snapshot import Snapshot

# No other rule is asked for its targets: those of a rule that no CloudTrail event reaches say nothing.
_OF_CLOUDTRAIL = "detail"


def collect_alternatives(connection: Connection, account: Snapshot, progress: Progress | None = None) -> Snapshot:
    """Gives a snapshot with the event rules and subscription filters of the regions that trails deliver to."""
    aws = Aws(connection, progress) if progress else Aws(connection)
    found = asyncio.run(_collect(aws, account))
    calls = dict(sorted(connection.requests.items()))
    return account.model_copy(update={"alternatives": found, "api_calls": calls})


async def _collect(aws: Aws, account: Snapshot) -> tuple[RegionAlternatives, ...]:
    try:
        return tuple(await gather(*(_region(aws, facts.region, account) for facts in account.regions)))
    finally:
        aws.close()


async def _region(aws: Aws, region: str, account: Snapshot) -> RegionAlternatives:
    own = [group for group in account.log_groups if (group.region, group.account_id) == (region, account.account_id)]
    rules, *filters = await gather(_rules(aws, region), *(_filters(aws, region, group.name) for group in own))
    return RegionAlternatives(region=region, rules=rules, subscription_filters=tuple(filters))


async def _rules(aws: Aws, region: str) -> Read[tuple[EventRule, ...]]:
    answer = await aws.read(op.LIST_RULES, region, of=f"the event rules of {region}")
    if isinstance(answer, Unreadable):
        return answer
    rules = [rule for rule in answer.facts("Rules", EventRule) if _OF_CLOUDTRAIL in rule.pattern]

    async def with_targets(rule: EventRule) -> EventRule:
        told = await aws.read(op.LIST_TARGETS_BY_RULE, region, of=rule.arn, Rule=rule.name)
        targets = () if isinstance(told, Unreadable) else tuple(str(one["Arn"]) for one in told.body["Targets"])
        return rule.model_copy(update={"targets": targets})

    return tuple(await gather(*(with_targets(rule) for rule in rules)))


async def _filters(aws: Aws, region: str, group: str) -> Read[tuple[SubscriptionFilter, ...]]:
    answer = await aws.read(op.DESCRIBE_SUBSCRIPTION_FILTERS, region, of=group, logGroupName=group)
    if isinstance(answer, Unreadable):
        return answer
    return answer.facts("subscriptionFilters", SubscriptionFilter)
