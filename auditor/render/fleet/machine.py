"""The overview as JSON: the contract that CI gates on."""

from __future__ import annotations

from auditor.overview import Overview
from auditor.render.exchange import as_json


def render(overview: Overview) -> bytes:
    """Gives JSON in UTF-8, indented by two, in the order of the models' fields."""
    return as_json(overview.model_dump(mode="json"))
