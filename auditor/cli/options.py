"""Options that several commands have in common."""

from __future__ import annotations

import click

pdf_variant = click.option(
    "--pdf-variant", metavar="NAME", help="The standard that the PDF keeps to: pdf/a-3a (the default) or pdf/ua-1."
)
redact = click.option("--redact", is_flag=True, help="Mask account ids, addresses and names in what is written.")
