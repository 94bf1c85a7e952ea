"""Finds checks: the built-in ones and a third party's, in one way, by the entry-point group `auditor.checks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.checking import Check

GROUP = "auditor.checks"


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A check that could not be loaded; it becomes a finding, not a crash.

    Attributes:
        id: The name it is registered under.
        distribution: The package that registers it.
        reason: What went wrong.
    """

    id: str
    distribution: str
    reason: str


def check_ids() -> tuple[str, ...]:
    """Gives the ids of all installed checks."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def load_checks(
    only: Sequence[str] = (), skip: Sequence[str] = ()
) -> tuple[tuple[Check[Any], ...], tuple[BrokenPlugin, ...]]:
    """Gives the chosen checks and those that could not be loaded. What judges is imported now, and not before.

    Args:
        only: Ids, or patterns with `*`; all checks where empty.
        skip: Ids, or patterns with `*`, to leave out.

    Raises:
        UsageError: An id or a pattern names no check.
    """
    loaded = [_load(point) for point in chosen(only, skip)]
    return (
        tuple(check for check in loaded if not isinstance(check, BrokenPlugin)),
        tuple(check for check in loaded if isinstance(check, BrokenPlugin)),
    )


def chosen(only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[EntryPoint, ...]:
    """Gives where the chosen checks are; none of them is loaded.

    Raises:
        UsageError: An id or a pattern names no check.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: _place(point.name))
    known = tuple(point.name for point in points)
    for wanted in (*only, *skip):
        if not any(fnmatchcase(name, wanted) for name in known):
            raise UsageError(f"There is no check {wanted!r}.", _advice(wanted, known))
    return tuple(
        point
        for point in points
        if (not only or any(fnmatchcase(point.name, wanted) for wanted in only))
        and not any(fnmatchcase(point.name, unwanted) for unwanted in skip)
    )


def _load(point: EntryPoint) -> Check[Any] | BrokenPlugin:
    from auditor.checking import Check

    distribution = point.dist.name if point.dist else "an unknown package"
    try:
        check = point.load()()
    except Exception as error:  # noqa: BLE001 - a third party's code may raise anything
        return BrokenPlugin(point.name, distribution, f"{type(error).__name__}: {error}")
    if not isinstance(check, Check) or check.id != point.name:
        return BrokenPlugin(point.name, distribution, f"{point.value} is no check with the id {point.name}")
    return check


def _advice(wanted: str, known: Sequence[str]) -> str:
    near = get_close_matches(wanted, known, n=1)
    return f"Did you mean {near[0]}?" if near else "See `auditor checks`."


_AREAS = ("trail", "bucket", "cloudwatch", "alarm", "securityhub")


def _place(name: str) -> tuple[int, str]:
    """Orders checks as an event travels; a third party's come last."""
    area = name.partition(".")[0]
    return (_AREAS.index(area) if area in _AREAS else len(_AREAS), name)
