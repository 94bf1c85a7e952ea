"""An oracle that goes through every small event, with its own reading of the language."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Iterator
from typing import Any

from auditor.pattern import (
    And,
    Compare,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    Not,
    NotExists,
    Number,
    Or,
    Regex,
    Semantics,
    Text,
)

MISSING = object()
ORDERS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
# Long enough to go through every way in which the words of random_patterns can divide texts.
TEXTS = ["".join(chars) for size in range(4) for chars in itertools.product("xy7z", repeat=size)]
SCALARS: list[Any] = [*TEXTS, "7.5", "10", "-1", "7.0", "-5", "3", "9", "20", "8", "7.2"]
SCALARS += [7, 0, 7.5, -1, 10, 7.2, 8, 20, 3, -5, 70, None, True, False, MISSING, {}, []]


def matches(node: Expression, event: dict[str, Any], semantics: Semantics) -> bool:
    """Reads an expression over an event, written apart from the package."""
    if isinstance(node, And):
        return all(matches(term, event, semantics) for term in node.terms)
    if isinstance(node, Or):
        return any(matches(term, event, semantics) for term in node.terms)
    if isinstance(node, Not):
        return not matches(node.term, event, semantics)
    assert isinstance(node, Compare | IsNull | IsTrue | IsFalse | NotExists)
    value = look_up(event, node.selector.steps)
    if isinstance(node, NotExists):
        return value is MISSING
    states = {IsNull: None, IsTrue: True, IsFalse: False}
    if type(node) in states:
        return value is states[type(node)]
    assert isinstance(node, Compare)
    return compared(node, value, semantics)


def look_up(value: Any, steps: tuple[Any, ...]) -> Any:
    for step in steps:
        try:
            if not isinstance(value, dict if isinstance(step, str) else list):
                return MISSING
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return value


def compared(node: Compare, value: Any, semantics: Semantics) -> bool:
    if value is MISSING:
        return node.op == "!=" and bool(semantics.not_equal_absent)
    if isinstance(value, dict | list):
        return False
    if node.op in ORDERS:
        assert isinstance(node.value, Number)
        number = as_number(value) if semantics.string_number or not isinstance(value, str) else None
        return number is not None and ORDERS[node.op](number, float(node.value.text))
    same = equals(node.value, value, semantics)
    if node.op == "=":
        return same
    return not same and (like(node.value, value) or bool(semantics.not_equal_other_type))


def equals(wanted: Any, value: Any, semantics: Semantics) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Number):
        if isinstance(value, str) and not semantics.string_number:
            return False
        return as_number(value) == float(wanted.text)
    if isinstance(value, str):
        return fits(wanted, value, semantics)
    if isinstance(wanted, Text) and wanted == Text("*", quoted=False) and not isinstance(value, bool):
        return True
    if not semantics.string_number:
        return False
    shown = str(value).lower() if isinstance(value, bool) else re.sub(r"\.0$", "", str(value))
    if fits(wanted, shown, semantics):
        return True
    return isinstance(wanted, Text) and not isinstance(value, bool) and as_number(wanted.value) == value


def like(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Number):
        return type(value) in (int, float)
    return isinstance(value, str) or (wanted == Text("*", quoted=False) and value is not None)


def as_number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def fits(wanted: Any, text: str, semantics: Semantics) -> bool:
    if isinstance(wanted, Regex):
        return re.search(wanted.source.replace("$", r"\Z"), text) is not None
    return re.fullmatch(translated(wanted.value, semantics), text, re.DOTALL) is not None


def translated(text: str, semantics: Semantics) -> str:
    """Gives a text with wildcards as a regular expression."""
    core = text.strip("*")
    inner = ".*".join(map(re.escape, core.split("*"))) if semantics.star_inside_word else re.escape(core)
    if not core:
        return ".*" if text else ""
    return ".*" * text.startswith("*") + inner + ".*" * text.endswith("*")


def fields(names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Gives every event whose named fields hold one of the small values."""
    for values in itertools.product(SCALARS, repeat=len(names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not MISSING}


def nested() -> Iterator[dict[str, Any]]:
    """Gives events in which `a` may hold an object with `b`, and `l` an array."""
    few = ["x", "xy", "y", "z", "", "7", 7, 0, None, True, False, {}, [], MISSING]
    inner = [*few, *({"b": value} for value in few if value is not MISSING)]
    lists = [*few, *([value] for value in few if value is not MISSING), ["z", "x"]]
    for a, items in itertools.product(inner, lists):
        yield {name: value for name, value in (("a", a), ("l", items)) if value is not MISSING}
