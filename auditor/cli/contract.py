"""`auditor schema` and `auditor policy`: what CI and an administrator hold on to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auditor.collect.operations import Operation


@click.command()
def schema() -> None:
    """Print the JSON Schema of report.json."""
    click.echo(resources.files("auditor").joinpath("report.schema.json").read_text(encoding="utf-8"), nl=False)


@click.command()
@click.option("--drill", is_flag=True, help="Add what `auditor drill --ask-aws` and `--confirm-live` need.")
def policy(drill: bool) -> None:
    """Print the least IAM policy that a scan needs.

    It is made of the code's own list of operations, all of which only read. A drill may set an alarm's state besides.
    """
    from auditor.collect.operations import OPERATIONS
    from auditor.drill.operations import DRILL

    statements = [_statement("TrailAuditor", OPERATIONS)]
    statements += [_statement("TrailAuditorDrill", DRILL)] if drill else []
    click.echo(json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2))


def _statement(sid: str, operations: Iterable[Operation]) -> dict[str, object]:
    actions = sorted({operation.permission for operation in operations if operation.permission})
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"}
