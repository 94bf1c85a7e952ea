"""Whether a comparison holds of one value; what evaluating events and comparing patterns both rest on.

Source of the rules without a setting: CloudWatch Logs user guide, "Filter pattern syntax for metric filters":
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Final

from auditor.pattern.automaton import RUN, Language, literal_chain
from auditor.pattern.model import (
    Atom,
    IsFalse,
    IsKind,
    IsNull,
    IsTrue,
    JsonValue,
    Kind,
    NotExists,
    Number,
    Op,
    Regex,
    Text,
    Value,
)
from auditor.pattern.regex import regex_automaton, regex_language
from auditor.pattern.semantics import Semantics


class Absence(Enum):
    """The value of a field that is not there."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT
Found = JsonValue | Absence
Pieces = tuple[str, ...]
_NUMERAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ORDERS: dict[Op, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@lru_cache(maxsize=8192)
def pieces(text: str, star_inside: bool) -> Pieces:
    """Gives the literal parts between the wildcards of a text; a single part has no wildcard."""
    found = text.split("*")
    if star_inside or len(found) == 1:
        return (found[0], *(part for part in found[1:-1] if part), found[-1]) if len(found) > 1 else (text,)
    before, after = text.startswith("*"), text.endswith("*")
    middle = text.strip("*")
    if not middle:
        return ("", "")
    return (*([""] if before else []), middle, *([""] if after else []))


def fits(parts: Pieces, text: str) -> bool:
    """Tells whether a text is the parts in order with anything between them."""
    if len(parts) == 1:
        return text == parts[0]
    first, last = parts[0], parts[-1]
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in parts[1:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def fitting(parts: Pieces) -> Callable[[str], bool]:
    """Gives `fits` for these parts, in the fastest form there is for them."""
    if parts == ("", ""):
        return lambda _text: True
    if len(parts) == 2 and not parts[1]:
        start = parts[0]
        return lambda text: text.startswith(start)
    if len(parts) == 2 and not parts[0]:
        end = parts[1]
        return lambda text: text.endswith(end)
    if len(parts) == 3 and not parts[0] and not parts[2]:
        middle = parts[1]
        return lambda text: middle in text
    return lambda text: fits(parts, text)


@lru_cache(maxsize=4096)
def language(value: Text | Regex, star_inside: bool) -> Language:
    """Gives the texts that a value matches, for the automata."""
    if isinstance(value, Regex):
        return regex_language(value.source)
    parts = pieces(value.value, star_inside)
    chain = literal_chain(parts[0])
    for part in parts[1:]:
        chain += (RUN, *literal_chain(part))
    return (chain,)


def text_matches(value: Text | Regex, text: str, semantics: Semantics) -> bool:
    """Tells whether a text or regular expression of a pattern matches a text of an event."""
    if isinstance(value, Regex):
        return regex_automaton(value.source).accepts(text)
    return fits(pieces(value.value, semantics.star_inside_word is not False), text)


def plain(value: float) -> str:
    """Gives a number, or a boolean, as JSON writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return str(int(value))
    return repr(value)


def number_in(text: str) -> float | None:
    """Gives the number that a text writes, if it writes one."""
    return float(text) if _NUMERAL.fullmatch(text) else None


def holds(atom: Atom, value: Found, semantics: Semantics) -> bool:
    """Tells whether an atom holds of the value that its selector found; semantics must be settled.

    An array or an object meets no comparison, and nor IS NULL, IS TRUE or IS FALSE.
    """
    if isinstance(atom, NotExists):
        return value is ABSENT
    if isinstance(atom, IsNull):
        return value is None
    if isinstance(atom, IsTrue):
        return value is True
    if isinstance(atom, IsFalse):
        return value is False
    if isinstance(atom, IsKind):
        return kind_of(value) in atom.kinds
    return compare_holds(atom.op, atom.value, value, semantics)


_KINDS: dict[type, Kind] = {
    Absence: "absent",
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    dict: "object",
    list: "array",
}


def kind_of(value: Found) -> Kind:
    """Gives the kind of a value."""
    return _KINDS[type(value)]


def compare_holds(op: Op, wanted: Value, value: Found, semantics: Semantics) -> bool:
    """Tells whether a comparison holds of a value; semantics must be settled."""
    if value is ABSENT:
        return op == "!=" and bool(semantics.not_equal_absent)
    if isinstance(value, list | dict):
        return False
    if op in _ORDERS:
        number = _as_number(value, semantics)
        return number is not None and isinstance(wanted, Number) and _ORDERS[op](number, wanted.value)
    equal = _equal(wanted, value, semantics)
    if op == "=":
        return equal
    return not equal and (_same_type(wanted, value) or bool(semantics.not_equal_other_type))


def _same_type(wanted: Value, value: str | float | None) -> bool:
    if isinstance(wanted, Number):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) or (is_any(wanted) and value is not None)


def is_any(wanted: Value) -> bool:
    """Tells whether a value is the bare `*`, which matches numbers too (`{ $.latency = * }`)."""
    return isinstance(wanted, Text) and not wanted.quoted and wanted.value == "*"


def _equal(wanted: Value, value: str | float | None, semantics: Semantics) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Number):
        return _as_number(value, semantics) == wanted.value
    if isinstance(value, str):
        return text_matches(wanted, value, semantics)
    if is_any(wanted) and not isinstance(value, bool):
        return True
    return bool(semantics.string_number) and _text_is(wanted, value, semantics)


def _text_is(wanted: Text | Regex, value: float, semantics: Semantics) -> bool:
    """Tells whether a text looks like a number or boolean: it matches what JSON writes, or is the number."""
    if text_matches(wanted, plain(value), semantics):
        return True
    if isinstance(wanted, Regex) or isinstance(value, bool):
        return False
    return number_in(wanted.value) == value


def _as_number(value: str | float | None, semantics: Semantics) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return number_in(value) if semantics.string_number else None
    return value
