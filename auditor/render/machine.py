"""The report as JSON: the contract that CI gates on."""

from __future__ import annotations

from auditor.render.exchange import as_json
from auditor.report import Report


class JsonRenderer:
    """Gives the report as JSON in UTF-8, indented by two, in the order of the models' fields."""

    name = "json"
    file_name = "report.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return as_json(report.model_dump(mode="json"))
