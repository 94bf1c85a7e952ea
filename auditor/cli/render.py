"""`auditor render`: makes any format from a stored report, without AWS."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.cli.options import compared, redact, templates, written


@click.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="REPORT")
@written("audit-report", "html,pdf")
@compared
@redact
@templates
def render(
    report: str,
    given: tuple[str, ...],
    out: str,
    earlier: str | None,
    redact: bool,
    templates: Path | None,
    pdf_variant: str | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Make any format from REPORT, a report.json (- for stdin). No AWS and no network is needed."""
    from auditor.cli.output import chosen_formats, deliver
    from auditor.history import since
    from auditor.redaction import redacted
    from auditor.render.templates import overlaid
    from auditor.stored import read_report

    asked = chosen_formats(given or ("html,pdf",), out, pdf_variant)
    stored = read_report(report)
    if earlier:
        stored = since(read_report(earlier), stored)
    if redact:
        stored = redacted(stored)
    with overlaid(templates):
        deliver(stored, asked, out, quiet=quiet, verbose=verbose, variant=pdf_variant)


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="BUNDLE")
def verify(path: Path) -> None:
    """Recompute the hashes of an evidence bundle and judge its snapshot anew, without AWS.

    Exit code: 0 the bundle is whole and the findings are the same; 1 something differs; 2 it is no bundle.
    """
    from auditor.bundle import verify as verified

    found = verified(path)
    for name in found.changed:
        click.echo(f"The file {name} is not as it was written.")
    for name in found.differing:
        click.echo(f"The snapshot gives another finding: {name}.")
    if found.sound:
        click.echo(f"All files are as they were written, and the snapshot gives the same {found.findings} findings.")
    sys.exit(0 if found.sound else 1)
