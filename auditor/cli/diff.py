"""`auditor diff`: what changed between two stored reports."""

from __future__ import annotations

import json
import sys

import click

from auditor.changes import Kind

_REPORT = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("old", type=_REPORT, metavar="OLD")
@click.argument("new", type=_REPORT, metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Tell what changed from the report OLD to the report NEW, two report.json of one account.

    Exit code: 0 nothing became worse; 1 something fails that did not; 3 something is unknown that was known.
    """
    from rich.console import Console

    from auditor.history import changes
    from auditor.render.terminal import changed
    from auditor.stored import read_report

    found = changes(read_report(old), read_report(new))
    if as_json:
        click.echo(json.dumps(found.model_dump(mode="json"), indent=2))
    else:
        changed(found, Console())
    kinds = {one.kind for one in found.items}
    sys.exit(1 if kinds & {Kind.FAILS, Kind.UNWAIVED} else 3 if Kind.UNKNOWN in kinds else 0)
