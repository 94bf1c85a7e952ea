"""Compiles a filter pattern to an EventBridge event pattern over CloudTrail's events.

An event pattern names for each field the values it may have, joins fields by "and", and whole patterns by `$or`.
So a filter pattern is brought into alternatives that say one thing of each field, and these are written down.

Sources: EventBridge user guide, "Comparison operators for use in event patterns" and "AWS service events delivered
via AWS CloudTrail"; and the matcher that AWS publishes, in which `anything-but` is met by every value that is
there, of any type, except those it names, and an array by any of its elements:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
https://github.com/aws/event-ruler
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auditor.pattern.alternatives import Alternative, alternatives
from auditor.pattern.caveats import perhaps_nested
from auditor.pattern.errors import CannotExpressError
from auditor.pattern.field_set import ABSENT, FALSE, NULL, SINGLE, TRUE, FieldSet
from auditor.pattern.model import DelimitedPattern, Expression, JsonPattern, Pattern, Selector, TermPattern
from auditor.pattern.number_set import EVERY_NUMBER, NumberSet
from auditor.pattern.semantics import Semantics
from auditor.pattern.text_set import EVERY_TEXT
from auditor.pattern.values import Pieces, plain

Json = dict[str, Any]
_DEFAULT = Semantics()
_LONGEST = 2048
_PRESENT = SINGLE - {ABSENT}
_CONSTANTS: dict[str, bool | None] = {NULL: None, TRUE: True, FALSE: False}
# Numbers are compared up to this size and to six digits after the point.
_LARGEST = 5_000_000_000
# Names that keep `$or` from being read as an operator.
_RESERVED = frozenset(
    ("exactly", "numeric", "prefix", "suffix", "wildcard", "anything-but", "exists", "cidr", "equals-ignore-case")
)
READ_ONLY = (
    "Read-only calls (Describe, Get, List and the like) reach only a rule in the state"
    " ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS, and no call reaches a rule unless a trail logs it."
)


@dataclass(frozen=True, slots=True)
class EventBridgePattern:
    """An event pattern.

    Attributes:
        pattern: The event pattern, as `PutRule` takes it once it is written as JSON.
        notes: What to know before it is used: where it differs from the filter pattern, and limits.
    """

    pattern: Json
    notes: tuple[str, ...]


def eventbridge_pattern(pattern: Pattern | Expression, semantics: Semantics = _DEFAULT) -> EventBridgePattern:
    """Gives the event pattern that matches the CloudTrail events that a filter pattern matches.

    Args:
        pattern: A JSON pattern, or an expression of one.
        semantics: How unsettled questions are read; open ones are read as is likeliest.

    Raises:
        CannotExpressError: No event pattern says the same.
    """
    if isinstance(pattern, TermPattern | DelimitedPattern):
        raise CannotExpressError("it reads the event as text, and an event pattern knows fields only")
    expression = pattern.expression if isinstance(pattern, JsonPattern) else pattern
    found = alternatives(expression, semantics.settled())
    if not found:
        raise CannotExpressError("no event matches it, and there is no event pattern that matches none")
    # All detail types under which events come from CloudTrail end so.
    compiled: Json = {"detail-type": [{"suffix": " via CloudTrail"}]}
    detail = _detail(found)
    if detail:
        compiled["detail"] = detail
    selectors = [selector for alternative in found for selector in alternative]
    return EventBridgePattern(compiled, tuple(_notes(compiled, selectors)))


def _notes(compiled: Json, selectors: Sequence[Selector]) -> list[str]:
    notes = [READ_ONLY]
    nested = perhaps_nested(selectors)
    if nested:
        notes.append(
            f"Where {', '.join(map(str, nested))} holds an array, EventBridge looks at its elements, and where it holds"
            " an object, EventBridge counts it as absent; a filter pattern finds a value there that equals nothing."
        )
    size = len(json.dumps(compiled, separators=(",", ":"), ensure_ascii=False))
    if size > _LONGEST:
        notes.append(f"It has {size:,} characters, and EventBridge takes {_LONGEST:,} unless the quota is raised.")
    return notes


def _detail(found: Sequence[Alternative]) -> Json:
    if len(found) == 1:
        return _object(found[0])
    shared = {
        selector: values
        for selector, values in found[0].items()
        if all(other.get(selector) == values for other in found[1:])
    }
    rests = [{selector: values for selector, values in each.items() if selector not in shared} for each in found]
    if not all(rests):
        return _object(shared)
    branches = [_object(rest) for rest in rests]
    if any(_RESERVED & branch.keys() for branch in branches):
        raise CannotExpressError("alternatives on a field whose name is an operator of event patterns")
    return {**_object(shared), "$or": branches}


def _object(alternative: Alternative) -> Json:
    """Gives the fields nested as they are in the event."""
    made: Json = {}
    for selector, values in alternative.items():
        *parents, name = [_name(selector, step) for step in selector.steps]
        place = made
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise _both(selector)
        if name in place:
            raise _both(selector)
        try:
            place[name] = _values(values)
        except CannotExpressError as error:
            raise CannotExpressError(f"{selector}: {error.reason}") from None
    return made


def _both(selector: Selector) -> CannotExpressError:
    return CannotExpressError(f"{selector}: conditions on a field together with conditions on what lies in it")


def _name(selector: Selector, step: object) -> str:
    if not isinstance(step, str):
        raise CannotExpressError(f"{selector}: an event pattern cannot pick an element of an array, nor any field")
    if "." in step or step == "$or":
        raise CannotExpressError(f"{selector}: to EventBridge the name {step} means something else")
    return step


def _values(values: FieldSet) -> list[Any]:
    """Gives the alternatives for one field."""
    made = _all_but(values)
    if made is None:
        if values.texts.but:
            raise CannotExpressError("all texts but some, without null, booleans and numbers")
        made = [_CONSTANTS[name] for name in (NULL, TRUE, FALSE) if name in values.single]
        made += [_text(glob) for glob in values.texts.some]
        made += [{"wildcard": "*"}] if values.texts.but is not None else []
        made += [_interval(*ends) for ends in values.numbers.intervals()]
    if ABSENT in values.single:
        made.append({"exists": False})
    return made


def _all_but(values: FieldSet) -> list[Any] | None:
    """Gives the alternatives if they are every value that is there, or every one but some."""
    if not values.single >= _PRESENT:
        return None
    excluded = values.texts.but
    if values.numbers == EVERY_NUMBER and excluded is not None:
        extra = [_text(glob) for glob in values.texts.some]
        return [{"exists": True}] if not excluded else [{"anything-but": _excluded(excluded)}, *extra]
    points = (~values.numbers).points()
    if points and values.texts == EVERY_TEXT:
        numbers = [_number(point) for point in points]
        return [{"anything-but": numbers[0] if len(numbers) == 1 else numbers}]
    return None


def _excluded(globs: tuple[Pieces, ...]) -> Any:
    if all(len(glob) == 1 for glob in globs):
        return _one_or_many([glob[0] for glob in globs])
    operators = [_text(glob) for glob in globs]
    for operator in ("prefix", "suffix"):
        if all(isinstance(each, dict) and operator in each for each in operators):
            return {operator: _one_or_many([each[operator] for each in operators])}
    return {"wildcard": _one_or_many([_wildcard(glob) for glob in globs])}


def _one_or_many(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else texts


def _text(glob: Pieces) -> Any:
    if len(glob) == 1:
        return glob[0]
    if len(glob) == 2 and glob[0] and not glob[1]:
        return {"prefix": glob[0]}
    if len(glob) == 2 and glob[1] and not glob[0]:
        return {"suffix": glob[1]}
    return {"wildcard": _wildcard(glob)}


def _wildcard(glob: Pieces) -> str:
    return "*".join(part.replace("\\", "\\\\").replace("*", "\\*") for part in glob)


def _interval(first: tuple[float, bool], last: tuple[float, bool]) -> Json:
    if NumberSet(unbounded=False, cuts=(first, last)).points():
        return {"numeric": ["=", _number(first[0])]}
    tests: list[Any] = []
    if abs(first[0]) != float("inf"):
        tests += [">" if first[1] else ">=", _number(first[0])]
    if abs(last[0]) != float("inf"):
        tests += ["<=" if last[1] else "<", _number(last[0])]
    return {"numeric": tests or [">=", -_LARGEST, "<=", _LARGEST]}


def _number(number: float) -> float:
    if abs(number) > _LARGEST or round(number, 6) != number:
        raise CannotExpressError(f"EventBridge compares numbers up to 5e9 with six decimals, not {plain(number)}")
    return number
