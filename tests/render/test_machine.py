from __future__ import annotations

import json

import jsonschema
import pytest

from auditor.findings import Finding
from auditor.render import renderer
from auditor.report import Report, json_schema

from .build import finding, small


@pytest.fixture(scope="module")
def text(sample: Report) -> str:
    return renderer("json").render(sample).decode("utf-8")


def test_it_is_what_the_schema_says(text: str) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


def test_it_holds_the_whole_report(sample: Report, text: str) -> None:
    back = {each.id: each for each in Report.model_validate_json(text).findings}
    assert len(back) == len(sample.findings)
    changed = [each.check_id for each in sample.findings if back[each.id] != each]
    assert changed == ["bucket.versioning", "bucket.tls_only"], "only what holds half a pair cannot come back as it was"


def test_its_form_is_fixed(text: str) -> None:
    assert text.startswith('{\n  "schema_version": "1.0",\n  "tool": {\n    "name": "trail-auditor"')
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["schema_version", "tool", "run", "summary", "findings", "changes", "hunts"]
    assert '"started_at": "2026-11-24T03:30:12Z"' in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("half \ud83d.", "half \ufffd.", id="half a pair"),
        pytest.param("\ud83d\ude00", "\U0001f600", id="two halves that belong together"),
        pytest.param("\x00\x1b\u2028", "\x00\x1b\u2028", id="control characters"),
        pytest.param("n" * 10_000, "n" * 10_000, id="long"),
    ],
)
def test_any_name_stays_valid(given: str, shown: str) -> None:
    rendered = renderer("json").render(small(finding("trail.logging", reason=given)))
    (found,) = Report.model_validate_json(rendered).findings
    assert found.reason == shown


def test_order_is_that_of_the_report() -> None:
    found: list[Finding] = [finding(f"trail.{name}") for name in ("z", "a", "m")]
    read = json.loads(renderer("json").render(small(*found)))
    assert [each["check_id"] for each in read["findings"]] == ["trail.z", "trail.a", "trail.m"]
