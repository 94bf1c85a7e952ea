"""What an event must have, beyond matching the filter, for the alarm to see it: a value, and its dimensions' values."""

from __future__ import annotations

import re

from auditor.chain.expression import UndecidedError
from auditor.chain.metric import Emission
from auditor.model.alarm import Alarm, Watched
from auditor.model.arn import Arn
from auditor.pattern import Always, And, Compare, Expression, Never, Number, Op, Regex, Selector, Text
from auditor.pattern.model import IsKind

_ORDERS: dict[str, Op] = {"GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">"}


def seen_by(alarm: Alarm, emission: Emission) -> Expression:
    """Gives what holds for the matching events that an alarm sees.

    Raises:
        UndecidedError: It cannot be said.
    """
    watched = next((one for one in alarm.watched if one.metric == emission.metric), None)
    terms = [*_in_dimensions(alarm, emission, watched), *_with_value(alarm, emission)]
    if Never() in terms:
        return Never()
    useful = tuple(term for term in terms if term != Always())
    return And(useful) if useful else Always()


def _in_dimensions(alarm: Alarm, emission: Emission, watched: Watched | None) -> list[Expression]:
    """Gives what each dimension's one value asks of an event."""
    arn = Arn.parse(alarm.arn)
    found: list[Expression] = []
    for dimension in watched.dimensions if watched else ():
        field = emission.by.get(dimension.name, "")
        if field in {"@aws.account", "@aws.region"} and arn is not None:
            # A trail's own events are of the account and the region of their log group.
            own = arn.account_id if field == "@aws.account" else arn.region
            found.append(Always() if dimension.value == own else Never())
        elif field.startswith("$."):
            found.append(_equals(Selector.of(field), dimension.value))
        elif field:
            raise UndecidedError(f"the dimension {dimension.name} is {field}")
    return found


def _equals(selector: Selector, value: str) -> Expression:
    """Compares with a text in which `*` is an asterisk."""
    if "*" not in value:
        return Compare(selector, "=", Text(value))
    if not re.fullmatch(r"[\w:#=@/;,.*-]+", value):
        raise UndecidedError(f"the dimension's value {value} is not followed")
    return Compare(selector, "=", Regex(f"^{value.replace('.', chr(92) + '.').replace('*', chr(92) + '*')}$"))


def _with_value(alarm: Alarm, emission: Emission) -> list[Expression]:
    """Gives what the event's own number must be, where the filter takes its value from the event."""
    if emission.value is not None or emission.taken_from is None:
        return []
    if alarm.queries or alarm.threshold is None:
        raise UndecidedError(f"it computes with the numbers at {emission.taken_from}")
    if alarm.statistic == "SampleCount":
        return [IsKind(emission.taken_from, ("number",))]
    diluted = [one.default for one in (emission, *emission.beside) if one.default]
    if alarm.operator not in _ORDERS or alarm.statistic not in {"Sum", "Maximum"} or diluted:
        raise UndecidedError(f"its {alarm.statistic} of the numbers at {emission.taken_from} is not followed")
    return [Compare(emission.taken_from, _ORDERS[alarm.operator], Number(repr(alarm.threshold)))]
