"""Turns an expression into the fields, classes and formula that a search can work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from auditor.pattern.model import Always, And, Atom, Compare, Expression, Never, Not, Or, Regex, Selector, Text
from auditor.pattern.search import Budget, Formula, Leaf, all_of, solutions, some_of
from auditor.pattern.semantics import Semantics
from auditor.pattern.splitting import Member, Split, split
from auditor.pattern.values import Found

Usual = Callable[[Selector], Sequence[Found]]
Assignment = dict[Selector, list[Member]]


class Grain(Enum):
    """How closely a problem follows its goal.

    An exact problem has the solutions of the goal. A sampled one has none but those, a loose one all of those
    and perhaps others; between them they often settle what is too hard to be exact.
    """

    EXACT = "exact"
    SAMPLED = "sampled"
    LOOSE = "loose"


@dataclass(slots=True)
class Problem:
    """A goal, ready to be searched.

    Attributes:
        fields: The fields that the goal speaks of, with their classes.
        opaque: Atoms that are taken to hold or not as they please: those on selectors with a wildcard, which
            may stand for many fields, and in a loose problem those on texts with a wildcard.
        full: For each field and then each opaque atom, all its classes.
        formula: The goal.
    """

    fields: dict[Selector, Split] = field(default_factory=dict)
    opaque: dict[Atom, int] = field(default_factory=dict)
    full: list[int] = field(default_factory=list)
    formula: Formula = True

    @classmethod
    def of(cls, goal: Sequence[Expression], semantics: Semantics, usual: Usual, grain: Grain = Grain.EXACT) -> Problem:
        """Gives the problem of finding an event for which every expression of the goal holds.

        Raises:
            TooHardError: The values of a field fall into too many classes.
        """
        made = cls()
        atoms: dict[Selector, list[Atom]] = {}
        for atom in atoms_of(goal):
            if atom.selector.has_wildcard or (grain is Grain.LOOSE and _is_wild(atom)):
                made.opaque[atom] = 0
            else:
                atoms.setdefault(atom.selector, []).append(atom)
        for selector, holds in _with_parents(atoms).items():
            about = tuple(dict.fromkeys(atoms.get(selector, ())))
            made.fields[selector] = _classes(selector, about, semantics, usual, holds, grain is Grain.SAMPLED)
        made.full = [found.full for found in made.fields.values()]
        for atom in made.opaque:
            made.opaque[atom] = len(made.full)
            made.full.append(0b11)
        made.formula = made._formula(goal)
        return made

    def assignments(self, budget: Budget) -> Iterator[Assignment]:
        """Gives values for the fields under which the goal holds, as far as it rests on the fields.

        Raises:
            TooHardError: The budget is spent.
        """
        for box in solutions(self.formula, self.full, budget):
            yield {
                selector: found.members[(classes & -classes).bit_length() - 1]
                for (selector, found), classes in zip(self.fields.items(), box, strict=False)
            }

    def _formula(self, goal: Sequence[Expression]) -> Formula:
        places = {selector: at for at, selector in enumerate(self.fields)}
        leaves: dict[Atom, Leaf] = {}
        for selector, found in self.fields.items():
            for atom, mask in found.masks.items():
                leaves[atom] = Leaf(places[selector], mask)
        for atom, at in self.opaque.items():
            leaves[atom] = Leaf(at, 0b10)
        parts = [_translated(term, leaves, self.full, wanted=True) for term in goal]
        return all_of([*parts, *self._nesting(places)], self.full)

    def _nesting(self, places: dict[Selector, int]) -> Iterator[Formula]:
        """Gives what the shape of JSON demands: a field lies in an object, and an index in a filled array."""
        for selector, at in places.items():
            parent = Selector(selector.steps[:-1])
            missing = Leaf(at, self.fields[selector].kinds.get("absent", 0))
            if parent in places:
                kind = "array" if isinstance(selector.steps[-1], int) else "object"
                mask = self.fields[parent].kinds.get(kind, 0)
                yield some_of([missing, Leaf(places[parent], mask)], self.full)
            for before in _elements_before(selector):
                if before in places:
                    absent = self.fields[before].kinds.get("absent", 0)
                    filled = Leaf(places[before], self.full[places[before]] & ~absent)
                    yield some_of([missing, filled], self.full)


def _translated(node: Expression, leaves: dict[Atom, Leaf], full: list[int], *, wanted: bool) -> Formula:
    """Gives the formula of an expression, or of its opposite, with every "not" carried to the leaves."""
    if isinstance(node, Not):
        return _translated(node.term, leaves, full, wanted=not wanted)
    if isinstance(node, And | Or):
        parts = (_translated(term, leaves, full, wanted=wanted) for term in node.terms)
        return all_of(parts, full) if isinstance(node, And) is wanted else some_of(parts, full)
    if isinstance(node, Always | Never):
        return isinstance(node, Always) is wanted
    leaf = leaves[node]
    mask = leaf.mask if wanted else full[leaf.field] & ~leaf.mask
    if mask in (0, full[leaf.field]):
        return bool(mask)
    return Leaf(leaf.field, mask)


def atoms_of(goal: Sequence[Expression]) -> Iterator[Atom]:
    """Gives every atom of the expressions, in the order of the text."""
    waiting = list(reversed(goal))
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting += reversed(node.terms)
        elif isinstance(node, Not):
            waiting.append(node.term)
        elif not isinstance(node, Always | Never):
            yield node


def _with_parents(selectors: dict[Selector, list[Atom]]) -> dict[Selector, str]:
    """Gives the selectors and all that they lie in; of the latter, whether an object or an array holds others."""
    found = dict.fromkeys(selectors, "")
    for selector in selectors:
        for length in range(1, len(selector.steps)):
            found[Selector(selector.steps[:length])] = "array" if isinstance(selector.steps[length], int) else "object"
    return found


@lru_cache(maxsize=1024)
def _classes(
    selector: Selector, atoms: tuple[Atom, ...], semantics: Semantics, usual: Usual, holds: str, sampled: bool
) -> Split:
    """Gives the classes of a field; the same few atoms on a field come up in very many problems."""
    empty: dict[str, tuple[Found, ...]] = {"": (), "object": ({},), "array": ([],)}
    return split(atoms, semantics, (*usual(selector), *empty[holds]), sampled=sampled)


def _is_wild(atom: Atom) -> bool:
    return isinstance(atom, Compare) and (
        isinstance(atom.value, Regex) or (isinstance(atom.value, Text) and "*" in atom.value.value)
    )


def _elements_before(selector: Selector) -> Iterator[Selector]:
    *parents, last = selector.steps
    if isinstance(last, int):
        # Arrays are short in practice; an index of a million is no reason to look at a million fields.
        for index in range(min(last, 1000)):
            yield Selector((*parents, index))
