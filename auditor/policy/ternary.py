"""Three-valued logic: what a policy says when part of the request is not known.

A condition on a key whose value is unknown is neither true nor false. Carrying that third value through
"and", "or" and "not" is what keeps every verdict of this package sound: a definite answer is the answer for
every value the unknown keys could take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Truth(Enum):
    """The three values, after Kleene."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Ternary:
    """A truth value with what it hangs on.

    Attributes:
        truth: Yes, no or maybe.
        hangs_on: For a maybe: the condition keys, or the open questions in words, that would settle it.
    """

    truth: Truth
    hangs_on: tuple[str, ...] = ()

    @property
    def is_yes(self) -> bool:
        """Whether it holds whatever the unknown parts are."""
        return self.truth is Truth.YES

    @property
    def is_no(self) -> bool:
        """Whether it fails whatever the unknown parts are."""
        return self.truth is Truth.NO

    def __invert__(self) -> Ternary:
        if self.truth is Truth.MAYBE:
            return self
        return NO if self.is_yes else YES


YES = Ternary(Truth.YES)
NO = Ternary(Truth.NO)


def maybe(*hangs_on: str) -> Ternary:
    """Gives a maybe that hangs on the named keys or questions."""
    return Ternary(Truth.MAYBE, distinct(hangs_on))


def of(holds: bool) -> Ternary:
    """Gives a definite value."""
    return YES if holds else NO


def all_of(parts: Iterable[Ternary]) -> Ternary:
    """Gives the conjunction: one no settles it, else one maybe leaves it open."""
    found = tuple(parts)
    if any(part.is_no for part in found):
        return NO
    return _open(found) or YES


def any_of(parts: Iterable[Ternary]) -> Ternary:
    """Gives the disjunction: one yes settles it, else one maybe leaves it open."""
    found = tuple(parts)
    if any(part.is_yes for part in found):
        return YES
    return _open(found) or NO


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Gives the words once each, in the order in which they first came."""
    return tuple(dict.fromkeys(words))


def _open(parts: tuple[Ternary, ...]) -> Ternary | None:
    """Merges the maybes among the parts, if there are any."""
    unsettled = [part for part in parts if part.truth is Truth.MAYBE]
    if not unsettled:
        return None
    return maybe(*(word for part in unsettled for word in part.hangs_on))
