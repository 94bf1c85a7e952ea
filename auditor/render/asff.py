"""The report as findings in the AWS Security Finding Format, for Security Hub's BatchImportFindings.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
"""

from __future__ import annotations

from auditor.findings import Finding, Severity, Status
from auditor.model.arn import Arn
from auditor.render.exchange import TOOL, Tree, as_json, legible, zulu
from auditor.render.visible import one_line, shortened
from auditor.render.wording import numbers, standard, waiving
from auditor.report import Report, Run

_SEVERITIES = {
    Severity.CRITICAL: "CRITICAL",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
    Severity.INFO: "INFORMATIONAL",
}
_COMPLIANCE = {
    Status.PASS: "PASSED",
    Status.FAIL: "FAILED",
    Status.UNKNOWN: "WARNING",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_CIS = "Software and Configuration Checks/Industry and Regulatory Standards/CIS AWS Foundations Benchmark"
_OTHERS = "Software and Configuration Checks/AWS Security Best Practices"
# Only types that Security Hub knows; any other resource is of type Other.
_TYPES = {
    ("cloudtrail", "trail/"): "AwsCloudTrailTrail",
    ("cloudwatch", "alarm:"): "AwsCloudWatchAlarm",
    ("iam", "role/"): "AwsIamRole",
    ("kms", "key/"): "AwsKmsKey",
    ("s3", ""): "AwsS3Bucket",
    ("sns", ""): "AwsSnsTopic",
}
_LONGEST = {"title": 256, "description": 1024, "id": 512, "recommendation": 512, "reason": 2048, "note": 512}
_LONGEST_REQUIREMENT, _MOST_REQUIREMENTS = 64, 32
_LONGEST_FIELD, _MOST_FIELDS = 2048, 50


class AsffFormat:
    """Gives the report as a JSON list of findings; one call of BatchImportFindings takes at most 100 of them."""

    name = "asff"
    file_name = "report.asff.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        return as_json([_finding(finding, seen) for finding in seen.findings])


def _finding(finding: Finding, report: Report) -> Tree:
    run = report.run
    mended = finding.status in {Status.PASS, Status.NOT_APPLICABLE}
    return {
        "SchemaVersion": "2018-10-08",
        "Id": _text(f"{TOOL}/{finding.account_id}/{finding.id}", "id"),
        # A finding is imported in the region that its product's ARN names, wherever its resource is.
        "ProductArn": f"arn:{run.partition}:securityhub:{run.region}:{run.account_id}:product/{run.account_id}/default",
        "ProductName": TOOL,
        "CompanyName": TOOL,
        "Region": run.region,
        "GeneratorId": _text(f"{TOOL}/{finding.check_id}", "id"),
        "AwsAccountId": run.account_id,
        "Types": [_CIS if numbers(finding, run.benchmark) else _OTHERS],
        "CreatedAt": zulu(run.started_at),
        "UpdatedAt": zulu(run.finished_at),
        "LastObservedAt": zulu(run.started_at),
        "Severity": {
            "Label": "INFORMATIONAL" if mended else _SEVERITIES[finding.severity],
            "Original": finding.severity.value,
        },
        "Title": _text(finding.title, "title"),
        "Description": _text(finding.reason, "description"),
        **_mending(finding),
        "ProductFields": _fields(finding),
        "Resources": [_resource(finding, run)],
        "Compliance": _compliance(finding, run.benchmark),
        "Workflow": {"Status": "SUPPRESSED" if finding.waiver else "RESOLVED" if mended else "NEW"},
        "RecordState": "ARCHIVED" if finding.status is Status.NOT_APPLICABLE else "ACTIVE",
        **_note(finding, run),
    }


def _mending(finding: Finding) -> dict[str, Tree]:
    remedy = finding.remediation
    if remedy is None:
        return {}
    pages = [page for page in remedy.references if page.startswith("https://")]
    return {
        "Remediation": {
            "Recommendation": {
                "Text": _text(remedy.summary, "recommendation"),
                **({"Url": pages[0]} if pages else {}),
            }
        }
    }


def _fields(finding: Finding) -> dict[str, Tree]:
    """Whatever has no place of its own; where one command does not fit, all are left out, for a part is a trap."""
    link = finding.breaks_at
    facts = {
        "check": finding.check_id,
        "status": finding.status.value,
        "account": finding.account_id,
        "region": finding.region,
        "resource": finding.resource,
        "security-hub": ", ".join(finding.security_hub),
        "breaks-at": link.link.value if link else "",
    }
    commands = finding.remediation.commands if finding.remediation else ()
    fitting = len(facts) + len(commands) <= _MOST_FIELDS and all(len(each) <= _LONGEST_FIELD for each in commands)
    if fitting:
        facts |= {f"command-{place}": command for place, command in enumerate(commands, start=1)}
    else:
        facts["commands-left-out"] = str(len(commands))
    return {f"{TOOL}/{name}": shortened(value, _LONGEST_FIELD) for name, value in facts.items() if value.strip()}


def _resource(finding: Finding, run: Run) -> Tree:
    arn = Arn.parse(finding.resource)
    if finding.resource == finding.account_id:
        kind, name = "AwsAccount", f"AWS::::Account:{finding.account_id}"
    else:
        kind, name = _kind(arn), _text(finding.resource, "id")
    return {
        "Type": kind,
        "Id": name,
        "Partition": run.partition,
        **({"Region": finding.region} if finding.region.strip() else {}),
    }


def _kind(arn: Arn | None) -> str:
    found = (
        kind
        for (service, start), kind in _TYPES.items()
        if arn and (arn.service, True) == (service, arn.resource.startswith(start))
    )
    return next(found, "Other")


def _compliance(finding: Finding, benchmark: str) -> Tree:
    # RelatedRequirements may hold 64 characters each: the version's short name leaves room for the number.
    name = standard(benchmark)
    related = [shortened(f"{name}/{number}", _LONGEST_REQUIREMENT) for number in numbers(finding, benchmark)]
    return {
        "Status": _COMPLIANCE[finding.status],
        **({"RelatedRequirements": related[:_MOST_REQUIREMENTS]} if related else {}),
        "StatusReasons": [
            {"ReasonCode": finding.status.value, "Description": _text(finding.reason, "reason")},
        ],
    }


def _note(finding: Finding, run: Run) -> dict[str, Tree]:
    if finding.waiver is None:
        return {}
    return {
        "Note": {
            "Text": _text(waiving(finding.waiver), "note"),
            "UpdatedBy": _text(finding.waiver.owner, "note"),
            "UpdatedAt": zulu(run.finished_at),
        }
    }


def _text(text: str, part: str) -> str:
    """Gives a text on one line, within the length that the part may have; none may be empty."""
    return shortened(one_line(text), _LONGEST[part]) or "-"
