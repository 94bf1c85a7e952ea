"""The link from a metric to an alarm: does one event put it in ALARM, and does it come back?

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from auditor.chain.link import broken, sound, unsure
from auditor.chain.metric import Emission
from auditor.findings import ChainLink, LinkName
from auditor.model.alarm import Alarm

_OPERATORS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": (">=", operator.ge),
    "GreaterThanThreshold": (">", operator.gt),
    "LessThanThreshold": ("<", operator.lt),
    "LessThanOrEqualToThreshold": ("<=", operator.le),
}
_MINUTE = 60


def alarm_link(alarm: Alarm, emission: Emission) -> ChainLink:
    """Says whether one matching event puts an alarm on the emitted metric in ALARM.

    An alarm acts on a change of state only: one that never leaves ALARM tells nobody of the next event.
    """
    for judge in (_sees, _reaches, _counts, _returns):
        found = judge(alarm, emission)
        if found is not None:
            return found
    return sound(LinkName.ALARM, alarm.arn, f"One event puts {alarm.name} in ALARM: {_arithmetic(alarm, emission)}.")


def watches(alarm: Alarm, emission: Emission) -> bool:
    """Whether an alarm names the emitted metric, be it with other dimensions."""
    return (alarm.namespace, alarm.metric) == (emission.namespace, emission.metric)


def _sees(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges dimensions and unit: a metric with others is another metric."""
    named = frozenset(dimension.name for dimension in alarm.dimensions)
    if named != emission.dimensions:
        theirs, ours = (", ".join(sorted(names)) or "none" for names in (emission.dimensions, named))
        why = f"{alarm.name} watches the metric with dimensions {ours}; the filter sends it with {theirs}."
        return broken(LinkName.ALARM, alarm.arn, why)
    if named:
        why = f"{alarm.name} watches one value of {', '.join(sorted(named))}; events with another do not reach it."
        return unsure(LinkName.ALARM, alarm.arn, why)
    if alarm.unit is not None and alarm.unit != emission.unit:
        why = f"{alarm.name} watches values in {alarm.unit}; the filter sends them in {emission.unit}."
        return broken(LinkName.ALARM, alarm.arn, why)
    return None


def _reaches(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges statistic, operator and threshold for one event in an otherwise quiet period."""
    if alarm.operator not in _OPERATORS or alarm.threshold is None:
        return unsure(LinkName.ALARM, alarm.arn, f"{alarm.name} compares by {alarm.operator}, which is not followed.")
    if alarm.operator.startswith("Less"):
        why = f"{alarm.name} goes off when the metric falls to {alarm.threshold:g}; an event makes it rise."
        return broken(LinkName.ALARM, alarm.arn, why)
    values = _datapoint(alarm, emission)
    if values is None:
        statistic = alarm.statistic or alarm.extended_statistic or "no statistic"
        return unsure(LinkName.ALARM, alarm.arn, f"What {statistic} of one event gives {alarm.name} is not known.")
    lowest, quiet = values
    compare = _OPERATORS[alarm.operator][1]
    if not compare(lowest, alarm.threshold):
        why = f"One event does not put {alarm.name} in ALARM: {_arithmetic(alarm, emission)}."
        return broken(LinkName.ALARM, alarm.arn, why)
    if quiet is not None and compare(quiet, alarm.threshold):
        why = f"{alarm.name} is in ALARM without any event, since {quiet:g} is already enough: it never goes off anew."
        return broken(LinkName.ALARM, alarm.arn, why)
    return None


def _datapoint(alarm: Alarm, emission: Emission) -> tuple[float, float | None] | None:
    """Gives the least value that a period with one event can have, and that of a period without; None if unknown.

    Where the filter has a default value, every other minute with log events adds a sample of it.
    """
    if emission.value is None:
        return None
    value, default = emission.value, emission.default
    minutes = max(1, (alarm.period or _MINUTE) // _MINUTE)
    others = minutes - 1 if default is not None else 0
    rest = default or 0.0
    quiet = None if default is None else default
    match alarm.statistic:
        case "Sum":
            return value + min(0.0, others * rest), None if default is None else max(rest, minutes * rest)
        case "Maximum":
            return (max(value, rest) if others else value), quiet
        case "SampleCount":
            return 1.0, None if default is None else float(minutes)
        case "Average":
            return (value + others * rest) / (1 + others), quiet
        case "Minimum":
            return (min(value, rest) if others else value), quiet
        case _:
            return None


def _arithmetic(alarm: Alarm, emission: Emission) -> str:
    """Writes out what one event gives against the threshold."""
    values = _datapoint(alarm, emission)
    symbol, compare = _OPERATORS[alarm.operator]
    threshold = alarm.threshold or 0.0
    value = values[0] if values else 0.0
    minutes = max(1, (alarm.period or _MINUTE) // _MINUTE)
    how = f"the {alarm.statistic} over {alarm.period} seconds is {value:g}"
    if alarm.statistic in {"Average", "Minimum"} and emission.default is not None and minutes > 1:
        how += f" (one value of {emission.value:g} among {minutes - 1} of {emission.default:g})"
    return f"{how}, and {value:g} {symbol} {threshold:g} is {'true' if compare(value, threshold) else 'false'}"


def _counts(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges how many periods must be over the threshold: one event fills one."""
    needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
    if needed <= 1:
        return None
    why = f"{alarm.name} wants {needed} periods of {alarm.evaluation_periods} over the threshold; one event fills one."
    if emission.default is not None or alarm.missing_data == "notBreaching":
        return broken(LinkName.ALARM, alarm.arn, why)
    return unsure(LinkName.ALARM, alarm.arn, f"{why} How CloudWatch fills the missing ones decides.")


def _returns(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges whether the alarm leaves ALARM when nothing happens."""
    if alarm.missing_data == "breaching":
        if emission.default is None:
            why = f"{alarm.name} takes missing data for breaching: it never leaves ALARM, so it never goes off anew."
            return broken(LinkName.ALARM, alarm.arn, why)
        why = f"{alarm.name} takes missing data for breaching: in periods without any log event it is in ALARM already."
        return unsure(LinkName.ALARM, alarm.arn, why)
    if alarm.missing_data == "ignore" and emission.default is None:
        why = f"{alarm.name} keeps its state while data is missing: after the first event it stays in ALARM for good."
        return broken(LinkName.ALARM, alarm.arn, why)
    return None
