"""Writes the trees of filter patterns as texts that parse to the same trees."""

from __future__ import annotations

import re

from auditor.pattern.model import (
    And,
    AnyFields,
    Compare,
    DelimitedPattern,
    Expression,
    IsFalse,
    IsKind,
    IsNull,
    IsTrue,
    JsonPattern,
    Not,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
    Slot,
    Step,
    TermPattern,
    Value,
    Wild,
)

_LONGEST = 1024
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A backslash is doubled only where a single one would be read as an escape.
_BACKSLASH = re.compile(r'\\(?=["\\]|\Z)')
_STATES = {IsNull: "IS NULL", IsTrue: "IS TRUE", IsFalse: "IS FALSE", NotExists: "NOT EXISTS"}


def json_text(pattern: JsonPattern) -> str:
    """Gives the text of a JSON pattern, spaced out where that keeps it within the longest AWS takes."""
    spaced = "{ " + _expression(pattern.expression, " ") + " }"
    return spaced if len(spaced) <= _LONGEST else "{" + _expression(pattern.expression, "") + "}"


def expression_text(expression: Expression) -> str:
    """Gives an expression in the words of the language, with `not`, `always` and `never` where it has none."""
    return _expression(expression, " ")


def selector_text(selector: Selector) -> str:
    """Gives a selector in its shortest spelling."""
    return "$" + "".join(_step(step) for step in selector.steps)


def terms_text(pattern: TermPattern) -> str:
    """Gives the text of a term pattern."""
    return " ".join(term.role.value + _value(term.value) for term in pattern.terms)


def delimited_text(pattern: DelimitedPattern) -> str:
    """Gives the text of a space-delimited pattern."""
    # One slot without a name is no slot at all to the parser; `[]` takes every event either way.
    return "[" + ",".join(_slot(slot) for slot in pattern.slots) + "]"


def _expression(node: Expression, gap: str) -> str:
    if isinstance(node, Compare):
        return f"{selector_text(node.selector)}{gap}{node.op}{gap}{_value(node.value)}"
    if isinstance(node, IsNull | IsTrue | IsFalse | NotExists):
        return f"{selector_text(node.selector)} {_STATES[type(node)]}"
    if isinstance(node, And):
        return f"{gap}&&{gap}".join(_grouped(term, gap, (And, Or)) for term in node.terms)
    if isinstance(node, Or):
        return f"{gap}||{gap}".join(_grouped(term, gap, (Or,)) for term in node.terms)
    if isinstance(node, IsKind):
        return f"{selector_text(node.selector)} is {' or '.join(node.kinds)}"
    if isinstance(node, Not):
        return f"not ({_expression(node.term, gap)})"
    return type(node).__name__.lower()


def _grouped(node: Expression, gap: str, kinds: tuple[type, ...]) -> str:
    text = _expression(node, gap)
    return f"({text})" if isinstance(node, kinds) else text


def _step(step: Step) -> str:
    if isinstance(step, Wild):
        return step.value
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_NAME.fullmatch(step) else f".['{step}']"


def _value(value: Value) -> str:
    if isinstance(value, Number):
        return value.text
    if isinstance(value, Regex):
        return f"%{value.source}%"
    if not value.quoted:
        return value.value
    escaped = _BACKSLASH.sub(r"\\\\", value.value).replace('"', '\\"')
    return f'"{escaped}"'


def _slot(slot: Slot | AnyFields) -> str:
    if isinstance(slot, AnyFields):
        return "..."
    return slot.name + "||".join(
        "&&".join((slot.name if (at or index) else "") + test.op + _value(test.value) for at, test in enumerate(tests))
        for index, tests in enumerate(slot.tests)
    )
