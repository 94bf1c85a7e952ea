"""Which formats there are."""

from __future__ import annotations

from importlib import import_module

from auditor.errors import UsageError
from auditor.render.interface import Renderer

# Each module has a RENDERER. They are named here, not imported: WeasyPrint alone takes half a second.
_MODULES = {
    "html": "auditor.render.html",
    "pdf": "auditor.render.pdf",
    "json": "auditor.render.machine",
}


def formats() -> tuple[str, ...]:
    """Gives the names of all formats."""
    return tuple(_MODULES)


def renderer(name: str) -> Renderer:
    """Gives the renderer of a format.

    Raises:
        UsageError: No such format.
        ConfigurationError: The format needs something that is not installed.
    """
    if name not in _MODULES:
        raise UsageError(f"There is no format {name!r}.", f"Choose one of {', '.join(_MODULES)}.")
    found: Renderer = import_module(_MODULES[name]).RENDERER
    return found
