"""`auditor scan`: audits an account."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.benchmark import DEFAULT, VERSIONS, load
from auditor.cli.options import compared, connected, redact, templates, written
from auditor.errors import UsageError
from auditor.findings import Severity

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
@compared
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
    earlier: str | None,
    redact: bool,
    templates: Path | None,
    pdf_variant: str | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Audit an AWS account and write reports.

    A scan only reads. The rights it needs are those that `auditor policy` prints; what it may not read is UNKNOWN.
    """
    from auditor.bundle import read_snapshot
    from auditor.cli.output import BUNDLE, chosen_formats, deliver, progress_bar
    from auditor.collect import connect
    from auditor.history import since
    from auditor.redaction import redacted
    from auditor.registry import load_checks
    from auditor.render.templates import overlaid
    from auditor.scan import audit, exit_code, scan_account
    from auditor.stored import read_report
    from auditor.waivers import load_waivers

    asked = chosen_formats(given, out, pdf_variant, more=(BUNDLE,))
    if redact and BUNDLE in asked:
        raise UsageError("A bundle holds what was read, which --redact cannot mask.", "Leave one of the two out.")
    checks, broken = load_checks(only, skip)
    before = read_report(earlier) if earlier else None
    accepted = load_waivers(waivers) if waivers else ()
    chosen = load(benchmark)
    if stored is not None:
        account = read_snapshot(stored)
        report = audit(account, chosen, checks, broken, accepted)
    else:
        connection = connect(profile, region, endpoint_url)
        with progress_bar(quiet=quiet) as progress:
            report, account = scan_account(connection, chosen, checks, broken, accepted, progress)
    told = since(before, report) if before else report
    shown = redacted(told) if redact else told
    with overlaid(templates):
        deliver(shown, asked, out, quiet=quiet, verbose=verbose, variant=pdf_variant, account=account)
    sys.exit(exit_code(report, None if fail_on == NEVER else Severity(fail_on)))
