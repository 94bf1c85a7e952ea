"""Searches the classes of several fields for a choice that a formula accepts.

A formula is a tree of choices and conjunctions over leaves; a leaf says that a field is in one of some classes.
The search keeps the classes that each field may still be in, draws what follows, and splits on a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.pattern.separation import TooHardError


@dataclass(frozen=True, slots=True)
class Leaf:
    """The field is in one of the classes of the mask."""

    field: int
    mask: int


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Formula, ...]


Formula = Leaf | All | Some | bool


# What each field may still be, and what must still hold.
State = tuple[list[int], Sequence[Formula]]


def all_of(parts: Iterable[Formula], full: list[int]) -> Formula:
    """Gives a conjunction in which a field has one leaf at most."""
    masks: dict[int, int] = {}
    kept: list[Formula] = []
    for part in parts:
        if part is True:
            continue
        if part is False:
            return False
        for piece in part.parts if isinstance(part, All) else (part,):
            if isinstance(piece, Leaf):
                masks[piece.field] = masks.get(piece.field, full[piece.field]) & piece.mask
            else:
                kept.append(piece)
    if not all(masks.values()):
        return False
    kept[:0] = [Leaf(field, mask) for field, mask in masks.items() if mask != full[field]]
    if len(kept) < 2:
        return kept[0] if kept else True
    return All(tuple(kept))


def some_of(parts: Iterable[Formula], full: list[int]) -> Formula:
    """Gives a choice in which a field has one leaf at most."""
    masks: dict[int, int] = {}
    kept: list[Formula] = []
    for part in parts:
        if part is False:
            continue
        if part is True:
            return True
        for piece in part.parts if isinstance(part, Some) else (part,):
            if isinstance(piece, Leaf):
                masks[piece.field] = masks.get(piece.field, 0) | piece.mask
            else:
                kept.append(piece)
    if any(mask == full[field] for field, mask in masks.items()):
        return True
    kept[:0] = [Leaf(field, mask) for field, mask in masks.items() if mask]
    if len(kept) < 2:
        return kept[0] if kept else False
    return Some(tuple(kept))


@dataclass(slots=True)
class Budget:
    """How many steps a search may still take."""

    steps: int

    def spend(self, steps: int) -> None:
        """Takes steps away.

        Raises:
            TooHardError: None are left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise TooHardError("the patterns combine in too many ways")


def solutions(formula: Formula, full: list[int], budget: Budget) -> Iterator[list[int]]:
    """Gives boxes of solutions: the classes of each field, any choice from which satisfies the formula.

    No solution lies in no box.

    Raises:
        TooHardError: The budget is spent.
    """
    waiting: list[State] = [(list(full), [formula])]
    while waiting:
        box, open_parts = waiting.pop()
        choices = _drawn(box, open_parts, budget)
        if choices is None:
            continue
        if not choices:
            yield box
            continue
        field = _pivot(choices)
        if field is None:
            waiting += _split_choice(box, choices)
        else:
            waiting += _split_field(box, choices, field)


def _pivot(choices: list[Some]) -> int | None:
    """Gives the field that most choices speak of, such as eventName, if there is one."""
    counts: dict[int, int] = {}
    for choice in choices:
        for field in {leaf.field for part in choice.parts for leaf in _leaves(part)}:
            counts[field] = counts.get(field, 0) + 1
    field, count = max(counts.items(), key=lambda found: found[1])
    return field if count >= max(4, len(choices) // 2) else None


def _leaves(part: Formula) -> Iterable[Leaf]:
    if isinstance(part, Leaf):
        return (part,)
    return (leaf for leaf in part.parts if isinstance(leaf, Leaf)) if isinstance(part, All) else ()


def _split_field(box: list[int], choices: list[Some], field: int) -> Iterator[State]:
    """Tries every class of a field, which settles at once all that was said of it."""
    classes = box[field]
    # The first class is the most natural, so it comes last, on top of the stack.
    for at in range(classes.bit_length() - 1, -1, -1):
        if classes >> at & 1:
            one = list(box)
            one[field] = 1 << at
            yield one, list(choices)


def _split_choice(box: list[int], choices: list[Some]) -> Iterator[State]:
    """Takes one part of the shortest choice, or else one of its other parts."""
    choice = min(choices, key=lambda found: len(found.parts))
    rest: list[Formula] = [found for found in choices if found is not choice]
    first = next((part for part in choice.parts if _is_natural(part, box)), choice.parts[0])
    others = [part for part in choice.parts if part is not first]
    otherwise = list(box)
    if isinstance(first, Leaf):
        otherwise[first.field] &= ~first.mask
    yield otherwise, [some_of(others, box), *rest]
    yield box, [first, *rest]


def _is_natural(part: Formula, box: list[int]) -> bool:
    """Tells whether a part takes in the class that its field has in most events; such examples read best."""
    return isinstance(part, Leaf) and bool(part.mask & box[part.field] & -box[part.field])


def _drawn(box: list[int], parts: Sequence[Formula], budget: Budget) -> list[Some] | None:
    """Narrows a box to what the parts allow; gives the choices left open, or None where nothing is left."""
    pending: Sequence[Formula] = parts
    while True:
        before = list(box)
        choices: list[Some] = []
        for part in pending:
            found = _simplified(part, box, budget)
            if found is False or not _narrowed(found, box, choices):
                return None
        if before == box:
            return choices
        pending = list(choices)


def _narrowed(formula: Formula, box: list[int], choices: list[Some]) -> bool:
    """Takes a simplified formula into the box and the open choices; tells whether anything is left."""
    if isinstance(formula, Leaf):
        box[formula.field] &= formula.mask
        return bool(box[formula.field])
    if isinstance(formula, All):
        return all(_narrowed(part, box, choices) for part in formula.parts)
    if isinstance(formula, Some):
        choices.append(formula)
    return bool(formula)


def _simplified(formula: Formula, box: list[int], budget: Budget) -> Formula:
    """Gives what is left of a formula in a box."""
    if isinstance(formula, Leaf):
        mask = formula.mask & box[formula.field]
        if not mask:
            return False
        return True if mask == box[formula.field] else Leaf(formula.field, mask)
    if isinstance(formula, bool):
        return formula
    budget.spend(len(formula.parts))
    parts = (_simplified(part, box, budget) for part in formula.parts)
    return all_of(parts, box) if isinstance(formula, All) else some_of(parts, box)
