"""Options that several commands have in common."""

from __future__ import annotations

from pathlib import Path

import click

pdf_variant = click.option(
    "--pdf-variant", metavar="NAME", help="The standard that the PDF keeps to: pdf/a-3a (the default) or pdf/ua-1."
)
redact = click.option("--redact", is_flag=True, help="Mask account ids, addresses and names in what is written.")
templates = click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Templates that take the place of the shipped ones of the same name.",
)
