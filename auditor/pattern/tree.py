"""Shows a pattern's tree, as JSON and in lines, and how near it comes to the limits of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.pattern.json_grammar import MAX_WILDCARD_SELECTORS
from auditor.pattern.model import (
    And,
    AnyFields,
    Compare,
    DelimitedPattern,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    JsonPattern,
    NotExists,
    Number,
    Or,
    Pattern,
    Regex,
    Slot,
    Term,
    TermPattern,
    Value,
)
from auditor.pattern.parsing import MAX_LENGTH, MAX_REGEXES
from auditor.pattern.printing import expression_text
from auditor.pattern.problem import atoms_of

KINDS = {JsonPattern: "json", TermPattern: "terms", DelimitedPattern: "space-delimited"}


def kind(pattern: Pattern) -> str:
    """Names the kind of a pattern."""
    return KINDS[type(pattern)]


def tree(pattern: Pattern) -> dict[str, Any]:
    """Gives the tree of a pattern as JSON."""
    if isinstance(pattern, JsonPattern):
        return _expression(pattern.expression)
    if isinstance(pattern, TermPattern):
        return {"terms": [{"role": _role(term), **_value(term.value)} for term in pattern.terms]}
    return {"fields": [_slot(slot) for slot in pattern.slots]}


def outline(pattern: Pattern) -> Iterator[str]:
    """Gives the tree of a pattern as lines, indented by their depth."""
    if isinstance(pattern, JsonPattern):
        yield from _lines(pattern.expression, "")
    elif isinstance(pattern, TermPattern):
        yield from (f"{_role(term)} {_shown(term.value)}" for term in pattern.terms)
    else:
        yield from (_slot_line(slot) for slot in pattern.slots)


def limits(text: str, pattern: Pattern) -> dict[str, dict[str, int]]:
    """Gives how much a pattern uses of what AWS allows.

    Args:
        text: The pattern as written.
        pattern: The same, parsed.
    """
    selectors = 0
    if isinstance(pattern, JsonPattern):
        selectors = sum(atom.selector.has_wildcard for atom in atoms_of([pattern.expression]))
    regexes = sum(isinstance(value, Regex) for value in _values(pattern))
    return {
        "characters": {"used": len(text), "most": MAX_LENGTH},
        "regular expressions": {"used": regexes, "most": MAX_REGEXES},
        "wildcard selectors": {"used": selectors, "most": MAX_WILDCARD_SELECTORS},
    }


def _values(pattern: Pattern) -> Iterator[Value]:
    if isinstance(pattern, JsonPattern):
        yield from (atom.value for atom in atoms_of([pattern.expression]) if isinstance(atom, Compare))
    elif isinstance(pattern, TermPattern):
        yield from (term.value for term in pattern.terms)
    else:
        slots = (slot for slot in pattern.slots if isinstance(slot, Slot))
        yield from (test.value for slot in slots for tests in slot.tests for test in tests)


def _expression(node: Expression) -> dict[str, Any]:
    if isinstance(node, And | Or):
        return {type(node).__name__.lower(): [_expression(term) for term in node.terms]}
    if isinstance(node, Compare):
        return {"selector": str(node.selector), "op": node.op, **_value(node.value)}
    if isinstance(node, IsNull | IsTrue | IsFalse | NotExists):
        selector = str(node.selector)
        return {"selector": selector, "op": expression_text(node).removeprefix(selector).strip()}
    return {"op": expression_text(node)}


def _lines(node: Expression, indent: str) -> Iterator[str]:
    if not isinstance(node, And | Or):
        yield indent + expression_text(node)
        return
    yield indent + ("all of" if isinstance(node, And) else "any of")
    for term in node.terms:
        yield from _lines(term, indent + "  ")


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, Number):
        return {"number": value.value}
    return {"regex": value.source} if isinstance(value, Regex) else {"text": value.value}


def _shown(value: Value) -> str:
    if isinstance(value, Number):
        return value.text
    return f"%{value.source}%" if isinstance(value, Regex) else f'"{value.value}"'


def _role(term: Term) -> str:
    return term.role.name.lower()


def _slot(slot: Slot | AnyFields) -> dict[str, Any]:
    if isinstance(slot, AnyFields):
        return {"any": True}
    tests = [[{"op": test.op, **_value(test.value)} for test in row] for row in slot.tests]
    return {"name": slot.name, "tests": tests}


def _slot_line(slot: Slot | AnyFields) -> str:
    if isinstance(slot, AnyFields):
        return "any number of fields"
    rows = [" and ".join(f"{test.op} {_shown(test.value)}" for test in row) for row in slot.tests]
    return f"{slot.name or '(a field)'} {' or '.join(rows)}".rstrip()
