"""The link from a metric to an alarm: does one event put it in ALARM, and does it come back?

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from __future__ import annotations

import math
import operator
import statistics
from collections import Counter
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
    for judge in (_computes, _sees, _reaches, _counts, _returns):
        found = judge(alarm, emission)
        if found is not None:
            return found
    return sound(LinkName.ALARM, alarm.arn, f"One event puts {alarm.name} in ALARM: {_arithmetic(alarm, emission)}.")


def watches(alarm: Alarm, emission: Emission) -> bool:
    """Whether an alarm names the emitted metric, be it with other dimensions or in an expression."""
    return (emission.namespace, emission.metric) in alarm.metrics


def _computes(alarm: Alarm, _: Emission) -> ChainLink | None:
    """Leaves open what an alarm on an expression does."""
    if not alarm.queries:
        return None
    expressions = ", ".join(query.expression for query in alarm.queries if query.expression) or "several metrics"
    return unsure(LinkName.ALARM, alarm.arn, f"{alarm.name} watches {expressions}, which is not followed.")


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
    if alarm.period is not None and alarm.period < _MINUTE:
        why = f"{alarm.name} looks every {alarm.period} seconds at a metric that has a value a minute."
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


_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "Sum": math.fsum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": lambda samples: float(len(samples)),
    "Average": statistics.fmean,
}


def _datapoint(alarm: Alarm, emission: Emission) -> tuple[float, float | None] | None:
    """Gives the least value that a period with one event can have, and the most that one without; None if unknown.

    A filter with a default value adds a sample of it for every other minute that has log events: for all of them, or
    for none.
    """
    statistic = _STATISTICS.get(alarm.statistic or "")
    if statistic is None or emission.value is None:
        return None
    busy, quiet = _samples(alarm, emission), _quiet(alarm, emission)
    at_rest = max(statistic(quiet), statistic([max(quiet)])) if quiet else None
    return min(statistic([emission.value]), statistic(busy)), at_rest


def _minutes(alarm: Alarm) -> int:
    return max(1, (alarm.period or _MINUTE) // _MINUTE)


def _samples(alarm: Alarm, emission: Emission) -> list[float]:
    """Gives all samples of a period with one event."""
    own = [] if emission.default is None else [emission.default] * (_minutes(alarm) - 1)
    return [emission.value or 0.0, *own, *(list(emission.beside) * _minutes(alarm))]


def _quiet(alarm: Alarm, emission: Emission) -> list[float]:
    """Gives all samples of a period without events."""
    own = () if emission.default is None else (emission.default,)
    return [*own, *emission.beside] * _minutes(alarm)


def _arithmetic(alarm: Alarm, emission: Emission) -> str:
    """Writes out what one event gives against the threshold."""
    values = _datapoint(alarm, emission)
    symbol, compare = _OPERATORS[alarm.operator]
    threshold = alarm.threshold or 0.0
    value = values[0] if values else 0.0
    how = f"the {alarm.statistic} over {alarm.period} seconds is {value:g}"
    others = _samples(alarm, emission)[1:]
    if alarm.statistic in {"Average", "Minimum"} and others:
        told = ", ".join(f"{count} of {sample:g}" for sample, count in sorted(Counter(others).items()))
        how += f" (one value of {emission.value:g} among {told})"
    return f"{how}, and {value:g} {symbol} {threshold:g} is {'true' if compare(value, threshold) else 'false'}"


def _counts(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges how many periods must be over the threshold: one event fills one."""
    needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
    if needed <= 1:
        return None
    why = f"{alarm.name} wants {needed} periods of {alarm.evaluation_periods} over the threshold; one event fills one."
    if _quiet(alarm, emission) or alarm.missing_data == "notBreaching":
        return broken(LinkName.ALARM, alarm.arn, why)
    return unsure(LinkName.ALARM, alarm.arn, f"{why} How CloudWatch fills the missing ones decides.")


def _returns(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Judges whether the alarm leaves ALARM when nothing happens."""
    if alarm.missing_data == "breaching":
        if not _quiet(alarm, emission):
            why = f"{alarm.name} takes missing data for breaching: it never leaves ALARM, so it never goes off anew."
            return broken(LinkName.ALARM, alarm.arn, why)
        why = f"{alarm.name} takes missing data for breaching: in periods without any log event it is in ALARM already."
        return unsure(LinkName.ALARM, alarm.arn, why)
    if alarm.missing_data == "ignore" and not _quiet(alarm, emission):
        why = f"{alarm.name} keeps its state while data is missing: after the first event it stays in ALARM for good."
        return broken(LinkName.ALARM, alarm.arn, why)
    return None
