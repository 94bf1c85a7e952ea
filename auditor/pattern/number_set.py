"""Sets of numbers, as the places on the number line where they begin and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from auditor.pattern.model import Op

# A number, and whether the place is just behind it rather than just before it.
Cut = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class NumberSet:
    """A union of intervals.

    Attributes:
        unbounded: Whether it holds the smallest numbers.
        cuts: The places, in order, at each of which it begins or ends.
    """

    unbounded: bool
    cuts: tuple[Cut, ...] = ()

    @classmethod
    def of(cls, op: Op, number: float) -> NumberSet:
        """Gives the numbers of which a comparison with this one holds."""
        before, behind = (number, False), (number, True)
        if op in ("=", "!="):
            return cls(op == "!=", (before, behind))
        return cls(op.startswith("<"), (before if op in ("<", ">=") else behind,))

    def __invert__(self) -> NumberSet:
        return NumberSet(not self.unbounded, self.cuts)

    def __and__(self, other: NumberSet) -> NumberSet:
        return self._combined(other, lambda one, two: one and two)

    def __or__(self, other: NumberSet) -> NumberSet:
        return self._combined(other, lambda one, two: one or two)

    def __bool__(self) -> bool:
        return self.unbounded or bool(self.cuts)

    def intervals(self) -> list[tuple[Cut, Cut]]:
        """Gives where each of its intervals begins and ends; minus and plus infinity where it has no end."""
        ends = [*([(-inf, True)] if self.unbounded else []), *self.cuts]
        return list(zip(ends[::2], [*ends[1::2], (inf, False)], strict=False))

    def points(self) -> list[float] | None:
        """Gives the numbers if there are finitely many."""
        found = [first[0] for first, last in self.intervals() if first[0] == last[0]]
        return found if len(found) == len(self.intervals()) else None

    def _combined(self, other: NumberSet, rule: Callable[[bool, bool], bool]) -> NumberSet:
        here, there = self.unbounded, other.unbounded
        inside = start = rule(here, there)
        mine, others = set(self.cuts), set(other.cuts)
        cuts = []
        for cut in sorted(mine | others):
            here ^= cut in mine
            there ^= cut in others
            if rule(here, there) != inside:
                inside = not inside
                cuts.append(cut)
        return NumberSet(start, tuple(cuts))


NO_NUMBER = NumberSet(unbounded=False)
EVERY_NUMBER = NumberSet(unbounded=True)
