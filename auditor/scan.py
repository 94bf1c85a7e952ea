"""One audit of one account: collect, check, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from auditor.benchmark import Benchmark
from auditor.checking import Check
from auditor.collect import Connection, collect, collect_alternatives
from auditor.findings import Finding, Severity, Status, Waiver, finding_id
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.registry import BrokenPlugin
from auditor.report import Report, Run, summarise
from auditor.waivers import apply_waivers


def scan_account(
    connection: Connection,
    benchmark: Benchmark,
    checks: Sequence[Check[Any]],
    broken: Sequence[BrokenPlugin] = (),
    waivers: Sequence[Waiver] = (),
    progress: Callable[[str], None] | None = None,
) -> tuple[Report, Snapshot]:
    """Reads an account and judges it, and gives with the report what it was made from.

    Args:
        connection: The account.
        benchmark: Whose numbers and patterns apply.
        checks: What to judge by.
        broken: Checks that could not be loaded; each becomes an UNKNOWN finding.
        waivers: Failures that someone has answered for.
        progress: Told of each call that has been answered.

    Raises:
        CredentialsError: AWS does not accept the caller.
        UnreachableError: Nothing answers at the endpoint.
    """
    return judge(connection, collect(connection, progress), benchmark, checks, broken, waivers, progress)


def judge(
    connection: Connection,
    account: Snapshot,
    benchmark: Benchmark,
    checks: Sequence[Check[Any]],
    broken: Sequence[BrokenPlugin] = (),
    waivers: Sequence[Waiver] = (),
    progress: Callable[[str], None] | None = None,
) -> tuple[Report, Snapshot]:
    """Judges an account that was read, and reads what else may tell somebody where a control fails."""
    report = audit(account, benchmark, checks, broken, waivers)
    failing = {finding.check_id for finding in report.findings if finding.chain and finding.status is Status.FAIL}
    if not failing:
        return report, account
    # Only a failing chain asks what else may tell somebody, so that a sound account costs no call more.
    account = collect_alternatives(connection, account, progress)
    again = audit(account, benchmark, [check for check in checks if check.id in failing], waivers=waivers)
    renewed = {finding.id: finding for finding in again.findings}
    findings = tuple(renewed.get(finding.id, finding) for finding in report.findings)
    return Report(run=_run(account, benchmark, checks), summary=report.summary, findings=findings), account


def scan(
    connection: Connection,
    benchmark: Benchmark,
    checks: Sequence[Check[Any]],
    broken: Sequence[BrokenPlugin] = (),
    waivers: Sequence[Waiver] = (),
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Reads an account and judges it, as `scan_account` does, and gives the report alone."""
    return scan_account(connection, benchmark, checks, broken, waivers, progress)[0]


def audit(
    account: Snapshot,
    benchmark: Benchmark,
    checks: Sequence[Check[Any]],
    broken: Sequence[BrokenPlugin] = (),
    waivers: Sequence[Waiver] = (),
) -> Report:
    """Judges what was read of an account; the same snapshot gives the same report."""
    findings = [finding for check in checks for finding in _findings(check, account, benchmark)]
    findings += [_unloaded(plugin, account) for plugin in broken]
    waived = apply_waivers(findings, waivers, account.taken_at.date())
    return Report(run=_run(account, benchmark, checks), summary=summarise(waived), findings=waived)


def _findings(check: Check[Any], account: Snapshot, benchmark: Benchmark) -> tuple[Finding, ...]:
    try:
        return check.findings(account, benchmark)
    except Exception as error:  # noqa: BLE001 - a third party's check may raise anything
        plugin = BrokenPlugin(check.id, type(check).__module__, f"{type(error).__name__}: {error}")
        return (_unloaded(plugin, account),)


def _unloaded(plugin: BrokenPlugin, account: Snapshot) -> Finding:
    return Finding(
        id=finding_id(plugin.id, account.account_id, "plugin"),
        check_id=plugin.id,
        controls={},
        title=f"The check {plugin.id} runs",
        rationale="What was not checked is not known.",
        status=Status.UNKNOWN,
        severity=Severity.MEDIUM,
        account_id=account.account_id,
        region=account.region,
        resource=account.account_id,
        reason=f"The check {plugin.id} of {plugin.distribution} does not work: {plugin.reason}.",
    )


def _run(account: Snapshot, benchmark: Benchmark, checks: Sequence[Check[Any]]) -> Run:
    return Run(
        id=f"{account.account_id}-{account.taken_at:%Y%m%dT%H%M%SZ}",
        started_at=account.taken_at,
        finished_at=account.finished_at,
        caller_arn=account.caller.arn,
        account_id=account.account_id,
        aliases=() if isinstance(account.aliases, Unreadable) else account.aliases.names,
        partition=account.caller.partition,
        region=account.region,
        benchmark=benchmark.version,
        checks=tuple(check.id for check in checks if check.asked(account)),
        api_calls=account.api_calls,
    )


def exit_code(report: Report, fail_on: Severity | None) -> int:
    """Gives the exit code: 1 where a finding of this severity or graver fails, 3 where one is unknown, else 0.

    Args:
        report: The report; waived findings do not count.
        fail_on: The least severity that counts as failure; None for never.
    """
    open_ = [finding for finding in report.findings if finding.waiver is None]
    failing = [finding for finding in open_ if finding.status is Status.FAIL]
    if fail_on is not None and any(finding.severity.rank <= fail_on.rank for finding in failing):
        return 1
    return 3 if any(finding.status is Status.UNKNOWN for finding in open_) else 0
