"""An oracle that asks z3 whether an expression has an event, with its own reading of the language.

A field is a kind, a number and a text. Texts and numbers are kept apart (string_number is off), since the
question which texts write a number is one that the enumeration answers better.
"""

from __future__ import annotations

import re
from typing import Any

import z3

from auditor.pattern import (
    Always,
    And,
    Compare,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    Never,
    Not,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
    Semantics,
    Text,
)
from auditor.pattern.model import IsKind

KINDS = ("absent", "null", "true", "false", "number", "text", "object", "array")
ABSENT, NULL, TRUE, FALSE, NUMBER, TEXT, OBJECT, ARRAY = range(8)
OF_KIND = {
    "absent": [ABSENT],
    "null": [NULL],
    "boolean": [TRUE, FALSE],
    "number": [NUMBER],
    "text": [TEXT],
    "object": [OBJECT],
    "array": [ARRAY],
}
ANYTHING = z3.Full(z3.ReSort(z3.StringSort()))


class Oracle:
    """One question to z3."""

    def __init__(self, semantics: Semantics) -> None:
        assert semantics.string_number is False
        self.semantics = semantics
        self.solver = z3.Solver()
        # Steps, not seconds, so that a slow machine asks the same questions.
        self.solver.set("rlimit", 3_000_000)
        self.fields: dict[Selector, tuple[Any, Any, Any]] = {}

    def has_event(self, goal: list[Expression]) -> bool | None:
        """Tells whether some event meets every expression; None if z3 gives up."""
        self.solver.add(*(self.translated(term) for term in goal))
        for selector in list(self.fields):
            self._nest(selector)
        found = self.solver.check()
        return None if found == z3.unknown else found == z3.sat

    def field(self, selector: Selector) -> tuple[Any, Any, Any]:
        if selector not in self.fields:
            name = str(selector)
            made = (z3.Int(f"kind {name}"), z3.Real(f"number {name}"), z3.String(f"text {name}"))
            self.solver.add(made[0] >= 0, made[0] < len(KINDS))
            self.fields[selector] = made
        return self.fields[selector]

    def _nest(self, selector: Selector) -> None:
        kind = self.field(selector)[0]
        for length in range(len(selector.steps) - 1, 0, -1):
            parent = self.field(Selector(selector.steps[:length]))[0]
            wanted = ARRAY if isinstance(selector.steps[length], int) else OBJECT
            self.solver.add(z3.Or(kind == ABSENT, parent == wanted))
            kind = parent

    def translated(self, node: Expression) -> Any:
        if isinstance(node, And):
            return z3.And(*(self.translated(term) for term in node.terms))
        if isinstance(node, Or):
            return z3.Or(*(self.translated(term) for term in node.terms))
        if isinstance(node, Not):
            return z3.Not(self.translated(node.term))
        if isinstance(node, Always | Never):
            return z3.BoolVal(isinstance(node, Always))
        kind, number, text = self.field(node.selector)
        states = {IsNull: NULL, IsTrue: TRUE, IsFalse: FALSE, NotExists: ABSENT}
        if isinstance(node, IsKind):
            return z3.Or(*(kind == code for name in node.kinds for code in OF_KIND[name]))
        if not isinstance(node, Compare):
            return kind == states[type(node)]
        return self._compared(node, kind, number, text)

    def _compared(self, node: Compare, kind: Any, number: Any, text: Any) -> Any:
        wanted = node.value
        if isinstance(wanted, Number):
            value = z3.Q(*float(wanted.text).as_integer_ratio())
            orders = {"<": number < value, ">": number > value, "<=": number <= value, ">=": number >= value}
            if node.op in orders:
                return z3.And(kind == NUMBER, orders[node.op])
            same, like = z3.And(kind == NUMBER, number == value), [NUMBER]
        else:
            same, like = z3.And(kind == TEXT, z3.InRe(text, self._expression(wanted))), [TEXT]
            if wanted == Text("*", quoted=False):
                same, like = z3.Or(same, kind == NUMBER), [TEXT, NUMBER, TRUE, FALSE]
        if node.op == "=":
            return same
        matching = [*like]
        if self.semantics.not_equal_other_type:
            matching += [NULL, TRUE, FALSE, NUMBER, TEXT]
        if self.semantics.not_equal_absent:
            matching.append(ABSENT)
        return z3.And(z3.Not(same), z3.Or(*(kind == code for code in matching)))

    def _expression(self, value: Text | Regex) -> Any:
        if isinstance(value, Regex):
            return _union([_searched(part) for part in value.source.split("|")])
        core = value.value.strip("*")
        if not core and value.value:
            return ANYTHING
        parts = core.split("*") if self.semantics.star_inside_word else [core]
        pieces: list[Any] = [ANYTHING] if value.value.startswith("*") else []
        for at, part in enumerate(parts):
            pieces += [ANYTHING, z3.Re(part)] if at else [z3.Re(part)]
        return _row([*pieces, ANYTHING] if value.value.endswith("*") else pieces)


def _searched(source: str) -> Any:
    """Reads what random_patterns writes: letters, digits, [0-9], `.`, and `*` or `?` after one of them."""
    pieces = [] if source.startswith("^") else [ANYTHING]
    for token, sign in re.findall(r"(\[0-9\]|[a-z0-9.])([*?]?)", source):
        one = {"[0-9]": z3.Range("0", "9"), ".": _not_newline()}.get(token, z3.Re(token))
        pieces.append({"*": z3.Star, "?": z3.Option}.get(sign, lambda same: same)(one))
    return _row(pieces if source.endswith("$") else [*pieces, ANYTHING])


def _not_newline() -> Any:
    return z3.Intersect(z3.AllChar(z3.ReSort(z3.StringSort())), z3.Complement(z3.Re("\n")))


def _row(pieces: list[Any]) -> Any:
    return z3.Concat(*pieces) if len(pieces) > 1 else pieces[0] if pieces else z3.Re("")


def _union(choices: list[Any]) -> Any:
    return z3.Union(*choices) if len(choices) > 1 else choices[0]
