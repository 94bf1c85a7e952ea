"""Where another language differs from filter patterns on a field's value, to be told beside what is compiled."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from auditor.pattern.model import IsKind, Selector
from auditor.pattern.world import CLOUDTRAIL


def perhaps_nested(selectors: Iterable[Selector]) -> tuple[Selector, ...]:
    """Gives those fields of which no fact about CloudTrail says that they never hold an array or an object."""
    return tuple(selector for selector in dict.fromkeys(selectors) if selector not in _flat())


@cache
def _flat() -> frozenset[Selector]:
    kinds = [fact.expression for fact in CLOUDTRAIL.facts if isinstance(fact.expression, IsKind)]
    return frozenset(kind.selector for kind in kinds if not {"object", "array"} & set(kind.kinds))
