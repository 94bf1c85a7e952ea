"""`auditor scan`: audits an account."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.benchmark import DEFAULT, VERSIONS, load
from auditor.cli.fleet import Asked, FleetOptions, fleet_options
from auditor.cli.hunting import Hunting, hunting
from auditor.cli.options import compared, connected, redact, templates, written
from auditor.errors import UsageError
from auditor.findings import Severity

if TYPE_CHECKING:
    from auditor.checking import Check
    from auditor.collect import Connection
    from auditor.hunt.model import Query
    from auditor.hunt.period import Period
    from auditor.model.snapshot import Snapshot
    from auditor.registry import BrokenPlugin
    from auditor.report import Report

    Judge = Callable[..., tuple[Report, Snapshot]]
    Checks = tuple[tuple[Check[Any], ...], tuple[BrokenPlugin, ...]]

NEVER = "never"


@click.command()
@connected
@click.option(
    "--benchmark",
    type=click.Choice(VERSIONS),
    default=DEFAULT,
    show_default=True,
    help="Whose control numbers and patterns apply.",
)
@click.option("--check", "only", multiple=True, metavar="ID", help="Only this check, or `alarm.*`; repeatable.")
@click.option("--skip", multiple=True, metavar="ID", help="Not this check; repeatable.")
@written("audit-report", "html,pdf,json; `bundle` too")
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), NEVER]),
    default=Severity.INFO.value,
    show_default=True,
    help="Exit with 1 where a finding of this severity or graver fails.",
)
@click.option(
    "--waivers", type=click.Path(path_type=Path), metavar="FILE", help="A TOML file of failures that are accepted."
)
@click.option(
    "--from",
    "stored",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Judge an evidence bundle or its snapshot.json, without AWS.",
)
@click.option(
    "--verify-logs",
    "look_back",
    metavar="TIME",
    help="Verify the trails' log files of the last 7d, 12h or so too, which reads all of them.",
)
@compared
@hunting
@fleet_options
@redact
@templates
def scan(
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    benchmark: str,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    given: tuple[str, ...],
    out: str,
    fail_on: str,
    waivers: Path | None,
    stored: Path | None,
    look_back: str | None,
    earlier: str | None,
    redact: bool,
    templates: Path | None,
    pdf_variant: str | None,
    quiet: bool,
    verbose: bool,
    fleet: FleetOptions,
    hunts: Hunting,
) -> None:
    """Audit an AWS account, or many, and write reports.

    A scan only reads. The rights it needs are those that `auditor policy` prints; what it may not read is UNKNOWN.

    With --accounts, --organization or --ou a role is taken on in each account, and findings and reports are written as
    accounts finish; --resume continues such a run.
    """
    from auditor.waivers import load_waivers

    accepted = load_waivers(waivers) if waivers else ()
    least = None if fail_on == NEVER else Severity(fail_on)
    asked = Asked(benchmark, only, skip, given, accepted, out, pdf_variant, templates)
    if fleet.wanted:
        if stored is not None or earlier is not None or redact or look_back or hunts.names:
            given_one = "--from, --since, --redact, --verify-logs and --hunt"
            raise UsageError(f"{given_one} are for one account.", "Leave them out for many accounts.")
        sys.exit(_scan_many(fleet, asked, (profile, region, endpoint_url), least, quiet=quiet))
    shown = _Shown(earlier, redact=redact, quiet=quiet, verbose=verbose)
    logs = _logs(look_back, hunts, benchmark, stored)
    sys.exit(_scan_one(asked, stored, (profile, region, endpoint_url), shown, logs, least))


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the report of one account is shown."""

    earlier: str | None
    redact: bool
    quiet: bool
    verbose: bool


@dataclass(frozen=True, slots=True)
class _Logs:
    """What is asked of the logs besides: how far back to verify them, and what to hunt for."""

    look_back: timedelta | None
    hunts: Hunting
    plan: tuple[tuple[Query, ...], Period] | None


def _logs(look_back: str | None, hunts: Hunting, benchmark: str, stored: Path | None) -> _Logs:
    back = None
    if look_back:
        from auditor.integrity import how_long

        back = how_long(look_back)
        if back is None or stored is not None:
            raise UsageError(
                "--verify-logs takes a time such as 7d or 12h, and no --from.", "See `auditor verify-logs`."
            )
    plan = hunts.plan(benchmark)
    if plan and stored is not None:
        raise UsageError("--hunt asks AWS, and --from does without.", "Leave one of the two out.")
    return _Logs(back, hunts, plan)


_Where = tuple[str | None, str | None, str | None]


def _scan_one(
    asked: Asked, stored: Path | None, where: _Where, shown: _Shown, logs: _Logs, least: Severity | None
) -> int:
    """Audits one account and gives the exit code."""
    from auditor.cli.output import BUNDLE, chosen_formats, deliver
    from auditor.collect import connect
    from auditor.registry import chosen
    from auditor.storage.opening import SCHEME
    from auditor.stored import read_report

    # What is read from a file needs AWS only where the reports go to S3.
    connection = connect(*where) if stored is None or asked.out.startswith(SCHEME) else None
    formats = chosen_formats(asked.given, asked.out, asked.pdf_variant, more=(BUNDLE,), connection=connection)
    if shown.redact and BUNDLE in formats:
        raise UsageError("A bundle holds what was read, which --redact cannot mask.", "Leave one of the two out.")
    # An unknown check is told before anything is read.
    chosen(asked.only, asked.skip)
    before = read_report(shown.earlier) if shown.earlier else None
    if stored is not None:
        report, account = _judged(stored, asked)
    else:
        assert connection is not None  # noqa: S101 - told to the type checker
        report, account = _read_and_judged(connection, asked, logs, quiet=shown.quiet)
    told = _since(before, report) if before else report
    masked = _redacted(told) if shown.redact else told
    with _overlaid(asked.templates):
        variant = asked.pdf_variant
        deliver(
            masked,
            formats,
            asked.out,
            quiet=shown.quiet,
            verbose=shown.verbose,
            variant=variant,
            account=account,
            connection=connection,
        )
    from auditor.scan import exit_code

    return exit_code(report, least)


def _judged(stored: Path, asked: Asked) -> tuple[Report, Snapshot]:
    """Judges what was read before."""
    from auditor.bundle import read_snapshot
    from auditor.registry import load_checks
    from auditor.scan import audit

    account = read_snapshot(stored)
    checks, broken = load_checks(asked.only, asked.skip)
    return audit(account, load(asked.benchmark), checks, broken, asked.waivers), account


def _read_and_judged(connection: Connection, asked: Asked, logs: _Logs, *, quiet: bool) -> tuple[Report, Snapshot]:
    """Reads an account and judges it; what judges is imported while AWS answers."""
    from auditor.cli.output import progress_bar
    from auditor.collect import collect

    with progress_bar(quiet=quiet) as progress, ThreadPoolExecutor(1, "imports") as meanwhile:
        importing = meanwhile.submit(_judges, asked.only, asked.skip)
        account = collect(connection, progress)
        if logs.look_back is not None:
            from auditor.collect.integrity import collect_integrity

            account = collect_integrity(connection, account, logs.look_back, progress)
        judge, (checks, broken) = importing.result()
        report, account = judge(connection, account, load(asked.benchmark), checks, broken, asked.waivers, progress)
        return logs.hunts.joined(logs.plan, report, account, connection, progress), account


def _judges(only: Sequence[str], skip: Sequence[str]) -> tuple[Judge, Checks]:
    from auditor.registry import load_checks
    from auditor.scan import judge

    return judge, load_checks(only, skip)


def _since(before: Report, report: Report) -> Report:
    from auditor.history import since

    return since(before, report)


def _redacted(report: Report) -> Report:
    from auditor.redaction import redacted

    return redacted(report)


def _overlaid(templates: Path | None) -> AbstractContextManager[None]:
    if templates is None:
        return nullcontext()
    from auditor.render.templates import overlaid

    return overlaid(templates)


def _scan_many(fleet: FleetOptions, asked: Asked, where: _Where, least: Severity | None, *, quiet: bool) -> int:
    """Audits many accounts and gives the exit code."""
    from auditor.cli.fleet import scan_fleet
    from auditor.collect import connect
    from auditor.fleet.run import exit_code
    from auditor.fleet.unit import ATTEMPTS

    return exit_code(scan_fleet(fleet, asked, connect(*where, ATTEMPTS), where[0], quiet=quiet), least)
