"""The report as CSV, for a spreadsheet: a row for each finding."""

from __future__ import annotations

import csv
import io

from auditor.findings import Finding
from auditor.render.exchange import legible, zulu
from auditor.report import Report, Run

# A cell that begins so is taken for a formula, also in the wide forms that East Asian input gives.
# Source: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class CsvFormat:
    """Gives the report as comma-separated values (RFC 4180) with a header row."""

    name = "csv"
    file_name = "report.csv"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        seen = legible(report)
        rows = [_row(finding, seen.run) for finding in seen.findings]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows([guarded(row[column]) for column in COLUMNS] for row in rows)
        return text.getvalue().encode()


COLUMNS = (
    "id",
    "check",
    "status",
    "waived",
    "severity",
    "benchmark",
    "control",
    "security_hub",
    "account",
    "region",
    "resource",
    "title",
    "reason",
    "notes",
    "breaks_at",
    "remediation",
    "commands",
    "references",
    "waiver_reason",
    "waiver_owner",
    "waiver_expires",
    "scanned_at",
)


def _row(finding: Finding, run: Run) -> dict[str, str]:
    link, remedy, waiver = finding.breaks_at, finding.remediation, finding.waiver
    return {
        "id": finding.id,
        "check": finding.check_id,
        "status": finding.status.value,
        "waived": "yes" if waiver else "no",
        "severity": finding.severity.value,
        "benchmark": run.benchmark,
        "control": finding.controls.get(run.benchmark, ""),
        "security_hub": ", ".join(finding.security_hub),
        "account": finding.account_id,
        "region": finding.region,
        "resource": finding.resource,
        "title": finding.title,
        "reason": finding.reason,
        "notes": "\n".join(finding.notes),
        "breaks_at": link.link.value if link else "",
        "remediation": remedy.summary if remedy else "",
        "commands": "\n".join(remedy.commands) if remedy else "",
        "references": "\n".join(remedy.references) if remedy else "",
        "waiver_reason": waiver.reason if waiver else "",
        "waiver_owner": waiver.owner if waiver else "",
        "waiver_expires": waiver.expires.isoformat() if waiver else "",
        "scanned_at": zulu(run.started_at),
    }


def guarded(cell: str) -> str:
    """Gives a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
