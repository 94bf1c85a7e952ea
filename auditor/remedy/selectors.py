"""Adds event selectors to those that a trail has.

An event is logged if any selector matches it, so that one more takes nothing away; but putting selectors replaces
those that are there, and a trail has basic selectors or advanced ones, never both.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import JsonValue

from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, Trail
from auditor.remediation import Document, Kind
from auditor.remedy.command import aws
from auditor.remedy.mending import as_json

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
_MOST_BASIC = 5
# What a trail without selectors logs.
_DEFAULT = BasicSelector()


def add_selector(trail: Trail, selectors: EventSelectors, basic: BasicSelector, advanced: AdvancedSelector) -> Document:
    """Gives a trail's selectors with one more.

    Args:
        trail: The trail.
        selectors: Those that it has.
        basic: What to add to basic selectors; its read-write type is All.
        advanced: The same, to be added to advanced ones.
    """
    if selectors.advanced:
        base = [_advanced(one) for one in selectors.advanced]
        return _document("advanced event selectors", trail, base, _advanced(advanced))
    base = [_basic(one) for one in selectors.basic or (_DEFAULT,)]
    return _document("basic event selectors", trail, base, _basic(basic))


def _document(kind: Kind, trail: Trail, base: list[dict[str, JsonValue]], added: dict[str, JsonValue]) -> Document:
    return Document(kind=kind, name=trail.name, region=trail.home_region, base=as_json([*base]), adds=(added,))


def put_selectors(document: Document) -> str:
    """Gives the command that puts a trail's selectors with what is added."""
    there = load_rows(document.base)
    if document.kind == "advanced event selectors":
        return _put(document, [*there, *(one for one in document.adds if one not in there)])
    basic = tuple(BasicSelector.model_validate(one) for one in there)
    for added in document.adds:
        basic = _with(basic, BasicSelector.model_validate(added))
    return _put(document, [_basic(one) for one in basic])


def put_selectors_back(document: Document) -> str:
    """Gives the command that puts a trail's selectors as they were."""
    return _put(document, load_rows(document.base))


def _put(document: Document, every: Sequence[dict[str, JsonValue]]) -> str:
    advanced = document.kind == "advanced event selectors"
    return aws(
        "cloudtrail",
        "put-event-selectors",
        region=document.region,
        trail_name=document.name,
        event_selectors=None if advanced else as_json([*every]),
        advanced_event_selectors=as_json([*every]) if advanced else None,
    )


def load_rows(text: str) -> list[dict[str, JsonValue]]:
    """Gives the objects of a JSON list."""
    found: list[dict[str, JsonValue]] = json.loads(text)
    return found


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
