"""What an event must have, beyond matching the filter, for the alarm to see it: a value, and its dimensions' values."""

from __future__ import annotations

from auditor.chain.expression import UndecidedError
from auditor.chain.identity import difference, heard, in_dimensions
from auditor.chain.metric import Emission
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.pattern import Always, And, Compare, Expression, Never, Number, Op
from auditor.pattern.model import IsKind

_ORDERS: dict[str, Op] = {"GreaterThanOrEqualToThreshold": ">=", "GreaterThanThreshold": ">"}


def seen_by(alarm: Alarm, emission: Emission) -> Expression:
    """Gives what holds for the matching events that an alarm sees.

    Raises:
        UndecidedError: It cannot be said.
    """
    arn = Arn.parse(alarm.arn)
    watched = next((one for one in alarm.watched if not difference(one, emission)), None)
    terms = [] if watched is None else [*in_dimensions(watched, emission, arn)]
    terms += _with_value(alarm, emission if watched is None else heard(watched, emission, arn).perhaps)
    if Never() in terms:
        return Never()
    useful = tuple(term for term in terms if term != Always())
    return And(useful) if useful else Always()


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
