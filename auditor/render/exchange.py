"""What the formats for programs have in common: JSON, inert text, and ids and times that the report alone decides."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from auditor.model.arn import Arn
from auditor.render.visible import shortened, visible
from auditor.report import Report

TOOL = "trail-auditor"
# What a format is made of before it is written: JSON whose lists and objects may be of any kind.
Tree: TypeAlias = Mapping[str, "Tree"] | Sequence["Tree"] | str | int | float | bool | None

_NAMESPACE = uuid5(NAMESPACE_URL, f"https://pypi.org/project/{TOOL}")
_LONGEST_SEGMENT = 120


def legible(report: Report) -> Report:
    """Gives the report with every hidden character shown as an escape, in names and values alike.

    What is left is valid in JSON, XML and CSV; line feeds and tabs stay.
    """
    return Report.model_validate(_shown(report.model_dump()))


def as_json(tree: Tree) -> bytes:
    """Gives JSON in UTF-8, indented by two, in the order in which it was put together, whatever texts it holds."""
    text = json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False)
    # A half of a surrogate pair has no form in UTF-8, and not every reader takes it as an escape. Going by way
    # of UTF-16 joins halves that belong together and leaves U+FFFD for one that stands alone.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return f"{whole}\n".encode()


def stable_uuid(*parts: str) -> str:
    """Gives a UUID that follows from the parts."""
    return str(uuid5(_NAMESPACE, "\n".join(parts)))


def zulu(moment: datetime) -> str:
    """Gives a moment in UTC as ISO 8601 with milliseconds; one without a zone is taken to be in UTC."""
    return f"{_aware(moment).astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def milliseconds(moment: datetime) -> int:
    """Gives a moment as milliseconds since 1970."""
    return round(_aware(moment).timestamp() * 1000)


def resource_path(account_id: str, region: str, resource: str) -> str:
    """Gives a relative URI for a resource, the same from run to run: `aws/ACCOUNT/REGION/SERVICE/NAME`."""
    arn = Arn.parse(resource)
    named = (arn.service, *re.split(r"[/:]", arn.resource)) if arn else tuple(re.split(r"[/:]", resource))
    place = (account_id, (arn.region if arn else "") or region or "global")
    # A segment of dots alone would lead out of the folder.
    segments = [quote(shortened(each, _LONGEST_SEGMENT), safe="") for each in (*place, *named) if each.strip(".")]
    return "/".join(("aws", *segments))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(value: object) -> object:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {_shown(key): _shown(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(each) for each in value]
    return value
