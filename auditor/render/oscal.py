"""The report as assessment results of NIST's Open Security Controls Assessment Language.

Source: https://pages.nist.gov/OSCAL-Reference/models/latest/assessment-results/json-outline/
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from auditor.findings import Evidence, Finding, Status
from auditor.render.exchange import TOOL, Tree, as_json, legible, stable_uuid, zulu
from auditor.render.markup import fenced, plain
from auditor.render.visible import one_line, shortened
from auditor.render.wording import numbers, standard
from auditor.report import Report

VERSION = "1.2.1"
_NAMESPACE = f"urn:{TOOL}:oscal"
_LONGEST_TITLE = 256
# What the check came to: the two states that OSCAL has, and why. What does not apply has observations only.
_STATES = {
    Status.PASS: ("satisfied", "pass"),
    Status.FAIL: ("not-satisfied", "fail"),
    Status.UNKNOWN: ("not-satisfied", "other"),
}


class OscalFormat:
    """Gives the report as one assessment-results document with one result."""

    name = "oscal"
    file_name = "report.oscal.json"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        run = seen.run
        plan = stable_uuid("plan", run.benchmark)
        title = f"Audit of AWS account {run.account_id} against {standard(run.benchmark)}"
        return as_json(
            {
                "assessment-results": {
                    "uuid": stable_uuid("assessment-results", run.id),
                    "metadata": {
                        "title": plain(title),
                        "last-modified": zulu(run.finished_at),
                        "version": one_line(run.id) or "-",
                        "oscal-version": VERSION,
                        "props": _props({"tool": f"{seen.tool.name} {seen.tool.version}", "caller": run.caller_arn}),
                    },
                    "import-ap": {"href": f"#{plan}"},
                    "results": [_result(seen, title)],
                    "back-matter": {
                        "resources": [
                            {
                                "uuid": plan,
                                "title": plain(f"The checks of {TOOL} for {standard(run.benchmark)}"),
                                "description": plain("The plan is the set of checks; each finding names its own."),
                            }
                        ]
                    },
                }
            }
        )


def _result(report: Report, title: str) -> Tree:
    run = report.run
    judged = [finding for finding in report.findings if finding.status in _STATES]
    open_ = [finding for finding in judged if finding.status is not Status.PASS]
    return {
        "uuid": stable_uuid("result", run.id),
        "title": plain(title),
        "description": plain(f"{len(report.findings)} findings; the score is {report.summary.score} of 100."),
        "start": zulu(run.started_at),
        "end": zulu(run.finished_at),
        "props": _props({"benchmark": run.benchmark, "score": str(report.summary.score), "region": run.region}),
        **_given("local-definitions", _definitions(report.findings)),
        "reviewed-controls": {"control-selections": [_reviewed(report)]},
        **_given("observations", [_observation(finding, report) for finding in report.findings]),
        **_given("risks", [_risk(finding) for finding in open_]),
        **_given("findings", [_finding(finding, run.benchmark) for finding in judged]),
    }


def _definitions(findings: tuple[Finding, ...]) -> dict[str, Tree]:
    items: dict[str, Tree] = {}
    for finding in findings:
        items[_subject(finding)] = {
            "uuid": _subject(finding),
            "description": plain(finding.resource),
            "props": _props({"resource": finding.resource, "account": finding.account_id, "region": finding.region}),
        }
    return {"inventory-items": list(items.values())} if items else {}


def _reviewed(report: Report) -> Tree:
    found = {
        _control(report.run.benchmark, number): None
        for finding in report.findings
        for number in numbers(finding, report.run.benchmark)
    }
    return {"include-controls": [{"control-id": each} for each in found]} if found else {"include-all": {}}


def _observation(finding: Finding, report: Report) -> Tree:
    return {
        "uuid": stable_uuid("observation", finding.id),
        "title": _title(finding),
        "description": "\n\n".join(plain(sentence) for sentence in (finding.reason, *finding.notes)),
        "props": _facts(finding),
        "methods": ["TEST"],
        "subjects": [{"subject-uuid": _subject(finding), "type": "inventory-item"}],
        **_given("relevant-evidence", [_evidence(each) for each in finding.evidence]),
        "collected": zulu(report.run.started_at),
    }


def _evidence(evidence: Evidence) -> Tree:
    observed = fenced(as_json(evidence.observed).decode().rstrip("\n"), "json")
    source = evidence.source
    call = {"call": source.call, "region": source.region, "request-id": source.request_id} if source else {}
    return {
        "description": f"{plain(evidence.resource)}\n\n{observed}",
        **_given("props", _props(call)),
    }


def _risk(finding: Finding) -> Tree:
    waiver = finding.waiver
    deadline = {"deadline": zulu(datetime.combine(waiver.expires, time.max, UTC))} if waiver else {}
    return {
        "uuid": stable_uuid("risk", finding.id),
        "title": _title(finding),
        "description": plain(finding.reason),
        "statement": plain(finding.rationale),
        "props": _facts(finding),
        "status": "deviation-approved" if waiver else "open",
        **deadline,
        **_given("remediations", _remediations(finding)),
        "related-observations": [{"observation-uuid": stable_uuid("observation", finding.id)}],
    }


def _remediations(finding: Finding) -> list[Tree]:
    found: list[Tree] = []
    if finding.remediation:
        commands = "\n".join(finding.remediation.commands)
        found.append(
            {
                "uuid": stable_uuid("remediation", finding.id),
                "lifecycle": "recommendation",
                "title": plain("How to mend it"),
                "description": plain(finding.remediation.summary)
                + (f"\n\n{fenced(commands, 'sh')}" if commands else ""),
                "props": _props({"kind": "commands", "reference": " ".join(finding.remediation.references)}),
            }
        )
    if finding.waiver:
        found.append(
            {
                "uuid": stable_uuid("waiver", finding.id),
                "lifecycle": "accepted",
                "title": plain("Waived"),
                "description": plain(finding.waiver.reason),
                "props": _props({"owner": finding.waiver.owner, "expires": finding.waiver.expires.isoformat()}),
            }
        )
    return found


def _finding(finding: Finding, benchmark: str) -> Tree:
    state, reason = _STATES[finding.status]
    risks = [] if finding.status is Status.PASS else [{"risk-uuid": stable_uuid("risk", finding.id)}]
    return {
        "uuid": stable_uuid("finding", finding.id),
        "title": _title(finding),
        "description": plain(finding.reason),
        "props": [
            *_facts(finding),
            *_props({f"control.{place}": each for place, each in enumerate(numbers(finding, benchmark), start=1)}),
        ],
        "target": {
            "type": "objective-id",
            "target-id": _token(finding.check_id),
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [{"observation-uuid": stable_uuid("observation", finding.id)}],
        **_given("related-risks", risks),
    }


def _facts(finding: Finding) -> list[Tree]:
    return _props(
        {
            "finding-id": finding.id,
            "check": finding.check_id,
            "status": finding.status.value,
            "severity": finding.severity.value,
            "account": finding.account_id,
            "region": finding.region,
            "resource": finding.resource,
        }
    )


def _props(values: dict[str, str]) -> list[Tree]:
    """Gives properties of our own namespace; a value has one line at least one character long."""
    shown = ((name, one_line(value)) for name, value in values.items())
    return [{"name": name, "ns": _NAMESPACE, "value": value} for name, value in shown if value]


def _given(name: str, value: Tree) -> dict[str, Tree]:
    """OSCAL has no empty lists and objects."""
    return {name: value} if value else {}


def _title(finding: Finding) -> str:
    return plain(shortened(finding.title, _LONGEST_TITLE)) or plain(finding.check_id) or "-"


def _subject(finding: Finding) -> str:
    return stable_uuid("resource", finding.account_id, finding.region, finding.resource)


def _control(benchmark: str, number: str) -> str:
    return _token(f"{benchmark}_{number}")


def _token(text: str) -> str:
    """Gives a text as a token: letters, digits, dots, hyphens and low lines, a letter or low line first."""
    shown = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    return shown if re.match(r"[A-Za-z_]", shown) else f"_{shown}"
