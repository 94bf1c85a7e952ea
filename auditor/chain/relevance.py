"""Which filters were meant for a control; it orders what a finding shows and never decides a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.pattern import And, Compare, Expression, JsonPattern, Not, Or, Pattern, Text

_SHORTEST_WORD = 4
# From this likeness on a filter counts as one that was meant for the control.
MEANT = 0.25


def likeness(named: Expression, pattern: Pattern) -> float:
    """Gives the share of the shorter pattern's comparisons that the other has too, from 0 to 1."""
    if not isinstance(pattern, JsonPattern):
        return 0.0
    ours, theirs = set(_comparisons(named)), set(_comparisons(pattern.expression))
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0


def mentions(text: str, named: Expression) -> bool:
    """Whether the text of a pattern that cannot be read has a word of the control in it."""
    words = {
        word
        for _, _, value in _comparisons(named)
        for word in re.findall(r"\w+", value)
        if len(word) >= _SHORTEST_WORD and word != "amazonaws"
    }
    return any(word in text for word in words)


def _comparisons(expression: Expression) -> Iterator[tuple[str, str, str]]:
    if isinstance(expression, And | Or):
        for term in expression.terms:
            yield from _comparisons(term)
    elif isinstance(expression, Not):
        yield from _comparisons(expression.term)
    elif isinstance(expression, Compare) and isinstance(expression.value, Text):
        yield str(expression.selector), expression.op, expression.value.value
