"""What holds for each format for other programs, whatever a report says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.findings import ChainLink, Finding, LinkName, LinkStatus, Severity, Status, Waiver
from auditor.remediation import Remediation
from auditor.render import formats, renderer
from auditor.report import Report, json_schema
from auditor.stored import parse_report

from .build import BACKWARDS, BROKEN, CONTROL, LONG, MARKUP, evidence, finding, small
from .validity import VALID, inert

STORED = Path(__file__).with_name("data") / "report-1.0.json"
HOSTILE = (
    "", " ", "\x00", "=cmd()", "-1+1|cmd", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "..", "a/../../b", "](https://evil.example)",
    "[click](https://evil.example)", "![x](https://evil.example/x.png)", "www.evil.example", "<https://evil.example>",
    "]]>", "<!-- x", "-->", "&amp;", "``` ```", "~~~", "{0} {{1}}", "| a | b |", "# h", "1. a", "- a",
    "a\n\n<b>\n# b", "&#64;", "</summary></details>", "\u2028", "\ufeff", "\ufffe", "\U000e0041", "\ud83d", "\udc00",
    "$x$", "a  \nb", "***",
    MARKUP, CONTROL, BACKWARDS, BROKEN, LONG,
)  # fmt: skip


def stored() -> Report:
    return parse_report(STORED.read_bytes(), STORED.name)


any_text = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE[:-1]), max_size=3).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=40),
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    status = draw(st.sampled_from(Status))
    waiver = Waiver(check="*", reason=draw(any_text), owner=draw(any_text), expires=date(2027, 1, 1))
    remedy = Remediation(
        summary=draw(any_text), commands=(draw(any_text),), references=(draw(any_text), "https://aws.amazon.com/")
    )
    link = ChainLink(link=LinkName.FILTER, resource=draw(any_text), status=LinkStatus.BROKEN, reason=draw(any_text))
    fields: dict[str, Any] = {
        "title": draw(any_text),
        "reason": draw(any_text),
        "rationale": draw(any_text),
        "region": draw(any_text),
        "severity": draw(st.sampled_from(Severity)),
        "notes": (draw(any_text),),
        "evidence": (evidence("s3:GetBucketPolicy", draw(any_text), **{draw(any_text) or "x": draw(any_text)}),),
        "witness": {draw(any_text): [draw(any_text)]},
        "chain": draw(st.sampled_from([(), (link,)])),
        "remediation": draw(st.sampled_from([None, remedy])),
        "controls": draw(st.sampled_from([{}, {"cis-5.0": "3.8, 3.9"}])),
    }
    if status in {Status.FAIL, Status.UNKNOWN}:
        fields["waiver"] = draw(st.sampled_from([None, waiver]))
    return finding(draw(st.sampled_from(["alarm.x", "acme"])), status, resource=draw(any_text), **fields)


@given(st.lists(findings(), max_size=3, unique_by=lambda each: each.id))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_hostile_text_leaves_every_format_valid_and_inert(found: list[Finding]) -> None:
    report = small(*found)
    for name, validate in VALID.items():
        content = renderer(name).render(report)
        assert inert(content), name
        validate(content)


@pytest.mark.parametrize("name", VALID)
def test_the_sample_is_valid(sample: Report, name: str) -> None:
    content = renderer(name).render(sample)
    assert inert(content)
    VALID[name](content)


def test_none_is_left_out() -> None:
    assert set(formats()) == {*VALID, "html", "pdf", "json"}


@pytest.mark.parametrize("name", VALID)
def test_the_same_report_gives_the_same_bytes(sample: Report, name: str) -> None:
    again = Report.model_validate(sample.model_dump())
    assert renderer(name).render(sample) == renderer(name).render(again)


@pytest.mark.parametrize("name", VALID)
def test_a_report_without_findings(name: str) -> None:
    VALID[name](renderer(name).render(small()))


def test_a_stored_report_of_version_1_0_still_validates() -> None:
    """It holds no field that came later; a field that has come since must have a default."""
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(STORED.read_bytes()))
    assert len(stored().findings) == 6


@pytest.mark.parametrize("name", formats())
def test_a_stored_report_of_version_1_0_still_renders(name: str) -> None:
    content = renderer(name).render(stored())
    assert content
    if name in VALID:
        VALID[name](content)
