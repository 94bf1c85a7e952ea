"""The report in the AWS Security Finding Format, for Security Hub's BatchImportFindings.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
"""

from __future__ import annotations

from pydantic import JsonValue

from auditor.findings import Finding, Severity, Status
from auditor.render.machine import encoded
from auditor.render.visible import one_line, shortened, visible
from auditor.report import Report

_LABELS = {Severity.INFO: "INFORMATIONAL"}
_STATUSES = {
    Status.PASS: "PASSED",
    Status.FAIL: "FAILED",
    Status.UNKNOWN: "WARNING",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards/CIS AWS Foundations Benchmark"
# The longest texts that Security Hub takes.
_TITLE, _DESCRIPTION, _ADVICE, _ID, _FIELD = 256, 1024, 512, 512, 2048
_MOST_REQUIREMENTS = 32


class AsffRenderer:
    """Gives a list of findings; BatchImportFindings takes a hundred of them at a time."""

    name = "asff"
    file_name = "report.asff.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return encoded([_finding(one, report) for one in report.findings])


def _finding(finding: Finding, report: Report) -> dict[str, JsonValue]:
    run = report.run
    product = f"arn:{run.partition}:securityhub:{run.region}:{run.account_id}:product/{run.account_id}/default"
    at = f"{run.finished_at:%Y-%m-%dT%H:%M:%SZ}"
    told: dict[str, JsonValue] = {
        "SchemaVersion": "2018-10-08",
        "Id": shortened(f"trail-auditor/{finding.account_id}/{visible(finding.id)}", _ID),
        "ProductArn": product,
        "GeneratorId": shortened(visible(finding.check_id), _ID),
        "AwsAccountId": run.account_id,
        "Types": [_TYPE],
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": _LABELS.get(finding.severity, finding.severity.value.upper())},
        "Title": _text(finding.title, _TITLE),
        "Description": _text(finding.reason, _DESCRIPTION),
        "ProductFields": {"trail-auditor/reason": _text(finding.reason, _FIELD)},
        "Resources": [
            {
                "Type": "Other",
                "Id": _text(finding.resource, _ID),
                "Partition": run.partition,
                "Region": finding.region or run.region,
            }
        ],
        "Compliance": {
            "Status": _STATUSES[finding.status],
            "RelatedRequirements": [
                f"{version.upper()}/{number}" for version, number in list(finding.controls.items())[:_MOST_REQUIREMENTS]
            ],
        },
        "Workflow": {"Status": _workflow(finding)},
        "RecordState": "ACTIVE",
    }
    if finding.remediation is not None:
        pages = [page for page in finding.remediation.references if page.startswith("https://")]
        advice: dict[str, JsonValue] = {"Text": _text(finding.remediation.summary, _ADVICE)}
        told["Remediation"] = {"Recommendation": {**advice, **({"Url": pages[0]} if pages else {})}}
    return told


def _workflow(finding: Finding) -> str:
    if finding.waiver is not None:
        return "SUPPRESSED"
    return "RESOLVED" if finding.status in {Status.PASS, Status.NOT_APPLICABLE} else "NEW"


def _text(text: str, limit: int) -> str:
    return shortened(one_line(text), limit) or "-"


RENDERER = AsffRenderer()
