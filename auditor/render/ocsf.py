"""The report as events of the Open Cybersecurity Schema Framework 1.8.0, class Compliance Finding (2003).

Source: https://schema.ocsf.io/1.8.0/classes/compliance_finding?profiles=cloud
"""

from __future__ import annotations

from auditor.findings import Evidence, Finding, Severity, Status
from auditor.render.exchange import TOOL, Tree, as_json, legible, milliseconds, stable_uuid
from auditor.render.wording import numbers, standard, waiving
from auditor.report import Report, Run

VERSION = "1.8.0"
_CATEGORY, _CLASS, _CREATED = 2, 2003, 1
_SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
# How the finding is handled, which is not how the check went.
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
_COMPLIANCE = {
    Status.PASS: (1, "Pass"),
    Status.FAIL: (3, "Fail"),
    Status.UNKNOWN: (0, "Unknown"),
    # Where none of the schema's values fits, the source's own is named beside 99.
    Status.NOT_APPLICABLE: (99, "Not Applicable"),
}
_RULE = 1
_AWS_ACCOUNT = 10


class OcsfFormat:
    """Gives the report as a JSON list of events."""

    name = "ocsf"
    file_name = "report.ocsf.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        return as_json([_event(finding, seen) for finding in seen.findings])


def _event(finding: Finding, report: Report) -> Tree:
    run = report.run
    severity_id, severity = _SEVERITIES[finding.severity]
    status_id, status = _handling(finding)
    return {
        "activity_id": _CREATED,
        "activity_name": "Create",
        "category_uid": _CATEGORY,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + _CREATED,
        "type_name": "Compliance Finding: Create",
        "time": milliseconds(run.finished_at),
        "start_time": milliseconds(run.started_at),
        "end_time": milliseconds(run.finished_at),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "status_code": finding.status.value,
        "status_detail": finding.reason,
        "message": finding.reason,
        **({"comment": waiving(finding.waiver)} if finding.waiver else {}),
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "uid": stable_uuid("event", run.id, finding.id),
            "event_code": finding.check_id,
            "product": {"name": TOOL, "vendor_name": TOOL, "uid": TOOL, "version": report.tool.version},
        },
        "cloud": _cloud(finding, run),
        "finding_info": {
            "uid": finding.id,
            "title": finding.title,
            "desc": finding.rationale,
            "types": ["Compliance"],
            "created_time": milliseconds(run.started_at),
            "analytic": {"name": finding.title, "uid": finding.check_id, "type_id": _RULE, "type": "Rule"},
        },
        "compliance": _compliance(finding, run.benchmark),
        "resources": [
            {
                "uid": finding.resource,
                "name": finding.resource,
                "region": finding.region,
                "cloud_partition": run.partition,
            }
        ],
        **_mending(finding),
        **({"evidences": [_evidence(each) for each in finding.evidence]} if finding.evidence else {}),
        "unmapped": _unmapped(finding),
    }


def _handling(finding: Finding) -> tuple[int, str]:
    if finding.waiver is not None:
        return _SUPPRESSED
    return _NEW if finding.status in {Status.FAIL, Status.UNKNOWN} else _RESOLVED


def _cloud(finding: Finding, run: Run) -> Tree:
    alias = {"name": run.aliases[0]} if run.aliases and finding.account_id == run.account_id else {}
    return {
        "provider": "AWS",
        "region": finding.region,
        "cloud_partition": run.partition,
        "account": {"uid": finding.account_id, **alias, "type_id": _AWS_ACCOUNT, "type": "AWS Account"},
    }


def _compliance(finding: Finding, benchmark: str) -> Tree:
    status_id, status = _COMPLIANCE[finding.status]
    found = numbers(finding, benchmark)
    return {
        "status_id": status_id,
        "status": status,
        "status_details": [finding.reason, *finding.notes],
        "control": ", ".join(found) or finding.check_id,
        "desc": finding.title,
        "standards": [standard(benchmark)] if found else [],
        "requirements": [f"{version} {number}" for version, number in finding.controls.items()],
    }


def _mending(finding: Finding) -> dict[str, Tree]:
    remedy = finding.remediation
    if remedy is None:
        return {}
    desc = "\n".join((remedy.summary, *remedy.commands))
    return {"remediation": {"desc": desc, "references": list(remedy.references)}}


def _evidence(evidence: Evidence) -> Tree:
    call = {"name": evidence.source.call, "uid": evidence.source.request_id} if evidence.source else {}
    return {**call, "data": {"resource": evidence.resource, "observed": evidence.observed}}


def _unmapped(finding: Finding) -> Tree:
    return {
        "security_hub": list(finding.security_hub),
        "commands": list(finding.remediation.commands) if finding.remediation else [],
        "chain": [link.model_dump(mode="json") for link in finding.chain],
        **({"witness": finding.witness} if finding.witness else {}),
        **({"waiver": finding.waiver.model_dump(mode="json")} if finding.waiver else {}),
    }
