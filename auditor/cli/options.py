"""Options that several commands have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

redact = click.option("--redact", is_flag=True, help="Mask account ids, addresses and names in what is written.")
compared = click.option(
    "--since",
    "earlier",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="An earlier report.json of the account: tell what changed since.",
)
templates = click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Templates that take the place of the shipped ones of the same name.",
)


def connected(command: Command) -> Command:
    """Gives a command the options that say which account is read."""
    options = (
        click.option("--profile", help="The AWS profile whose credentials to use."),
        click.option("--region", help="The region to start from; trails elsewhere are found all the same."),
        click.option("--endpoint-url", help="Where all services are, instead of AWS."),
    )
    return _given(options, command)


def _given(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def written(folder: str, usual: str) -> Callable[[Command], Command]:
    """Gives the options that say what is written, where, and what is told on the terminal.

    Args:
        folder: Where to write if nothing else is asked for.
        usual: The formats that are written then, in words.
    """
    options = (
        click.option(
            "--format", "-f", "given", multiple=True, metavar="FORMATS", help=f"With commas; default {usual}."
        ),
        click.option(
            "--out",
            default=folder,
            show_default=True,
            metavar="PLACE",
            help="A folder, s3://bucket/prefix, or - for stdout.",
        ),
        click.option("--pdf-variant", metavar="NAME", help="The PDF's standard: pdf/a-3a (the default) or pdf/ua-1."),
        click.option("--quiet", "-q", is_flag=True, help="Print errors only."),
        click.option("--verbose", "-v", is_flag=True, help="List findings that pass as well."),
    )

    return lambda command: _given(options, command)
