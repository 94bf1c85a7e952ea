"""How AWS's services spell a denial; the table is denials.json, each line with its source."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def denial_codes() -> tuple[str, ...]:
    """Gives the error codes that tell of a denial; `*` is a wildcard."""
    table = json.loads(resources.files(__package__).joinpath("denials.json").read_text(encoding="utf-8"))
    return tuple(line["code"] for line in table["codes"])
