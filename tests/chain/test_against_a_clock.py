"""The verdict on an alarm, against an account that is played minute by minute."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.chain.alarm import alarm_link
from auditor.chain.metric import emission_of
from auditor.findings import LinkStatus
from tests.chain.build import alarm, metric_filter

PERIODS = 40
FIRST, SECOND = 12, 28
OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": statistics.fmean,
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}
# In which minutes other events come to the log group.
TRAFFIC: tuple[Callable[[int], bool], ...] = (
    lambda _: True,
    lambda _: False,
    lambda minute: minute % 2 == 0,
    lambda minute: minute // 7 % 2 == 0,
)


@dataclass(frozen=True)
class Setup:
    """A filter and an alarm on its metric."""

    value: float
    default: float | None
    statistic: str
    minutes: int
    threshold: float
    operator: str
    periods: tuple[int, int]
    missing: str

    def datapoint(self, events: dict[int, int], busy: Callable[[int], bool], place: int) -> float | None:
        samples: list[float] = []
        for minute in range(place * self.minutes, (place + 1) * self.minutes):
            if minute in events:
                samples += [self.value] * events[minute]
            elif busy(minute) and self.default is not None:
                samples.append(self.default)
        return STATISTICS[self.statistic](samples) if samples else None

    def next(self, state: str, window: Sequence[float | None]) -> str:
        """Gives the state after the last datapoints, as the guide's tables of missing data have it."""
        among, needed = self.periods
        over = [None if one is None else OPERATORS[self.operator](one, self.threshold) for one in window]
        if self.missing in {"breaching", "notBreaching"}:
            over = [self.missing == "breaching" if one is None else one for one in over]
        known = [one for one in over if one is not None]
        if not known:
            return "INSUFFICIENT_DATA" if self.missing == "missing" else state
        if sum(known) >= needed:
            return "ALARM"
        if len(known) - sum(known) > among - needed:
            return "OK"
        if self.missing == "ignore":
            return state
        return "ALARM" if all(known) else "OK"

    def rings(self, events: dict[int, int], busy: Callable[[int], bool]) -> set[int]:
        """Gives the periods at whose end the alarm goes into ALARM."""
        state, points, found = "OK", list[float | None](), set[int]()
        for place in range(PERIODS):
            points.append(self.datapoint(events, busy, place))
            if len(points) < self.periods[0]:
                continue
            after = self.next(state, points[-self.periods[0] :])
            if after == "ALARM" != state:
                found.add(place)
            state = after
        return found

    def told(self) -> Iterator[bool]:
        """Says of each course of things whether both events ring, each before it has left the alarm's sight."""
        for busy in TRAFFIC:
            for offset in range(self.minutes):
                for often in (1, 1000):
                    events = {place * self.minutes + offset: often for place in (FIRST, SECOND)}
                    rung = self.rings(events, busy)
                    yield all(any(one in rung for one in range(at, at + self.periods[0])) for at in (FIRST, SECOND))


SETUPS = st.builds(
    Setup,
    value=st.sampled_from([1.0, 1.0, 2.0, -1.0]),
    default=st.sampled_from([None, 0.0, 1.0]),
    statistic=st.sampled_from(sorted(STATISTICS)),
    minutes=st.sampled_from([1, 5]),
    threshold=st.sampled_from([0.0, 1.0, 2.0]),
    operator=st.sampled_from(sorted(OPERATORS)),
    periods=st.sampled_from([(1, 1), (1, 1), (3, 1), (3, 2), (3, 3)]),
    missing=st.sampled_from(["missing", "notBreaching", "breaching", "ignore"]),
)


@settings(max_examples=300, deadline=None)
@given(SETUPS)
def test_an_alarm_is_sound_where_it_always_rings(setup: Setup) -> None:
    to = {"value": str(setup.value), "default": setup.default}
    found = metric_filter("f", "", to=to)
    among, needed = setup.periods
    watching = alarm(
        "f",
        statistic=setup.statistic,
        period=setup.minutes * 60,
        threshold=setup.threshold,
        operator=setup.operator,
        evaluation_periods=among,
        datapoints_to_alarm=needed,
        missing_data=setup.missing,
    )
    status = alarm_link(watching, emission_of(found, found.transformations[0])).status
    if status is not LinkStatus.UNKNOWN:
        assert (status is LinkStatus.SOUND) == all(setup.told())
