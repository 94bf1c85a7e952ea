r"""Conditions on the fields of an event, for queries: expressions of the pattern engine, from texts that are data.

In a filter pattern `*` is a wildcard; here a text that is given stands for itself, whatever it holds.
"""

from __future__ import annotations

import re

from auditor.pattern import And, Compare, Expression, NotExists, Or, Regex, Selector, Text

_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def selector(field: str) -> Selector:
    """Gives the selector of a field as Insights names it, such as `userIdentity.arn`."""
    return Selector(tuple(field.split(".")))


def equal(field: str, text: str) -> Expression:
    """The field is this text."""
    return Compare(selector(field), "=", Regex(f"^{_literal(text)}$") if "*" in text else Text(text))


def begins(field: str, text: str) -> Expression:
    """The field begins with this text."""
    return Compare(selector(field), "=", Regex(f"^{_literal(text)}") if "*" in text else Text(f"{text}*"))


def ends(field: str, text: str) -> Expression:
    """The field ends with this text."""
    return Compare(selector(field), "=", Regex(f"{_literal(text)}$") if "*" in text else Text(f"*{text}"))


def contains(field: str, text: str) -> Expression:
    """The field holds this text somewhere."""
    return Compare(selector(field), "=", Regex(_literal(text)) if "*" in text else Text(f"*{text}*"))


def unequal(field: str, text: str) -> Expression:
    """The field is there and is another text; wildcards are not looked for."""
    return Compare(selector(field), "!=", Text(text))


def one_of(field: str, *texts: str) -> Expression:
    """The field is one of these texts."""
    return any_of(*(equal(field, text) for text in texts))


def like(field: str, *patterns: str) -> Expression:
    """The field is like one of these patterns, in which `*` is a wildcard."""
    return any_of(*(Compare(selector(field), "=", Text(pattern)) for pattern in patterns))


def present(field: str) -> Expression:
    """The field is there and holds a text, a number or a boolean."""
    return Compare(selector(field), "=", Text("*", quoted=False))


def absent(field: str) -> Expression:
    """The field is not there, or holds nothing that Insights shows."""
    return NotExists(selector(field))


def all_of(*terms: Expression) -> Expression:
    """Every one of these holds."""
    return terms[0] if len(terms) == 1 else And(terms)


def any_of(*terms: Expression) -> Expression:
    """At least one of these holds."""
    return terms[0] if len(terms) == 1 else Or(terms)


def _literal(text: str) -> str:
    """Gives the regular expression that stands for a text, in the syntaxes of Insights and of RE2 alike."""
    escaped = _SPECIAL.sub(lambda found: "\\" + found.group(), text)
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", escaped)
