"""What texts an expression demands of a field: a quick way to see that no event can meet two expressions at once.

Most pairs of patterns name different events. To see that `$.eventName` cannot be two texts takes no search.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from auditor.pattern.model import And, Compare, Expression, Or, Selector, Text
from auditor.pattern.values import number_in

Demands = dict[Selector, frozenset[str]]


def contradict(goal: Sequence[Expression]) -> bool:
    """Tells whether the expressions plainly demand of a field what no text meets; if not, nothing is said."""
    met: Demands = {}
    for expression in goal:
        for selector, texts in demands(expression).items():
            met[selector] = met.get(selector, texts) & texts
    return not all(met.values())


@lru_cache(maxsize=1024)
def demands(expression: Expression) -> Demands:
    """Gives fields that must each hold one of some texts wherever the expression holds."""
    if isinstance(expression, Compare):
        return _of_comparison(expression)
    found: Demands = {}
    if isinstance(expression, And):
        for term in expression.terms:
            for selector, texts in demands(term).items():
                found[selector] = found.get(selector, texts) & texts
    elif isinstance(expression, Or) and expression.terms:
        first, *others = (demands(term) for term in expression.terms)
        for selector, texts in first.items():
            if all(selector in other for other in others):
                found[selector] = texts.union(*(other[selector] for other in others))
    return found


def _of_comparison(atom: Compare) -> Demands:
    """A text without wildcard equals itself alone, unless it may also be read as a number or a boolean."""
    if atom.op != "=" or not isinstance(atom.value, Text) or atom.selector.has_wildcard:
        return {}
    text = atom.value.value
    if "*" in text or text in ("true", "false") or number_in(text) is not None:
        return {}
    return {atom.selector: frozenset((text,))}
