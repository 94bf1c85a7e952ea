"""Writes what a query found: a table for people, CSV, JSON, and one HTML file that asks nothing of the network."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.hunts import Hunt
from auditor.render.exchange import as_json
from auditor.render.table import guarded
from auditor.render.templates import environment
from auditor.render.visible import encodable, one_line, shortened, visible

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_CELL = 200


def as_csv(hunt: Hunt) -> bytes:
    """Gives the rows as comma-separated values (RFC 4180) with a header, no cell of which is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(hunt.columns)
    writer.writerows([guarded(visible(cell)) for cell in row] for row in hunt.rows)
    return text.getvalue().encode()


def as_object(hunt: Hunt) -> bytes:
    """Gives all that is known as JSON, each row an object."""
    whole = hunt.model_dump(mode="json")
    return as_json({**whole, "rows": [dict(zip(hunt.columns, row, strict=True)) for row in hunt.rows]})


def as_page(hunt: Hunt) -> bytes:
    """Gives the rows as a page."""
    return environment().get_template("hunt/page.html").render(hunt=hunt).encode()


FORMATS: dict[str, Callable[[Hunt], bytes]] = {"csv": as_csv, "json": as_object, "html": as_page}


def print_table(hunt: Hunt, console: Console) -> None:
    """Prints the rows as a table; a column without a value in any of them is left out."""
    from rich.table import Table
    from rich.text import Text

    kept = hunt.filled
    if not kept:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for at in kept:
        table.add_column(hunt.columns[at], overflow="fold")
    for row in hunt.rows:
        cells = (encodable(shortened(one_line(row[at]), _LONGEST_CELL), console.encoding) for at in kept)
        table.add_row(*map(Text, cells))
    console.print(table)
