"""Writes conditions in SQL. Every text that is data goes through `literal`, every name through `quoted`."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.pattern import (
    Always,
    And,
    CannotExpressError,
    Compare,
    Expression,
    IsFalse,
    IsTrue,
    Not,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
)
from auditor.pattern.values import pieces


def literal(text: str) -> str:
    """Gives a text as SQL writes one: within quotes nothing but a quote means anything."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Gives a name as SQL writes one that may hold anything."""
    return '"' + name.replace('"', '""') + '"'


def sql_condition(node: Expression) -> str:
    """Gives a condition on columns that are called as the fields are; NULL, a field that is not there, meets none.

    Raises:
        CannotExpressError: It is one that Insights could not say either.
    """
    if isinstance(node, And):
        return f"({' AND '.join(map(sql_condition, node.terms))})"
    if isinstance(node, Or):
        return f"({' OR '.join(_alternatives(node))})"
    if isinstance(node, Not):
        return f"({sql_condition(node.term)}) IS NOT TRUE"
    if isinstance(node, Always):
        return "TRUE"
    if isinstance(node, Compare):
        return _compared(node)
    if isinstance(node, NotExists):
        return f"{_column(node.selector)} IS NULL"
    if isinstance(node, IsTrue | IsFalse):
        return f"{_column(node.selector)} = '{int(isinstance(node, IsTrue))}'"
    raise CannotExpressError(f"a query of logs has no test {type(node).__name__}")


def _alternatives(node: Or) -> Iterator[str]:
    """Writes alternatives; plain texts for one field become one list."""
    texts: dict[Selector, list[str]] = {}
    rest = []
    for term in node.terms:
        text = _text(term)
        if text is None or not isinstance(term, Compare):
            rest.append(sql_condition(term))
        else:
            texts.setdefault(term.selector, []).append(literal(text))
    for selector, found in texts.items():
        column = _column(selector)
        yield f"{column} = {found[0]}" if len(found) == 1 else f"{column} IN ({', '.join(dict.fromkeys(found))})"
    yield from rest


def _text(term: Expression) -> str | None:
    """Gives the text that a field must be, if a term asks for nothing else."""
    if not isinstance(term, Compare) or term.op != "=" or isinstance(term.value, Number | Regex):
        return None
    parts = pieces(term.value.value, True)
    return parts[0] if len(parts) == 1 else None


def _compared(node: Compare) -> str:
    column, value = _column(node.selector), node.value
    if isinstance(value, Number):
        raise CannotExpressError(f"{node.selector}: the fields of a query of logs are compared as texts")
    if isinstance(value, Regex):
        found = f"regexp_matches({column}, {literal(value.source)})"
    else:
        parts = pieces(value.value, True)
        if len(parts) == 1:
            return f"{column} {'=' if node.op == '=' else '<>'} {literal(parts[0])}"
        found = _like(column, parts)
    # NOT of NULL is NULL: a field that is not there is not unequal either.
    return found if node.op == "=" else f"NOT {found}"


def _like(column: str, parts: tuple[str, ...]) -> str:
    first, *middle, last = parts
    if not any(parts):
        return f"({column} IS NOT NULL)"
    if not middle and first and last:
        least = len(first) + len(last)
        both = f"starts_with({column}, {literal(first)}) AND ends_with({column}, {literal(last)})"
        return f"({both} AND length({column}) >= {least})"
    if not middle:
        return f"starts_with({column}, {literal(first)})" if first else f"ends_with({column}, {literal(last)})"
    if len(middle) == 1 and not first and not last:
        return f"contains({column}, {literal(middle[0])})"
    raise CannotExpressError(f"a text with more than two wildcards, or with one in its midst: {'*'.join(parts)}")


def _column(selector: Selector) -> str:
    return quoted(".".join(map(str, selector.steps)))
