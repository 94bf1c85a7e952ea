"""The report as SARIF 2.1.0, for code scanning.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from pydantic import JsonValue

from auditor.findings import Finding, Severity, Status
from auditor.render.machine import encoded
from auditor.render.visible import shortened, visible
from auditor.report import Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
# What GitHub sorts its alerts by.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.5",
}
_LONGEST = 2000


class SarifRenderer:
    """Gives what fails, what is open and what is waived; what passes is no result of a scan for problems."""

    name = "sarif"
    file_name = "report.sarif"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        shown = [one for one in report.findings if one.status in {Status.FAIL, Status.UNKNOWN}]
        rules = {one.check_id: one for one in report.findings}
        places = {check_id: place for place, check_id in enumerate(rules)}
        run = report.run
        log: dict[str, JsonValue] = {
            "$schema": _SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": report.tool.name,
                            "version": report.tool.version,
                            "rules": [_rule(one, run.benchmark) for one in rules.values()],
                        }
                    },
                    "automationDetails": {"id": f"trail-auditor/{run.account_id}/"},
                    "invocations": [
                        {
                            "executionSuccessful": True,
                            "startTimeUtc": f"{run.started_at:%Y-%m-%dT%H:%M:%SZ}",
                            "endTimeUtc": f"{run.finished_at:%Y-%m-%dT%H:%M:%SZ}",
                        }
                    ],
                    "columnKind": "unicodeCodePoints",
                    "results": _results(shown, places),
                }
            ],
        }
        return encoded(log)


def _rule(finding: Finding, benchmark: str) -> dict[str, JsonValue]:
    number = finding.controls.get(benchmark, "")
    tags: list[JsonValue] = ["security", *([f"{benchmark}/{number}"] if number else [])]
    return {
        "id": visible(finding.check_id),
        "shortDescription": {"text": _text(finding.title)},
        "fullDescription": {"text": _text(finding.rationale)},
        "help": {"text": _text(finding.rationale)},
        "defaultConfiguration": {"level": _LEVELS.get(finding.severity, "note")},
        "properties": {"tags": tags, "security-severity": _SCORES[finding.severity]},
    }


def _results(findings: Iterable[Finding], places: dict[str, int]) -> list[JsonValue]:
    return [_result(one, places[one.check_id]) for one in findings]


def _result(finding: Finding, place: int) -> dict[str, JsonValue]:
    failed = finding.status is Status.FAIL
    result: dict[str, JsonValue] = {
        "ruleId": visible(finding.check_id),
        "ruleIndex": place,
        # A result that is not a failure has no level: section 3.27.10.
        "kind": "fail" if failed else "open",
        "level": _LEVELS.get(finding.severity, "note") if failed else "none",
        "message": {"text": _message(finding)},
        "locations": [_location(finding)],
        "partialFingerprints": {"findingId/v1": visible(finding.id)},
    }
    if finding.waiver is not None:
        told = f"{finding.waiver.reason} ({finding.waiver.owner}, until {finding.waiver.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _text(told)}]
    return result


def _message(finding: Finding) -> str:
    parts = [finding.reason]
    if finding.remediation is not None:
        parts += [finding.remediation.summary, *finding.remediation.commands]
    return _text("\n".join(part for part in parts if part), 4 * _LONGEST)


def _location(finding: Finding) -> dict[str, JsonValue]:
    """Gives where the result is: code scanning wants a file, so that the resource's name is written as one."""
    path = f"aws/{finding.account_id}/{finding.region}/{visible(shortened(finding.resource, 400))}"
    return {
        "physicalLocation": {"artifactLocation": {"uri": quote(path, safe="/")}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": _text(finding.resource), "kind": "resource"}],
    }


def _text(text: str, limit: int = _LONGEST) -> str:
    return shortened(visible(text), limit) or "-"


RENDERER = SarifRenderer()
