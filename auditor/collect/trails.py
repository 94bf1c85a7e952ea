"""Reads the trails of an account, wherever they live."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.collect import operations as op
from auditor.collect.aws import Aws
from auditor.model.account import Caller
from auditor.model.fact import Read, Unreadable
from auditor.model.trail import EventSelectors, InsightSelectors, Trail, TrailFacts, TrailStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """The trails as one region knows them.

    Attributes:
        here: Those that it describes: its own, and all multi-region and organization trails.
        elsewhere: The rest, as ListTrails names them.
        unlisted: Why the rest is not known.
    """

    here: Read[tuple[Trail, ...]]
    elsewhere: tuple[Mapping[str, Any], ...] = ()
    unlisted: Unreadable | None = None


async def list_trails(aws: Aws, region: str) -> Listed:
    """Gives every trail of the account, each of them once.

    DescribeTrails in one region describes that region's trails and the copies there of all multi-region and
    organization trails; ListTrails names the rest in one call, so that the cost does not grow with regions.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
    """
    of = "the account's trails"
    described, listed = await gather(
        aws.read(op.DESCRIBE_TRAILS, region, of=of, includeShadowTrails=True), aws.read(op.LIST_TRAILS, region, of=of)
    )
    if isinstance(described, Unreadable):
        return Listed(described)
    here = {trail.arn: trail for trail in described.facts("trailList", Trail)}
    if isinstance(listed, Unreadable):
        return Listed(tuple(here.values()), unlisted=listed)
    elsewhere = {item["TrailARN"]: item for item in listed.body.get("Trails", ()) if item["TrailARN"] not in here}
    return Listed(tuple(here.values()), tuple(elsewhere.values()))


async def read_elsewhere(aws: Aws, listed: Listed) -> tuple[tuple[Trail, ...], Unreadable | None]:
    """Gives the trails that another region is asked about, and why some of them are missing."""
    found = await gather(*(_described(aws, item) for item in listed.elsewhere))
    unread = [one for one in found if isinstance(one, Unreadable)]
    return tuple(one for one in found if isinstance(one, Trail)), unread[-1] if unread else None


async def _described(aws: Aws, item: Mapping[str, Any]) -> Trail | Unreadable | None:
    answer = await aws.read(op.GET_TRAIL, item["HomeRegion"], of=item["TrailARN"], Name=item["TrailARN"])
    if isinstance(answer, Unreadable):
        return None if answer.error_code == "TrailNotFoundException" else answer
    return answer.fact(Trail, {"HomeRegion": item["HomeRegion"], **answer.body["Trail"]})


async def read_trail(aws: Aws, caller: Caller, trail: Trail) -> TrailFacts:
    """Gives what a trail logs and what it has been doing."""
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
