"""`auditor demo`: audits a made-up account that is served from this very process."""

from __future__ import annotations

import click

from auditor.benchmark import DEFAULT, VERSIONS, load
from auditor.cli.options import written


@click.command()
@click.option(
    "--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose numbers apply."
)
@written("demo-report", "html,pdf,json")
def demo(benchmark: str, given: tuple[str, ...], out: str, pdf_variant: str | None, quiet: bool, verbose: bool) -> None:
    """Audit a made-up account, offline, and write its reports.

    The account holds sound settings and broken ones. It is read over HTTP through the same path as a real one;
    no credentials and no profile of yours are used. It exits with 0 whatever it finds.
    """
    from auditor.cli.output import chosen_formats, deliver, progress_bar
    from auditor.collect import Connection
    from auditor.demo import embedded_account
    from auditor.registry import load_checks
    from auditor.scan import scan

    asked = chosen_formats(given, out, pdf_variant)
    checks, broken = load_checks()
    with embedded_account() as account, progress_bar(quiet=quiet) as progress:
        connection = Connection(account.session(), account.region, account.endpoint_url)
        report = scan(connection, load(benchmark), checks, broken, progress=progress)
    deliver(report, asked, out, quiet=quiet, verbose=verbose, variant=pdf_variant)
