"""`auditor remediate`: one artefact that mends what fails in a stored report."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.cli.options import templates


@click.command()
@click.argument("report", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="REPORT")
@click.option(
    "--as",
    "form",
    type=click.Choice(["sh", "cloudformation", "terraform"]),
    default="sh",
    show_default=True,
    help="What to write.",
)
@click.option("--check", "checks", multiple=True, metavar="ID", help="Only this check, or `alarm.*`; repeatable.")
@click.option("--region", help="Where the template is for, if what is new is in several regions.")
@click.option("--out", default="-", metavar="FILE", help="Where to write; - for stdout, the default.")
@templates
def remediate(
    report: str, form: str, checks: tuple[str, ...], region: str | None, out: str, templates: Path | None
) -> None:
    """Write what mends all failures of REPORT, a report.json (- for stdin), in the order of what leans on what.

    Nothing is run: read it, then run it with rights to change what it names. Waived failures are left out unless
    --check names them. A script changes what is there and can undo it; a template makes what is new, and names the
    commands that are needed besides. No AWS and no network is needed.
    """
    from auditor.artefact.plan import planned
    from auditor.artefact.writing import written
    from auditor.render.templates import overlaid
    from auditor.render.writing import replace_file
    from auditor.stored import read_report

    made = planned(read_report(report), checks)
    with overlaid(templates):
        text, besides = written(made, form, region)
    content = text.encode("utf-8", "backslashreplace")
    if out == "-":
        sys.stdout.buffer.write(content)
    else:
        replace_file(Path(out), content)
    for finding in made.by_hand:
        click.echo(_line(f"No command mends {finding.check_id} on {finding.resource}"), err=True)
    for step in besides:
        click.echo(_line(f"Besides, run the commands that {step.does}"), err=True)


def _line(text: str) -> str:
    """Gives a sentence in which no name hides anything or runs on for ever."""
    from auditor.render.visible import one_line, shortened

    return f"{shortened(one_line(text), 300)}."
