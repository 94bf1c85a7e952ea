"""`auditor schema` and `auditor policy`: what CI and an administrator hold on to."""

from __future__ import annotations

import json
from importlib import resources

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of report.json."""
    click.echo(resources.files("auditor").joinpath("report.schema.json").read_text(encoding="utf-8"), nl=False)


@click.command()
def policy() -> None:
    """Print the least IAM policy that a scan needs.

    It is made of the code's own list of operations, all of which only read.
    """
    from auditor.collect.operations import OPERATIONS

    actions = sorted({operation.permission for operation in OPERATIONS if operation.permission})
    statement = {"Sid": "TrailAuditor", "Effect": "Allow", "Action": actions, "Resource": "*"}
    click.echo(json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2))
