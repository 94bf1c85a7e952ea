"""What comes of one account: its row in the overview, its findings and its reports, ready to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.fleet.member import Member
from auditor.fleet.plan import Plan
from auditor.fleet.rows import row_format
from auditor.model.fact import Frozen
from auditor.model.snapshot import Snapshot
from auditor.overview import AccountRow, Break, breaks_of, row_of
from auditor.render import render, renderer
from auditor.render.templates import overlaid
from auditor.report import Report

BUNDLE = "bundle"


class Record(Frozen):
    """What the overview needs of an account; stored beside its reports, and read again where a run is resumed."""

    row: AccountRow
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one account.

    Attributes:
        record: What the overview needs of it.
        files: Its findings and reports, by name.
    """

    record: Record
    files: dict[str, bytes]


def folder_of(account_id: str) -> str:
    """Gives the folder in which an account's reports are."""
    return f"accounts/{account_id}"


def outcome_of(
    plan: Plan, member: Member, report: Report, account: Snapshot | None, seconds: float, unread: str = ""
) -> Outcome:
    """Gives what is to be stored of an account.

    Args:
        plan: What was asked.
        member: The account.
        report: Its report.
        account: What was read of it; None where it could not be.
        seconds: How long it took.
        unread: Why it could not be read.
    """
    with overlaid(Path(plan.templates) if plan.templates else None):
        return _outcome(plan, member, report, account, seconds, unread)


def _outcome(
    plan: Plan, member: Member, report: Report, account: Snapshot | None, seconds: float, unread: str
) -> Outcome:
    rows = row_format(plan.findings)
    files = {rows.file_name(member.account_id): rows.write(report.findings)}
    reports: dict[str, str] = {}
    for name in plan.formats:
        if name == BUNDLE:
            if account is None:
                continue
            from auditor.bundle import bundle

            file_name, content = "evidence.zip", bundle(report, account, plan.pdf_variant)
        else:
            made = renderer(name, plan.pdf_variant)
            file_name, content = made.file_name, render(made, report)
        reports[name] = f"{folder_of(member.account_id)}/{file_name}"
        files[reports[name]] = content
    row = row_of(report, name=member.name, unit=member.unit, seconds=round(seconds, 3), reports=reports)
    return Outcome(Record(row=row.model_copy(update={"unread": unread}), breaks=breaks_of(report)), files)
