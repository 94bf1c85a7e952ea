"""The overview as CSV, for a spreadsheet: a row for each account, a column for each check."""

from __future__ import annotations

import csv
import io

from auditor.findings import Verdict
from auditor.overview import AccountRow, Overview
from auditor.render.table import guarded
from auditor.render.visible import visible

_ABOUT = ("account", "name", "unit", "unread", "score", "worst")
_AFTER = ("breaks", "calls", "seconds", "report")


def render(overview: Overview) -> bytes:
    """Gives comma-separated values (RFC 4180) with a header row; a check that came to no verdict has an empty cell."""
    checks = tuple(control.check_id for control in overview.controls)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    counts = (f"findings_{each.value.replace('-', '_')}" for each in Verdict)
    writer.writerow(_safe(each) for each in (*_ABOUT, *counts, *_AFTER, *checks))
    writer.writerows([_safe(cell) for cell in _cells(row, checks)] for row in overview.accounts)
    return text.getvalue().encode()


def _cells(row: AccountRow, checks: tuple[str, ...]) -> tuple[str, ...]:
    return (
        row.account_id,
        row.name,
        row.unit,
        row.unread,
        "" if row.unread else str(row.score),
        "" if row.unread else row.worst.value,
        *(str(row.findings.get(each, 0)) for each in Verdict),
        "; ".join(f"{check_id} at {link.value}" for check_id, link in row.breaks.items()),
        str(row.calls),
        f"{row.seconds:.1f}",
        row.reports.get("html", ""),
        *(found.value if (found := row.verdicts.get(check)) else "" for check in checks),
    )


def _safe(cell: str) -> str:
    return guarded(visible(cell))
