"""Sets of texts that wildcards can name: some, or all but some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.pattern.errors import CannotExpressError
from auditor.pattern.values import Pieces, fits

# A character that stands in no pattern: what a pattern with it in place of every wildcard matches, it matches
# whatever stands there.
_FRESH = "\U0010fffe"
_MOST_PAIRS = 1000
ANYTHING: Pieces = ("", "")


@dataclass(frozen=True, slots=True)
class TextSet:
    """A union of wildcards' texts, and perhaps of all texts but some.

    Attributes:
        some: Texts with wildcards, as their literal parts; a single part has none.
        but: If not None, every text but these is in the set as well.
    """

    some: tuple[Pieces, ...] = ()
    but: tuple[Pieces, ...] | None = None

    @classmethod
    def of(cls, globs: Iterable[Pieces]) -> TextSet:
        """Gives the texts that one of these wildcards matches."""
        kept = _widest(tuple(globs))
        return EVERY_TEXT if ANYTHING in kept else cls(kept)

    def __invert__(self) -> TextSet:
        if self.but is None:
            return TextSet(but=self.some)
        return TextSet.of(_without(self.but, self.some))

    def __and__(self, other: TextSet) -> TextSet:
        if len(self.some) * len(other.some) > _MOST_PAIRS:
            raise CannotExpressError("too many wildcards that must match together")
        found = [glob for one in self.some for two in other.some for glob in _common(one, two)]
        if other.but is not None:
            found += _without(self.some, other.but)
        if self.but is not None:
            found += _without(other.some, self.but)
        if self.but is None or other.but is None:
            return TextSet.of(found)
        return TextSet(tuple(found), _united(self.but, other.but))

    def __or__(self, other: TextSet) -> TextSet:
        some = _united(self.some, other.some)
        if self.but is None and other.but is None:
            return EVERY_TEXT if ANYTHING in some else TextSet(some)
        if self.but is not None and other.but is not None:
            but = [glob for one in self.but for two in other.but for glob in _common(one, two)]
        else:
            but = list(self.but or other.but or ())
        left = tuple(glob for glob in but if not any(_contains(wide, glob) for wide in some))
        return TextSet(tuple(glob for glob in some if not all(_apart(glob, out) for out in left)), left)

    def __bool__(self) -> bool:
        return bool(self.some) or (self.but is not None and ANYTHING not in self.but)


NO_TEXT = TextSet()
EVERY_TEXT = TextSet(but=())


def _widest(globs: tuple[Pieces, ...]) -> tuple[Pieces, ...]:
    """Leaves out what another matches as well."""
    distinct = tuple(dict.fromkeys(globs))
    wild = [glob for glob in distinct if len(glob) > 1]
    return tuple(glob for glob in distinct if not any(wide != glob and _contains(wide, glob) for wide in wild))


def _united(ones: tuple[Pieces, ...], others: tuple[Pieces, ...]) -> tuple[Pieces, ...]:
    """Joins globs of which neither side has one that matches what another there does."""
    known, wild = set(ones), [glob for glob in ones if len(glob) > 1]
    fresh = [glob for glob in others if glob not in known and not any(_contains(wide, glob) for wide in wild)]
    wider = [glob for glob in fresh if len(glob) > 1]
    return (*(glob for glob in ones if not any(_contains(wide, glob) for wide in wider)), *fresh)


def _contains(wide: Pieces, narrow: Pieces) -> bool:
    return fits(wide, _FRESH.join(narrow))


def _without(globs: Iterable[Pieces], excluded: tuple[Pieces, ...]) -> list[Pieces]:
    left = []
    for glob in globs:
        if any(_contains(wide, glob) for wide in excluded):
            continue
        if not all(_apart(glob, other) for other in excluded):
            raise CannotExpressError("a wildcard with exceptions from it cannot be said of one field")
        left.append(glob)
    return left


def _common(one: Pieces, two: Pieces) -> list[Pieces]:
    """Gives the texts that both match."""
    if _contains(one, two):
        return [two]
    if _contains(two, one):
        return [one]
    if _apart(one, two):
        return []
    for head, tail in ((one, two), (two, one)):
        if len(head) == len(tail) == 2 and not head[1] and not tail[0]:
            return _from_to(head[0], tail[1])
    raise CannotExpressError("several wildcards that must all match cannot be said of one field")


def _from_to(start: str, end: str) -> list[Pieces]:
    """Gives the texts that start and end so: with anything between, or the one running into the other."""
    overlaps = [size for size in range(1, min(len(start), len(end)) + 1) if start.endswith(end[:size])]
    return [(start, end), *((start + end[size:],) for size in overlaps)]


def _apart(one: Pieces, two: Pieces) -> bool:
    """Tells whether no text matches both."""
    if len(one) == 1:
        return not fits(two, one[0])
    if len(two) == 1:
        return not fits(one, two[0])
    # Both have a wildcard: whatever lies between, their starts and their ends alone can contradict.
    starts = one[0].startswith(two[0]) or two[0].startswith(one[0])
    ends = one[-1].endswith(two[-1]) or two[-1].endswith(one[-1])
    return not (starts and ends)
