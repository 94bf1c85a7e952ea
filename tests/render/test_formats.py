"""The formats for other tools: each is read by the tool's own library, whatever names the report holds."""

from __future__ import annotations

import csv
import io
import json
from importlib.metadata import EntryPoint
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from sarif_pydantic import Sarif

from auditor.demo.session import DemoAccount
from auditor.errors import ConfigurationError
from auditor.findings import Finding, Status
from auditor.render import formats, renderer
from auditor.render.spreadsheet import COLUMNS
from auditor.report import Report
from tests.aws.account import Account

from .build import finding, small

TEXTUAL = ("sarif", "junit", "ocsf", "asff", "csv", "markdown", "json", "html")
NASTY = st.text(
    st.one_of(
        st.sampled_from("=+-@|`*_<>&\"'[]()#\x00\x1b\x7f\u202e\u2028\ufffe\ud83d\udc00\r\n\t"),
        st.characters(codec=None),
    ),
    max_size=60,
)


def rendered(name: str, report: Report) -> bytes:
    return renderer(name).render(report)


def import_findings() -> Any:
    return botocore.session.get_session().get_service_model("securityhub").operation_model("BatchImportFindings")


def well_formed(name: str, content: bytes) -> Any:
    """Reads a format with the library of those who consume it."""
    text = content.decode("utf-8-sig" if name == "csv" else "utf-8")
    if name == "sarif":
        return Sarif.model_validate_json(text)
    if name == "junit":
        return list(JUnitXml.fromstring(content))
    if name == "ocsf":
        return [ComplianceFinding.model_validate(one) for one in json.loads(text)]
    if name == "asff":
        found = json.loads(text)
        validate_parameters({"Findings": found[:100]}, import_findings().input_shape)
        return found
    if name == "csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return MarkdownIt("commonmark").enable("table").parse(text) if name == "markdown" else text


def test_all_formats_are_installed() -> None:
    assert formats()[:3] == ("html", "pdf", "json")
    assert set(TEXTUAL) < set(formats())
    assert len({renderer(name).file_name for name in formats()}) == len(formats())


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_same_report_gives_the_same_bytes(name: str, sample: Report) -> None:
    assert rendered(name, sample) == rendered(name, sample)


@pytest.mark.parametrize("name", TEXTUAL)
def test_it_is_read_by_those_who_consume_it(name: str, sample: Report) -> None:
    assert well_formed(name, rendered(name, sample))


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_name_breaks_a_format(resource: str, reason: str, title: str) -> None:
    report = small(
        finding("trail.logging", Status.FAIL, resource=resource, reason=reason, title=title or "t"),
        finding("trail.encryption", Status.UNKNOWN, resource=title, reason=resource, title=reason or "t"),
    )
    for name in ("sarif", "junit", "ocsf", "asff", "csv", "markdown"):
        well_formed(name, rendered(name, report))


def by_status(sample: Report, status: Status) -> list[Finding]:
    return [one for one in sample.findings if one.status is status and one.waiver is None]


def test_sarif(sample: Report) -> None:
    (run,) = json.loads(rendered("sarif", sample))["runs"]
    kinds = [result["kind"] for result in run["results"] if "suppressions" not in result]
    assert kinds.count("fail") == len(by_status(sample, Status.FAIL))
    assert kinds.count("open") == len(by_status(sample, Status.UNKNOWN))
    waived = [result for result in run["results"] if "suppressions" in result]
    assert len(waived) == sample.summary.waived
    assert all("j.doe@example.com" in one["suppressions"][0]["justification"] for one in waived)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith("aws/111122223333/")
        assert not set(uri) & set(' <>"\\^`{|}')
        assert (result["level"] == "none") is (result["kind"] != "fail")
    prints = [result["partialFingerprints"]["findingId/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_junit(sample: Report) -> None:
    suites = well_formed("junit", rendered("junit", sample))
    assert sum(suite.tests for suite in suites) == len(sample.findings)
    assert sum(suite.failures for suite in suites) == len(by_status(sample, Status.FAIL))
    assert sum(suite.errors for suite in suites) == len(by_status(sample, Status.UNKNOWN))
    assert sum(suite.skipped for suite in suites) >= sample.summary.waived
    assert [suite.name for suite in suites][:4] == ["trail", "bucket", "cloudwatch", "alarm"]


def test_ocsf(sample: Report) -> None:
    events = json.loads(rendered("ocsf", sample))
    failed = [one for one in events if one["compliance"]["status_id"] == 3 and one["status_id"] != 3]
    assert len(failed) == len(by_status(sample, Status.FAIL))
    assert {one["cloud"]["account"]["uid"] for one in events} == {"111122223333"}
    assert all(one["time"] == 1795491019412 for one in events), "milliseconds, of the run's end"


def test_asff_is_imported(sample: Report, aws_account: Account) -> None:
    found = json.loads(rendered("asff", sample))
    assert len(found) == len(sample.findings)
    assert {one["Compliance"]["Status"] for one in found} >= {"PASSED", "FAILED", "WARNING"}
    assert sum(one["Workflow"]["Status"] == "SUPPRESSED" for one in found) == sample.summary.waived
    other = DemoAccount(aws_account.endpoint_url, account_id="111122223333")
    client = other.client("securityhub", "us-west-2")
    client.enable_security_hub()
    answer = client.batch_import_findings(Findings=found[:100])
    assert (answer["FailedCount"], answer["SuccessCount"]) == (0, min(100, len(found)))


def test_csv(sample: Report) -> None:
    rows = well_formed("csv", rendered("csv", sample))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(sample.findings)
    lost = [row for row in rows if row["lost event"]]
    assert lost
    assert {row["status"] for row in lost} == {"fail"}


@pytest.mark.parametrize("formula", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_holds_no_formula(formula: str) -> None:
    (row,) = well_formed("csv", rendered("csv", small(finding("trail.logging", reason=formula))))
    assert row["reason"].startswith("'")


def test_markdown_is_a_table_without_markup_of_strangers(sample: Report) -> None:
    text = rendered("markdown", sample).decode()
    html = MarkdownIt("commonmark").enable("table").render(text)
    shown = len(by_status(sample, Status.FAIL)) + len(by_status(sample, Status.UNKNOWN)) + sample.summary.waived
    assert html.count("<tr>") == shown + 1
    assert "<script" not in html
    assert "<img" not in html
    assert "<a " not in html


def test_a_broken_format_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("gone", "no.such.module:RENDERER", "auditor.formats"),
        EntryPoint("wrong", "auditor.report:Report", "auditor.formats"),
        EntryPoint("other", "auditor.render.machine:RENDERER", "auditor.formats"),
    ]
    monkeypatch.setattr("auditor.render.registry.entry_points", lambda **_: points)
    for name in ("gone", "wrong", "other"):
        with pytest.raises(ConfigurationError, match=f"The format {name} of an unknown package does not work"):
            renderer(name)
