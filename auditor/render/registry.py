"""Finds formats: the built-in ones and a third party's, in one way, by the entry-point group `auditor.formats`."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePath

from auditor.errors import AuditorError, ConfigurationError, UsageError
from auditor.render.interface import Format, HasVariants
from auditor.report import Report

GROUP = "auditor.formats"
# What is written where nobody asks for a format.
DEFAULT = ("html", "pdf", "json")


def formats() -> tuple[str, ...]:
    """Gives the names of all formats, those of `DEFAULT` first. None of them is loaded."""
    found = {point.name for point in entry_points(group=GROUP)}
    return (*(name for name in DEFAULT if name in found), *sorted(found.difference(DEFAULT)))


def renderer(name: str, variant: str | None = None) -> Format:
    """Gives a format; its module is imported now, and not before.

    Args:
        name: The format.
        variant: Which variant of it, where it has several and not the usual one is wanted.

    Raises:
        UsageError: No such format, or no such variant.
        ConfigurationError: The format needs something that is not installed, or its package is broken.
    """
    found = tuple(entry_points(group=GROUP, name=name))
    if not found:
        near = get_close_matches(name, formats(), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no format {name!r}.", f"{hint}Choose one of {', '.join(formats())}.")
    if len(found) > 1:
        packages = ", ".join(sorted(_package(point) for point in found))
        raise ConfigurationError(
            f"The format {name!r} is registered more than once, by {packages}.", "Uninstall all of them but one."
        )
    made = _load(found[0])
    return made.with_variant(variant) if variant and isinstance(made, HasVariants) else made


def render(each: Format, report: Report) -> bytes:
    """Gives a report in a format.

    Raises:
        ConfigurationError: A third party's format does not work.
    """
    try:
        content = each.render(report)
    except AuditorError:
        raise
    except Exception as error:
        if type(each).__module__.startswith("auditor."):
            raise
        raise _broken(each.name, type(each).__module__, f"{type(error).__name__}: {error}") from error
    if not isinstance(content, bytes):
        raise _broken(each.name, type(each).__module__, f"render gave {type(content).__name__}, not bytes")
    return content


def _load(point: EntryPoint) -> Format:
    try:
        made = point.load()()
    except AuditorError:
        raise
    except Exception as error:
        raise _broken(point.name, _package(point), f"{type(error).__name__}: {error}") from error
    if not isinstance(made, Format) or made.name != point.name:
        raise _broken(point.name, _package(point), f"{point.value} is no format with the name {point.name}")
    if made.file_name != PurePath(made.file_name).name:
        raise _broken(point.name, _package(point), f"{made.file_name!r} is no plain file name")
    return made


def _broken(name: str, package: str, reason: str) -> ConfigurationError:
    said = " ".join(reason.split())
    return ConfigurationError(
        f"The format {name!r} of {package} does not work: {said}.", "Mend or uninstall it, or leave it out of --format."
    )


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "an unknown package"
