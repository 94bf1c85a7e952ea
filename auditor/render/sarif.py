"""The report as SARIF 2.1.0, for code scanning and other viewers of analysis results.

Only what needs someone's attention becomes a result: failures, what stayed open, and failures that are waived, as
suppressed. GitHub takes every result for an alert, whatever its kind, so findings that pass are left out; an alert
closes when its result is gone.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html,
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.findings import Finding, Severity, Status
from auditor.render.exchange import TOOL, Tree, as_json, legible, resource_path, stable_uuid, zulu
from auditor.render.visible import one_line, shortened
from auditor.render.wording import numbers, standard, waiving
from auditor.report import Report, Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub's bands: critical above 9.0, high from 7.0, medium from 4.0, low from 0.1.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_LONGEST_DESCRIPTION = 1024


class SarifFormat:
    """Gives the report as a SARIF log of one run."""

    name = "sarif"
    file_name = "report.sarif"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        rules = _rules(seen)
        places = {check_id: place for place, check_id in enumerate(rules)}
        run: Tree = {
            "tool": {"driver": {"name": TOOL, "version": seen.tool.version, "rules": list(rules.values())}},
            # What stands before the last slash is the category that GitHub tells one account from another by.
            "automationDetails": {"id": f"{TOOL}/{seen.run.account_id}/{seen.run.id}"},
            "invocations": [
                {
                    "executionSuccessful": True,
                    "startTimeUtc": zulu(seen.run.started_at),
                    "endTimeUtc": zulu(seen.run.finished_at),
                }
            ],
            "results": [
                _result(finding, seen.run, places[finding.check_id])
                for finding in seen.findings
                if finding.status in {Status.FAIL, Status.UNKNOWN}
            ],
            "properties": {
                "account": seen.run.account_id,
                "region": seen.run.region,
                "benchmark": seen.run.benchmark,
                "score": seen.summary.score,
            },
        }
        return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(report: Report) -> dict[str, Tree]:
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_check.setdefault(finding.check_id, []).append(finding)
    return {check_id: _rule(found, report.run.benchmark) for check_id, found in by_check.items()}


def _rule(findings: list[Finding], benchmark: str) -> Tree:
    first = findings[0]
    gravest = min((finding.severity for finding in findings), key=lambda severity: severity.rank)
    pages = tuple(dict.fromkeys(page for finding in findings for page in _pages(finding)))
    score = {"security-severity": _SCORES[gravest]} if gravest in _SCORES else {}
    tags = ["security", "aws", *(f"{benchmark}/{number}" for number in numbers(first, benchmark))]
    return {
        "id": first.check_id,
        "shortDescription": {"text": _message(shortened(one_line(first.title), _LONGEST_DESCRIPTION))},
        "fullDescription": {"text": _message(shortened(one_line(first.rationale), _LONGEST_DESCRIPTION))},
        "help": {"text": _message("\n\n".join((f"It passes when: {first.title}.", first.rationale, *pages)))},
        **({"helpUri": pages[0]} if pages else {}),
        "defaultConfiguration": {"level": _LEVELS[gravest]},
        "properties": {"tags": tags, **score, "controls": first.controls, "securityHub": list(first.security_hub)},
    }


def _result(finding: Finding, run: Run, rule: int) -> Tree:
    fails = finding.status is Status.FAIL
    return {
        "ruleId": finding.check_id,
        "ruleIndex": rule,
        "kind": "fail" if fails else "open",
        # Section 3.27.10: whatever is no failure has the level none.
        "level": _LEVELS[finding.severity] if fails else "none",
        "message": {"text": _message("\n\n".join(_said(finding, run.benchmark)))},
        "locations": [_location(finding)],
        "guid": stable_uuid("result", run.id, finding.id),
        "correlationGuid": stable_uuid("finding", finding.id),
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.id}:1", "findingId/v1": finding.id},
        **_suppressed(finding),
        "properties": _properties(finding),
    }


def _said(finding: Finding, benchmark: str) -> Iterable[str]:
    yield one_line(finding.reason)
    number = finding.controls.get(benchmark)
    control = f" {standard(benchmark)}, control {number}." if number else ""
    yield one_line(f"Resource: {finding.resource}. Account: {finding.account_id}. Region: {finding.region}.{control}")
    if finding.remediation:
        yield f"To mend it: {one_line(finding.remediation.summary)}"
    if finding.waiver:
        yield waiving(finding.waiver)


def _location(finding: Finding) -> Tree:
    # A cloud resource has no file, but GitHub refuses a log with a result that names none.
    uri = resource_path(finding.account_id, finding.region, finding.resource)
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
        "logicalLocations": [
            {"name": shortened(finding.resource, 256), "fullyQualifiedName": finding.resource, "kind": "resource"}
        ],
    }


def _suppressed(finding: Finding) -> dict[str, Tree]:
    if finding.waiver is None:
        return {}
    return {
        "suppressions": [
            {
                "kind": "external",
                "status": "accepted",
                "guid": stable_uuid("waiver", finding.id),
                "justification": finding.waiver.reason,
                "properties": {"owner": finding.waiver.owner, "expires": finding.waiver.expires.isoformat()},
            }
        ]
    }


def _properties(finding: Finding) -> Tree:
    link = finding.breaks_at
    return {
        "findingId": finding.id,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "account": finding.account_id,
        "region": finding.region,
        "resource": finding.resource,
        "controls": finding.controls,
        **({"breaksAt": link.link.value} if link else {}),
        **({"witness": finding.witness} if finding.witness else {}),
        **({"remediation": finding.remediation.model_dump(mode="json")} if finding.remediation else {}),
    }


def _pages(finding: Finding) -> tuple[str, ...]:
    pages = finding.remediation.references if finding.remediation else ()
    return tuple(page for page in pages if page.startswith("https://") and page.isascii() and " " not in page)


def _message(text: str) -> str:
    """Gives a text as a message: no placeholder (section 3.11.5) and no link (section 3.11.6) comes of it."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
