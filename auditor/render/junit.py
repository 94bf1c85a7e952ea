"""The report as JUnit XML, for the test pages of CI systems.

Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from auditor.findings import Finding
from auditor.render.view import Verdict, arrange, verdict
from auditor.render.visible import one_line, visible
from auditor.report import Report


class JunitRenderer:
    """Gives a test case for each finding, in a suite for each family of checks."""

    name = "junit"
    file_name = "report.junit.xml"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        view = arrange(report)
        root = ET.Element("testsuites", name=f"trail-auditor {report.run.account_id}")
        for area in view.areas:
            root.append(_suite(area.name, [item.finding for item in area.items], report))
        ET.indent(root)
        text: str = ET.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _suite(name: str, findings: Sequence[Finding], report: Report) -> ET.Element:
    verdicts = [verdict(one) for one in findings]
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(findings)),
        failures=str(verdicts.count(Verdict.FAIL)),
        errors=str(verdicts.count(Verdict.UNKNOWN)),
        skipped=str(verdicts.count(Verdict.WAIVED) + verdicts.count(Verdict.NOT_APPLICABLE)),
        time="0",
        timestamp=f"{report.run.started_at:%Y-%m-%dT%H:%M:%S}",
    )
    for one in findings:
        suite.append(_case(one))
    return suite


def _case(finding: Finding) -> ET.Element:
    name = f"{finding.title} [{finding.resource}]"
    case = ET.Element("testcase", classname=one_line(finding.check_id), name=one_line(name), time="0")
    found, reason = verdict(finding), one_line(finding.reason)
    if found is Verdict.FAIL:
        told = ET.SubElement(case, "failure", message=reason, type=finding.severity.value)
        told.text = _details(finding)
    elif found is Verdict.UNKNOWN:
        told = ET.SubElement(case, "error", message=reason, type="unknown")
        told.text = _details(finding)
    elif found is Verdict.WAIVED and finding.waiver is not None:
        waiver = finding.waiver
        ET.SubElement(case, "skipped", message=one_line(f"{waiver.reason} ({waiver.owner}, until {waiver.expires})"))
    elif found is Verdict.NOT_APPLICABLE:
        ET.SubElement(case, "skipped", message=reason)
    return case


def _details(finding: Finding) -> str:
    lines = [finding.reason, f"Resource: {finding.resource}", f"Finding: {finding.id}", *finding.notes]
    if finding.remediation is not None:
        lines += [finding.remediation.summary, *finding.remediation.commands]
    return visible("\n".join(lines))


RENDERER = JunitRenderer()
