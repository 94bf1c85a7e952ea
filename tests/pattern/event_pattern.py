"""Matches EventBridge event patterns as AWS's own matcher does: on fields laid flat, arrays taken apart.

It shares nothing with the package, and refuses whatever EventBridge would not take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

ORDERS = {
    "=": lambda one, two: one == two,
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
}
Fields = dict[str, list[Any]]


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    return pattern_matches(pattern, laid_flat(event), "")


def laid_flat(value: Any, path: str = "") -> Fields:
    found: Fields = {}
    for name, leaf in leaves(value, path):
        found.setdefault(name, []).append(leaf)
    return found


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def pattern_matches(pattern: dict[str, Any], fields: Fields, path: str) -> bool:
    assert pattern, "a pattern has at least one field"
    for name, wanted in pattern.items():
        place = f"{path}.{name}" if path else name
        if name == "$or":
            assert len(wanted) > 1
            paths = {found for branch in wanted for found in named(branch)}
            beside = {found for key, value in pattern.items() if key != "$or" for found in named({key: value})}
            assert not paths & beside, "a field stands both beside and within $or"
            if not any(pattern_matches(branch, fields, path) for branch in wanted):
                return False
        elif isinstance(wanted, dict):
            if not pattern_matches(wanted, fields, place):
                return False
        else:
            assert isinstance(wanted, list)
            assert wanted, "a field has at least one value"
            if not any(value_matches(value, fields.get(place, [])) for value in wanted):
                return False
    return True


def named(pattern: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, wanted in pattern.items():
        if name == "$or":
            for branch in wanted:
                yield from named(branch, path)
        elif isinstance(wanted, dict):
            yield from named(wanted, f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def value_matches(wanted: Any, found: list[Any]) -> bool:
    if isinstance(wanted, dict) and "exists" in wanted:
        return bool(found) is wanted["exists"]
    return any(leaf_matches(wanted, leaf) for leaf in found)


def leaf_matches(wanted: Any, leaf: Any) -> bool:
    if not isinstance(wanted, dict):
        assert wanted is None or isinstance(wanted, str | bool), "a number is matched by numeric"
        return wanted is leaf if not isinstance(wanted, str) else wanted == leaf
    ((operator, value),) = wanted.items()
    if operator == "anything-but":
        return not excluded(value, leaf)
    if operator == "numeric":
        return is_number(leaf) and all(in_order(*test, leaf) for test in zip(value[::2], value[1::2], strict=True))
    return isinstance(leaf, str) and text_matches(operator, value, leaf)


def excluded(value: Any, leaf: Any) -> bool:
    if isinstance(value, dict):
        ((operator, texts),) = value.items()
        return isinstance(leaf, str) and any(
            text_matches(operator, text, leaf) for text in (texts if isinstance(texts, list) else [texts])
        )
    values = value if isinstance(value, list) else [value]
    assert len({isinstance(one, str) for one in values}) == 1, "all texts, or all numbers"
    if isinstance(values[0], str):
        return leaf in values if isinstance(leaf, str) else False
    return is_number(leaf) and leaf in values


def text_matches(operator: str, value: str, text: str) -> bool:
    assert isinstance(value, str)
    if operator in ("prefix", "suffix"):
        assert value, "nothing begins or ends with no text"
        return text.startswith(value) if operator == "prefix" else text.endswith(value)
    assert operator == "wildcard", operator
    assert "**" not in value.replace("\\\\", "").replace("\\*", "")
    translated = ""
    for part in re.findall(r"\\.|.", value, re.DOTALL):
        assert len(part) == 1 or part[1] in "\\*"
        translated += ".*" if part == "*" else re.escape(part[-1])
    return re.fullmatch(translated, text, re.DOTALL) is not None


def in_order(operator: str, bound: float, number: float) -> bool:
    assert is_number(bound)
    assert abs(bound) <= 5e9
    return abs(number) <= 5e9 and ORDERS[operator](number, bound)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
