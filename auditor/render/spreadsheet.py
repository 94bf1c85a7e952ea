"""The report as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io

from auditor.chain.telling import described
from auditor.findings import Finding
from auditor.render.view import Verdict, arrange, verdict
from auditor.render.visible import visible
from auditor.report import Report

COLUMNS = (
    "check",
    "control",
    "title",
    "status",
    "severity",
    "account",
    "region",
    "resource",
    "reason",
    "breaks at",
    "lost event",
    "remediation",
    "waived by",
    "waived until",
    "id",
)
# A cell that begins with one of these is a formula to a spreadsheet:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvRenderer:
    """Gives one row for each finding, the most urgent first; a cell that would be a formula gets an apostrophe."""

    name = "csv"
    file_name = "report.csv"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file, in UTF-8 with a byte order mark, by which spreadsheets know it."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for item in arrange(report).items:
            writer.writerow([_cell(cell) for cell in _row(item.finding, item.control)])
        return text.getvalue().encode("utf-8-sig")


def _row(finding: Finding, control: str) -> tuple[str, ...]:
    broken = finding.breaks_at if verdict(finding) is not Verdict.PASS else None
    return (
        finding.check_id,
        control,
        finding.title,
        verdict(finding).value,
        finding.severity.value,
        finding.account_id,
        finding.region,
        finding.resource,
        finding.reason,
        broken.link.value if broken else "",
        described(finding.witness) if finding.witness else "",
        "\n".join(finding.remediation.commands) if finding.remediation else "",
        finding.waiver.owner if finding.waiver else "",
        str(finding.waiver.expires) if finding.waiver else "",
        finding.id,
    )


def _cell(text: str) -> str:
    told = visible(text)
    return f"'{told}" if text.startswith(_FORMULA) else told


RENDERER = CsvRenderer()
