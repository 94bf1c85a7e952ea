"""The report as JSON: the contract that CI gates on."""

from __future__ import annotations

import json

from pydantic import JsonValue

from auditor.report import Report


class JsonRenderer:
    """Gives the report as JSON in UTF-8, indented by two, in the order of the models' fields."""

    name = "json"
    file_name = "report.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return encoded(report.model_dump(mode="json"))


def encoded(value: JsonValue) -> bytes:
    """Gives a value as JSON in UTF-8, whatever texts it holds."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    # A half of a surrogate pair has no form in UTF-8, and not every reader takes it as an escape. Going by way
    # of UTF-16 joins halves that belong together and leaves U+FFFD for one that stands alone.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return f"{whole}\n".encode()
