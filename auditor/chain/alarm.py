"""The link from a metric to an alarm: does one event put it in ALARM, and does it come back?

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import replace

from auditor.chain.computing import computed
from auditor.chain.datapoints import MINUTE, Datapoints, seen_in
from auditor.chain.expression import UndecidedError
from auditor.chain.identity import Heard, difference, heard
from auditor.chain.link import broken, sound, unsure
from auditor.chain.metric import Emission
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn

_OPERATORS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": (">=", operator.ge),
    "GreaterThanThreshold": (">", operator.gt),
    "LessThanThreshold": ("<", operator.lt),
    "LessThanOrEqualToThreshold": ("<=", operator.le),
}


def alarm_link(alarm: Alarm, emission: Emission, feeds: Iterable[Emission] = ()) -> ChainLink:
    """Says whether one matching event puts an alarm on the emitted metric in ALARM.

    An alarm acts on a change of state only: one that never leaves ALARM tells nobody of the next event. Where the value
    is a field of the event, an event is meant whose value is enough (`auditor.chain.seen`).

    Args:
        alarm: The alarm.
        emission: What the filter sends.
        feeds: What all filters of the region send, for an alarm on several metrics.
    """
    unseen = _unseen(alarm, emission)
    if unseen is not None:
        return unseen
    if not alarm.queries:
        return _over_readings(alarm, heard(alarm.watched[0], emission, Arn.parse(alarm.arn)))
    # The documentation leaves open how arithmetic takes a missing datapoint, so that both ways must agree.
    feeds = tuple(feeds)
    links = [_judged(alarm, emission, feeds, missing_is_zero=reading) for reading in (False, True)]
    if len({link.status for link in links}) == 1:
        return links[0]
    why = f"Whether an event puts {alarm.name} in ALARM depends on how metric math takes a missing datapoint."
    return unsure(LinkName.ALARM, alarm.arn, why)


def _over_readings(alarm: Alarm, found: Heard) -> ChainLink:
    """Judges an alarm on one metric, whatever CloudWatch puts together in it.

    An alarm may also take values of another unit alone, and see nothing of the event: only a break in every
    other reading is certain.
    """
    link = _judged(alarm, found.surely)
    if not found.open:
        return link
    if LinkStatus.BROKEN is link.status is _judged(alarm, found.perhaps).status:
        return link
    why = f"Whether an event puts {alarm.name} in ALARM is not defined: {found.open}."
    return unsure(LinkName.ALARM, alarm.arn, why)


def watches(alarm: Alarm, emission: Emission) -> bool:
    """Whether an alarm names the emitted metric, be it with other dimensions or in an expression."""
    return any((one.namespace, one.metric) == (emission.namespace, emission.metric) for one in alarm.watched)


def _unseen(alarm: Alarm, emission: Emission) -> ChainLink | None:
    """Gives the link where the alarm does not see the emitted values at all, or at the wrong times."""
    named = [one for one in alarm.watched if (one.namespace, one.metric) == (emission.namespace, emission.metric)]
    others = [difference(one, emission) for one in named]
    if others and all(others):
        return broken(LinkName.ALARM, alarm.arn, f"{alarm.name} watches {others[0]}.")
    short = next((one.period for one in named if one.period is not None and one.period < MINUTE), None)
    if short is not None:
        why = f"{alarm.name} looks every {short} seconds at a metric that has a value a minute."
        return unsure(LinkName.ALARM, alarm.arn, why)
    return None


def _judged(
    alarm: Alarm, emission: Emission, feeds: tuple[Emission, ...] = (), *, missing_is_zero: bool = False
) -> ChainLink:
    if alarm.operator not in _OPERATORS or alarm.threshold is None:
        return unsure(LinkName.ALARM, alarm.arn, f"{alarm.name} compares by {alarm.operator}, which is not followed.")
    if alarm.low_samples == "ignore" and alarm.extended_statistic:
        why = f"{alarm.name} ignores periods with few samples; how few one event is, is not known."
        return unsure(LinkName.ALARM, alarm.arn, why)
    enough = emission if emission.value is not None else replace(emission, value=alarm.threshold + 1)
    try:
        if alarm.queries:
            points = computed(alarm, enough, feeds, missing_is_zero=missing_is_zero)
        else:
            points = seen_in(alarm, enough)
    except UndecidedError as error:
        shown = next((query.expression for query in alarm.queries if query.expression), None)
        what = f"{alarm.name} watches {shown}" if shown else alarm.name
        return unsure(LinkName.ALARM, alarm.arn, f"{what}, which is not followed: {error}.")
    for judge in (_reaches, _counts, _returns):
        found = judge(alarm, points)
        if found is not None:
            return found
    said = _compared(alarm, points.busy[0].value, points.busy[0].how)
    return sound(LinkName.ALARM, alarm.arn, f"One event puts {alarm.name} in ALARM: {said}.")


def _reaches(alarm: Alarm, points: Datapoints) -> ChainLink | None:
    """Judges operator and threshold for one event in an otherwise quiet period, and for a period without one."""
    nothing = next((case for case in points.busy if case.value is None), None)
    if nothing is not None:
        why = f"One event gives {alarm.name} nothing to compare: {nothing.how}."
        return broken(LinkName.ALARM, alarm.arn, why)
    short = [(case.value, case.how) for case in points.busy if case.value is not None and not _over(alarm, case.value)]
    falling = alarm.operator.startswith("Less")
    if short and falling and not alarm.queries:
        why = f"{alarm.name} goes off when the metric falls to {alarm.threshold:g}; an event makes it rise."
        return broken(LinkName.ALARM, alarm.arn, why)
    if short:
        said = _compared(alarm, *(max(short) if falling else min(short)))
        return broken(LinkName.ALARM, alarm.arn, f"One event does not put {alarm.name} in ALARM: {said}.")
    for case in points.quiet:
        if case.value is not None and _over(alarm, case.value):
            why = f"{alarm.name} is in ALARM without any event, since {case.value:g} is already enough: "
            return broken(LinkName.ALARM, alarm.arn, f"{why}it never goes off anew.")
    return None


def _over(alarm: Alarm, value: float) -> bool:
    return _OPERATORS[alarm.operator][1](value, alarm.threshold or 0.0)


def _compared(alarm: Alarm, value: float | None, how: str) -> str:
    """Writes out what one event gives against the threshold."""
    if value is None:
        return how
    told = "true" if _over(alarm, value) else "false"
    return f"{how}, and {value:g} {_OPERATORS[alarm.operator][0]} {alarm.threshold or 0.0:g} is {told}"


def _counts(alarm: Alarm, points: Datapoints) -> ChainLink | None:
    """Judges how many periods must be over the threshold: one event fills one.

    Where the periods around it have no datapoint, those are filled as the alarm treats missing data; treated as
    `missing`, the one datapoint decides alone, and `ignore` keeps the state.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    needed = alarm.datapoints_to_alarm or alarm.evaluation_periods
    if needed <= 1 or (alarm.missing_data == "breaching" and points.always_missing):
        return None
    if alarm.missing_data == "missing" and points.always_missing:
        return None
    why = f"{alarm.name} wants {needed} periods of {alarm.evaluation_periods} over the threshold; one event fills one."
    return broken(LinkName.ALARM, alarm.arn, why)


def _returns(alarm: Alarm, points: Datapoints) -> ChainLink | None:
    """Judges whether the alarm leaves ALARM when nothing happens."""
    if alarm.missing_data == "breaching" and points.always_missing:
        why = f"{alarm.name} takes missing data for breaching: it never leaves ALARM, so it never goes off anew."
        return broken(LinkName.ALARM, alarm.arn, why)
    if alarm.missing_data == "breaching" and not points.never_missing:
        why = f"{alarm.name} takes missing data for breaching: in periods without any log event it is in ALARM already."
        return unsure(LinkName.ALARM, alarm.arn, why)
    if alarm.missing_data == "ignore" and points.always_missing:
        why = f"{alarm.name} keeps its state while data is missing: after the first event it stays in ALARM for good."
        return broken(LinkName.ALARM, alarm.arn, why)
    if alarm.missing_data == "ignore" and not points.never_missing:
        why = f"{alarm.name} keeps its state while data is missing: it stays in ALARM until a log event does not match."
        return unsure(LinkName.ALARM, alarm.arn, why)
    return None
