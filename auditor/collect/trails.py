"""Reads the trails of an account, wherever they live."""

from __future__ import annotations

from asyncio import gather
from typing import Any

from auditor.collect import operations as op
from auditor.collect.aws import Answer, Aws
from auditor.model.account import Caller
from auditor.model.fact import Read, Unreadable
from auditor.model.trail import EventSelectors, InsightSelectors, Trail, TrailFacts, TrailStatus


async def read_trails(aws: Aws, caller: Caller, region: str) -> tuple[Read[tuple[TrailFacts, ...]], Unreadable | None]:
    """Gives every trail of the account once, and why some may be missing.

    DescribeTrails in one region describes that region's trails and the copies there of all multi-region and
    organization trails; ListTrails names the rest in one call, so that the cost does not grow with regions.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
    """
    of = f"the trails of account {caller.account_id}"
    described, listed = await gather(
        aws.read(op.DESCRIBE_TRAILS, region, of=of, includeShadowTrails=True), aws.read(op.LIST_TRAILS, region, of=of)
    )
    if isinstance(described, Unreadable):
        return described, None
    trails = {trail.arn: trail for trail in described.facts("trailList", Trail)}
    unlisted = listed if isinstance(listed, Unreadable) else None
    if isinstance(listed, Answer):
        elsewhere = [item for item in listed.body.get("Trails", ()) if item["TrailARN"] not in trails]
        for found in await gather(*(_described(aws, item) for item in elsewhere)):
            if isinstance(found, Unreadable):
                unlisted = found
            elif found is not None:
                trails[found.arn] = found
    return tuple(await gather(*(_facts(aws, caller, trail) for trail in trails.values()))), unlisted


async def _described(aws: Aws, item: dict[str, Any]) -> Trail | Unreadable | None:
    answer = await aws.read(op.GET_TRAIL, item["HomeRegion"], of=item["TrailARN"], Name=item["TrailARN"])
    if isinstance(answer, Unreadable):
        return None if answer.error_code == "TrailNotFoundException" else answer
    return answer.fact(Trail, {"HomeRegion": item["HomeRegion"], **answer.body["Trail"]})


async def _facts(aws: Aws, caller: Caller, trail: Trail) -> TrailFacts:
    owner = trail.account_id if trail.account_id != caller.account_id else ""
    status, selectors, insights = await gather(
        aws.read(op.GET_TRAIL_STATUS, trail.home_region, of=trail.arn, account_id=owner, Name=trail.arn),
        aws.read(op.GET_EVENT_SELECTORS, trail.home_region, of=trail.arn, account_id=owner, TrailName=trail.arn),
        _insights(aws, trail, owner),
    )
    return TrailFacts(
        trail=trail,
        status=status if isinstance(status, Unreadable) else status.fact(TrailStatus),
        selectors=selectors if isinstance(selectors, Unreadable) else selectors.fact(EventSelectors),
        insights=insights,
    )


async def _insights(aws: Aws, trail: Trail, owner: str) -> Read[InsightSelectors]:
    if not trail.has_insights:
        return InsightSelectors(source=trail.source)
    answer = await aws.read(
        op.GET_INSIGHT_SELECTORS, trail.home_region, of=trail.arn, account_id=owner, TrailName=trail.arn
    )
    return answer if isinstance(answer, Unreadable) else answer.fact(InsightSelectors)
