"""`auditor remediate`: one artefact that mends what fails in a stored report."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import templates


@click.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="REPORT")
@click.option("--check", "checks", multiple=True, metavar="ID", help="Only this check, or `alarm.*`; repeatable.")
@click.option("--out", default="-", metavar="FILE", help="Where to write; - for stdout, the default.")
@templates
def remediate(report: str, checks: tuple[str, ...], out: str, templates: Path | None) -> None:
    """Write what mends all failures of REPORT, a report.json (- for stdin), in the order of what leans on what.

    Nothing is run: read it, then run it with rights to change what it names. Waived failures are left out unless
    --check names them. No AWS and no network is needed.
    """
    from auditor.artefact.plan import plan
    from auditor.artefact.script import script
    from auditor.render.templates import overlaid
    from auditor.render.writing import replace_file
    from auditor.stored import parse_report

    with click.open_file(report, "rb") as file:
        stored = parse_report(file.read(), report)
    planned = plan(stored, checks)
    with overlaid(templates):
        text = script(planned)
    content = text.encode("utf-8", "surrogateescape")
    if out == "-":
        click.get_binary_stream("stdout").write(content)
    else:
        replace_file(Path(out), content)
    for finding in planned.by_hand:
        click.echo(f"No command mends {finding.check_id} on {finding.resource}.", err=True)
