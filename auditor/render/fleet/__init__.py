"""Turns the overview of many accounts into a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from auditor.overview import Overview

# Each is the ending of its file as well, `fleet.html` and so on.
OVERVIEW_FORMATS = ("html", "pdf", "json", "csv")
_MODULES = {"html": "html", "pdf": "pdf", "json": "machine", "csv": "table"}


class _Room(Protocol):
    """What the module of a format offers."""

    @staticmethod
    def render(overview: Overview) -> bytes:
        """Gives the whole file."""


def render_overview(name: str, overview: Overview) -> bytes:
    """Gives the overview in one of `OVERVIEW_FORMATS`; the same overview gives the same bytes.

    The module of the format is imported now, and not before.

    Raises:
        UsageError: No such format.
        ConfigurationError: The format needs something that is not installed.
    """
    if name not in OVERVIEW_FORMATS:
        from auditor.errors import UsageError

        raise UsageError(
            f"There is no fleet overview in the format {name!r}.", f"Choose one of {', '.join(OVERVIEW_FORMATS)}."
        )
    return cast("_Room", import_module(f"{__name__}.{_MODULES[name]}")).render(overview)
