"""The report as JUnit XML, for the test reports of CI systems: a check on a resource is a test case.

Source: https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from auditor.findings import Finding, Status
from auditor.render.exchange import TOOL, legible, zulu
from auditor.render.visible import one_line, shortened
from auditor.render.wording import explained, waiving
from auditor.report import Report

_LONGEST_NAME = 512


class JunitFormat:
    """Gives the report as one test suite for each family of checks."""

    name = "junit"
    file_name = "report.junit.xml"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        families: dict[str, list[Finding]] = {}
        for finding in seen.findings:
            families.setdefault(finding.check_id.partition(".")[0], []).append(finding)
        root = Element("testsuites", {"name": TOOL, "time": _seconds(seen), **_counts(seen.findings)})
        for family, findings in families.items():
            root.append(_suite(family, findings, seen))
        indent(root)
        content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return content + b"\n"


def _suite(family: str, findings: list[Finding], report: Report) -> Element:
    run = report.run
    suite = Element("testsuite", {"name": f"{TOOL}.{family}", **_counts(findings)})
    suite.set("skipped", str(sum(_outcome(finding) == "skipped" for finding in findings)))
    suite.set("timestamp", zulu(run.started_at).removesuffix("Z"))
    suite.set("hostname", run.account_id)
    properties = SubElement(suite, "properties")
    about = {"account": run.account_id, "region": run.region, "benchmark": run.benchmark, "report": run.id}
    for name, value in about.items():
        SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(_case(finding, run.benchmark) for finding in findings)
    return suite


def _case(finding: Finding, benchmark: str) -> Element:
    name = shortened(one_line(f"{finding.title} [{finding.resource}]"), _LONGEST_NAME)
    case = Element("testcase", {"classname": one_line(finding.check_id), "name": name})
    outcome = _outcome(finding)
    if outcome:
        said = waiving(finding.waiver) if finding.waiver else one_line(finding.reason)
        told = SubElement(case, outcome, {"type": finding.severity.value, "message": said})
        told.text = explained(finding, benchmark)
    return case


def _outcome(finding: Finding) -> str:
    """The element that tells how a test case went; none where it passed."""
    if finding.waiver is not None:
        return "skipped"
    return {Status.FAIL: "failure", Status.UNKNOWN: "error", Status.NOT_APPLICABLE: "skipped", Status.PASS: ""}[
        finding.status
    ]


def _counts(findings: list[Finding] | tuple[Finding, ...]) -> dict[str, str]:
    outcomes = [_outcome(finding) for finding in findings]
    return {
        "tests": str(len(findings)),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
    }


def _seconds(report: Report) -> str:
    return f"{max(0.0, (report.run.finished_at - report.run.started_at).total_seconds()):.3f}"
