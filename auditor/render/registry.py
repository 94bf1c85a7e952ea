"""Finds formats: the built-in ones and a third party's, in one way, by the entry-point group `auditor.formats`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from auditor.errors import AuditorError, ConfigurationError, UsageError
from auditor.render.interface import HasVariants, Renderer

GROUP = "auditor.formats"
# What a scan writes where nothing else is asked for.
DEFAULT = ("html", "pdf", "json")


def formats() -> tuple[str, ...]:
    """Gives the names of all installed formats, the default ones first."""
    return tuple(sorted(_points(), key=lambda name: (DEFAULT.index(name) if name in DEFAULT else len(DEFAULT), name)))


def renderer(name: str, variant: str | None = None) -> Renderer:
    """Gives the renderer of a format; nothing of the others is loaded.

    Args:
        name: The format.
        variant: Which variant of it, where it has several and not the usual one is wanted.

    Raises:
        UsageError: No such format, or no such variant.
        ConfigurationError: The format needs something that is not installed, or does not work.
    """
    points = _points()
    if name not in points:
        raise UsageError(f"There is no format {name!r}.", f"Choose one of {', '.join(formats())}.")
    found: Renderer
    try:
        found = points[name].load()
    except AuditorError:
        raise
    except Exception as error:
        raise _broken(points[name], f"{type(error).__name__}: {error}") from error
    if not callable(getattr(found, "render", None)) or found.name != name:
        raise _broken(points[name], f"{points[name].value} is no renderer with the name {name}")
    return found.with_variant(variant) if variant and isinstance(found, HasVariants) else found


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _broken(point: EntryPoint, why: str) -> ConfigurationError:
    distribution = point.dist.name if point.dist else "an unknown package"
    return ConfigurationError(
        f"The format {point.name} of {distribution} does not work: {why}.", "Mend or remove that package."
    )
