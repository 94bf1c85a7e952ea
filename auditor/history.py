"""Compares a run with an earlier one of the same account."""

from __future__ import annotations

from auditor.changes import Change, Changes, Earlier, Kind
from auditor.errors import UsageError
from auditor.findings import Finding, Verdict, verdict
from auditor.report import Report

_FINE = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})


def since(earlier: Report, report: Report) -> Report:
    """Gives a report with what changed since an earlier one.

    Raises:
        UsageError: The reports are of different accounts, or the earlier one is the later.
    """
    return report.model_copy(update={"changes": changes(earlier, report)})


def changes(earlier: Report, report: Report) -> Changes:
    """Gives what changed from one report to another; findings are the same where their ids are.

    Raises:
        UsageError: The reports are of different accounts, or the earlier one is the later.
    """
    if earlier.run.account_id != report.run.account_id:
        raise UsageError(
            f"The reports are of two accounts, {earlier.run.account_id} and {report.run.account_id}.",
            "Compare two runs over one account.",
        )
    if earlier.run.started_at > report.run.started_at:
        raise UsageError(
            f"The run {earlier.run.id} is later than {report.run.id}, not earlier.", "Name the earlier report first."
        )
    before = {finding.id: finding for finding in earlier.findings}
    after = {finding.id: finding for finding in report.findings}
    found = [_change(before.get(name), after.get(name), report.run.checks) for name in dict.fromkeys((*after, *before))]
    items = sorted(
        (one for one in found if one is not None), key=lambda one: (list(Kind).index(one.kind), one.check_id)
    )
    still = sum(
        verdict(finding) is Verdict.FAIL and name in before and verdict(before[name]) is Verdict.FAIL
        for name, finding in after.items()
    )
    return Changes(since=_earlier(earlier), still=still, items=tuple(items))


def _earlier(report: Report) -> Earlier:
    run, tool = report.run, report.tool
    return Earlier(
        id=run.id,
        finished_at=run.finished_at,
        benchmark=run.benchmark,
        tool=f"{tool.name} {tool.version}",
        score=report.summary.score,
    )


def _change(before: Finding | None, after: Finding | None, checked: tuple[str, ...]) -> Change | None:
    told = after or before
    assert told is not None  # noqa: S101 - told to the type checker
    was, now = (verdict(before) if before else None), (verdict(after) if after else None)
    moved = now is Verdict.FAIL and before is not None and after is not None and before.reason != after.reason
    if was is now and not moved:
        return None
    return Change(
        kind=_kind(was, now, is_checked=told.check_id in checked),
        finding=told.id,
        check_id=told.check_id,
        resource=told.resource,
        title=told.title,
        before=was,
        after=now,
        reason=told.reason,
    )


def _kind(was: Verdict | None, now: Verdict | None, *, is_checked: bool) -> Kind:
    """Gives what became of a finding; one that is new and fine, and one that was fine and is gone, are no news."""
    if now is None:
        return Kind.GONE if is_checked else Kind.UNCHECKED
    if now is Verdict.FAIL and was is Verdict.FAIL:
        return Kind.MOVED
    if now is Verdict.FAIL:
        return Kind.UNWAIVED if was is Verdict.WAIVED else Kind.FAILS
    if now is Verdict.UNKNOWN:
        return Kind.UNKNOWN
    if now is Verdict.WAIVED:
        return Kind.WAIVED
    return Kind.OTHER if was is None or was in _FINE else Kind.MENDED
