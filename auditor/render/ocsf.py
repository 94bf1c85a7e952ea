"""The report as OCSF Compliance Findings, for security lakes.

Source: https://schema.ocsf.io/1.5.0/classes/compliance_finding
"""

from __future__ import annotations

from pydantic import JsonValue

from auditor.findings import Finding, Severity, Status
from auditor.render.machine import encoded
from auditor.render.visible import visible
from auditor.report import Report

_VERSION = "1.5.0"
_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_STATUSES = {Status.PASS: (1, "Pass"), Status.FAIL: (3, "Fail"), Status.UNKNOWN: (0, "Unknown")}
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")


class OcsfRenderer:
    """Gives one event of class 2003 for each finding that applies, in a list."""

    name = "ocsf"
    file_name = "report.ocsf.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return encoded([_event(one, report) for one in report.findings if one.status is not Status.NOT_APPLICABLE])


def _event(finding: Finding, report: Report) -> dict[str, JsonValue]:
    time = int(report.run.finished_at.timestamp() * 1000)
    severity_id, severity = _SEVERITIES[finding.severity]
    status_id, status = _SUPPRESSED if finding.waiver else _RESOLVED if finding.status is Status.PASS else _NEW
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": visible(finding.reason),
        "metadata": {
            "version": _VERSION,
            "event_code": visible(finding.check_id),
            "product": {"name": report.tool.name, "vendor_name": report.tool.name, "version": report.tool.version},
            "profiles": ["cloud"],
        },
        "finding_info": {
            "uid": visible(finding.id),
            "title": visible(finding.title),
            "desc": visible(finding.rationale),
            "created_time": time,
            "types": ["Software and Configuration Checks"],
        },
        "compliance": _compliance(finding),
        "resources": [
            {"uid": visible(finding.resource), "region": finding.region, "cloud_partition": report.run.partition}
        ],
        "cloud": {
            "provider": "AWS",
            "region": finding.region,
            "account": {"uid": finding.account_id, "type": "AWS Account", "type_id": 10},
        },
        **_remedy(finding),
    }


def _compliance(finding: Finding) -> dict[str, JsonValue]:
    status_id, status = _STATUSES[finding.status]
    return {
        "standards": list(finding.controls) or ["trail-auditor"],
        "requirements": [f"{version}: {number}" for version, number in finding.controls.items()],
        "control": visible(finding.check_id),
        "status": status,
        "status_id": status_id,
    }


def _remedy(finding: Finding) -> dict[str, JsonValue]:
    if finding.remediation is None:
        return {}
    lines = [finding.remediation.summary, *finding.remediation.commands]
    return {"remediation": {"desc": visible("\n".join(lines)), "references": list(finding.remediation.references)}}


RENDERER = OcsfRenderer()
