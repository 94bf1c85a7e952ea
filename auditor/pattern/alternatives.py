"""Brings an expression into alternatives, each of which says one thing of each field."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.pattern.errors import CannotExpressError
from auditor.pattern.field_set import EVERYTHING, FieldSet, field_set
from auditor.pattern.model import Always, And, Expression, Never, Not, Or, Selector
from auditor.pattern.semantics import Semantics

Alternative = dict[Selector, FieldSet]
# EventBridge takes no more from one `$or`.
_MOST = 1000
# How many alternatives are compared with one another, to be made fewer.
_MOST_COMPARED = 64


def alternatives(node: Expression, semantics: Semantics) -> list[Alternative]:
    """Gives alternatives of which one holds where the expression does; none if it never does.

    Args:
        node: The expression.
        semantics: How the language is read; must be settled.

    Raises:
        CannotExpressError: A field would need more than wildcards and intervals, or there are too many.
    """
    return _found(node, semantics, wanted=True)


def _found(node: Expression, semantics: Semantics, *, wanted: bool) -> list[Alternative]:
    if isinstance(node, Not):
        return _found(node.term, semantics, wanted=not wanted)
    if isinstance(node, Always | Never):
        return [{}] if isinstance(node, Always) is wanted else []
    if isinstance(node, And | Or):
        parts = [_found(term, semantics, wanted=wanted) for term in node.terms]
        return _every(parts) if isinstance(node, And) is wanted else _any(parts)
    try:
        values = field_set(node, semantics)
    except CannotExpressError as error:
        raise CannotExpressError(f"{node.selector}: {error.reason}") from None
    values = values if wanted else ~values
    if values == EVERYTHING:
        return [{}]
    return [{node.selector: values}] if values else []


def _every(parts: Sequence[list[Alternative]]) -> list[Alternative]:
    made: list[Alternative] = [{}]
    for part in parts:
        if len(made) * len(part) > _MOST:
            raise CannotExpressError(f"it comes to more than {_MOST:,} alternatives")
        joined = (_joined(one, other) for one in made for other in part)
        made = [alternative for alternative in joined if alternative is not None]
    return _merged(made)


def _joined(one: Alternative, other: Alternative) -> Alternative | None:
    """Gives what both say; None if no event is both."""
    made = dict(one)
    for selector, values in other.items():
        if selector not in made:
            made[selector] = values
            continue
        try:
            made[selector] &= values
        except CannotExpressError as error:
            raise CannotExpressError(f"{selector}: {error.reason}") from None
        if not made[selector]:
            return None
    return made


def _any(parts: Sequence[list[Alternative]]) -> list[Alternative]:
    """Gives all alternatives, those on a single field joined into one for each field."""
    single: Alternative = {}
    rest: list[Alternative] = []
    for alternative in (found for part in parts for found in part):
        if len(alternative) == 1:
            ((selector, values),) = alternative.items()
            single[selector] = _either(selector, single.get(selector, FieldSet()), values)
        else:
            rest.append(alternative)
    if {} in rest or EVERYTHING in single.values():
        return [{}]
    return _merged([*({selector: values} for selector, values in single.items()), *rest])


def _merged(found: list[Alternative]) -> list[Alternative]:
    """Joins alternatives that differ in one field only, and drops what is said twice."""
    if len(found) > _MOST_COMPARED:
        return found
    made: list[Alternative] = []
    for alternative in found:
        for at, other in enumerate(made):
            joined = _as_one(other, alternative)
            if joined is not None:
                made[at] = joined
                break
        else:
            made.append(alternative)
    return made if len(made) == len(found) else _merged(made)


def _as_one(one: Alternative, other: Alternative) -> Alternative | None:
    if one.keys() != other.keys():
        return None
    differing = [selector for selector in one if one[selector] != other[selector]]
    if len(differing) > 1:
        return None
    if not differing:
        return one
    (selector,) = differing
    values = _either(selector, one[selector], other[selector])
    if values == EVERYTHING:
        return {kept: found for kept, found in one.items() if kept != selector}
    return {**one, selector: values}


def _either(selector: Selector, one: FieldSet, other: FieldSet) -> FieldSet:
    try:
        return one | other
    except CannotExpressError as error:
        raise CannotExpressError(f"{selector}: {error.reason}") from None
