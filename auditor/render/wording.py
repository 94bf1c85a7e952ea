"""What is said of a finding where a program shows it to a person: a few plain lines."""

from __future__ import annotations

import re

from auditor.findings import Finding, LinkStatus, Status, Waiver
from auditor.render.visible import one_line

_CIS = re.compile(r"cis-([0-9.]+)")


def standard(benchmark: str) -> str:
    """Gives a benchmark's name in full: of `cis-5.0`, `CIS AWS Foundations Benchmark v5.0`."""
    version = _CIS.fullmatch(benchmark)
    return f"CIS AWS Foundations Benchmark v{version[1]}" if version else benchmark


def numbers(finding: Finding, benchmark: str) -> tuple[str, ...]:
    """Gives the numbers of the controls that a finding answers for; one check may answer for two."""
    return tuple(filter(None, finding.controls.get(benchmark, "").split(", ")))


def waiving(waiver: Waiver) -> str:
    """Gives a waiver in one sentence."""
    return one_line(f"Waived by {waiver.owner} until {waiver.expires}: {waiver.reason}")


def explained(finding: Finding, benchmark: str) -> str:
    """Gives the whole of a finding as plain text, a fact on each line and the commands last."""
    number = finding.controls.get(benchmark)
    lines = [
        one_line(finding.reason),
        *(one_line(note) for note in finding.notes),
        "",
        f"Check: {finding.check_id}",
        *([f"Control: {standard(benchmark)}, {number}"] if number else []),
        *([f"Security Hub: {', '.join(finding.security_hub)}"] if finding.security_hub else []),
        f"Severity: {finding.severity.value}",
        f"Resource: {one_line(finding.resource)}",
        f"Account: {finding.account_id}",
        f"Region: {finding.region}",
        *([waiving(finding.waiver)] if finding.waiver else []),
        *_breach(finding),
        *_mending(finding),
    ]
    return "\n".join(lines)


def _breach(finding: Finding) -> list[str]:
    link = finding.breaks_at
    if link is None or finding.status not in {Status.FAIL, Status.UNKNOWN}:
        return []
    said = "breaks" if link.status is LinkStatus.BROKEN else "is open"
    return ["", one_line(f"The chain {said} at the {link.link.value}: {link.reason}")]


def _mending(finding: Finding) -> list[str]:
    remedy = finding.remediation
    if remedy is None:
        return []
    return ["", one_line(remedy.summary), *remedy.commands, *(f"See {one_line(page)}" for page in remedy.references)]
