"""Sets of characters, as ranges of code points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set of characters.

    Attributes:
        ranges: First and last code points, in order and apart from one another.
    """

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, chars: str) -> CharSet:
        """Gives the set of these characters."""
        return cls.joined((ord(char), ord(char)) for char in chars)

    @classmethod
    def joined(cls, ranges: Iterable[tuple[int, int]]) -> CharSet:
        """Gives the union of ranges in any order."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    def __contains__(self, char: str) -> bool:
        code = ord(char)
        return any(first <= code <= last for first, last in self.ranges)

    def __or__(self, other: CharSet) -> CharSet:
        return CharSet.joined(self.ranges + other.ranges)

    def __invert__(self) -> CharSet:
        gaps, start = [], 0
        for first, last in self.ranges:
            if start < first:
                gaps.append((start, first - 1))
            start = last + 1
        if start <= _LAST:
            gaps.append((start, _LAST))
        return CharSet(tuple(gaps))


ANY = CharSet(((0, _LAST),))
NONE = CharSet(())
DIGIT = CharSet.joined([(0x30, 0x39)])
SPACE = CharSet.of(" \t\n\x0b\f\r")
WORD = CharSet.joined([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
NOT_NEWLINE = ~CharSet.of("\n")
