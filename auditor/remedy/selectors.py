"""Adds event selectors to those that a trail has.

An event is logged if any selector matches it, so that one more takes nothing away; but putting selectors replaces
those that are there, and a trail has basic selectors or advanced ones, never both.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

from __future__ import annotations

from pydantic import JsonValue

from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, Trail
from auditor.remedy.command import aws
from auditor.remedy.mending import as_json

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
_MOST_BASIC = 5
# What a trail without selectors logs.
_DEFAULT = BasicSelector()


def add_selector(trail: Trail, selectors: EventSelectors, basic: BasicSelector, advanced: AdvancedSelector) -> str:
    """Gives the command that puts a trail's selectors again, with one more.

    Args:
        trail: The trail.
        selectors: Those that it has.
        basic: What to add to basic selectors; its read-write type is All.
        advanced: The same, to be added to advanced ones.
    """
    here = {"region": trail.home_region, "trail_name": trail.name}
    if selectors.advanced:
        every = as_json([_advanced(one) for one in (*selectors.advanced, advanced)])
        return aws("cloudtrail", "put-event-selectors", **here, advanced_event_selectors=every)
    every = as_json([_basic(one) for one in _with(selectors.basic or (_DEFAULT,), basic)])
    return aws("cloudtrail", "put-event-selectors", **here, event_selectors=every)


def _with(there: tuple[BasicSelector, ...], added: BasicSelector) -> tuple[BasicSelector, ...]:
    """Gives the selectors with one added: within one that logs reading and writing too, else beside them.

    Where the list is full, the first is widened to reading and writing.
    """
    place = next((place for place, one in enumerate(there) if one.read_write == "All"), None)
    if place is None and len(there) < _MOST_BASIC:
        return (*there, added)
    place = place or 0
    return (*there[:place], _joined(there[place], added), *there[place + 1 :])


def _joined(one: BasicSelector, added: BasicSelector) -> BasicSelector:
    types = {resource.type for resource in added.data_resources}
    kept = tuple(resource for resource in one.data_resources if resource.type not in types)
    return BasicSelector(
        read_write="All",
        management=one.management or added.management,
        data_resources=(*kept, *added.data_resources),
        excluded_sources=() if added.management else one.excluded_sources,
    )


def _basic(selector: BasicSelector) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = selector.model_dump(mode="json", by_alias=True)
    return {name: value for name, value in shown.items() if value != []}


def _advanced(selector: AdvancedSelector) -> dict[str, JsonValue]:
    """Gives an advanced selector as AWS names it; AWS takes no empty list of values."""
    fields: list[JsonValue] = [
        {name: value for name, value in part.model_dump(mode="json", by_alias=True).items() if value}
        for part in selector.fields
    ]
    return {**({"Name": selector.name} if selector.name else {}), "FieldSelectors": fields}
