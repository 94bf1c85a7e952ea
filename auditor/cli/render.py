"""`auditor render`: makes any format from a stored report, without AWS."""

from __future__ import annotations

import click

from auditor.cli.options import pdf_variant


@click.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="REPORT")
@click.option("--format", "-f", "given", multiple=True, metavar="FORMATS", help="With commas; default html,pdf.")
@click.option("--out", default="audit-report", show_default=True, metavar="DIR", help="Where to write; - for stdout.")
@pdf_variant
@click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
@click.option("--verbose", "-v", is_flag=True, help="List findings that pass as well.")
def render(report: str, given: tuple[str, ...], out: str, pdf_variant: str | None, quiet: bool, verbose: bool) -> None:
    """Make any format from REPORT, a report.json (- for stdin). No AWS and no network is needed."""
    from auditor.cli.output import chosen_formats, deliver
    from auditor.report import load_report

    asked = chosen_formats(given or ("html,pdf",), out, pdf_variant)
    with click.open_file(report, "rb") as file:
        stored = load_report(file.read(), report)
    deliver(stored, asked, out, quiet=quiet, verbose=verbose, variant=pdf_variant)
