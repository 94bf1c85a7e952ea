"""An alarm's evaluation over time: the guide's own tables, and an oracle that plays it minute by minute."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.backtest.alarms import AlarmPlan, SeriesPlan
from auditor.backtest.ringing import _busy
from auditor.backtest.series import Series, Stream, Sum
from auditor.backtest.states import Heard, Setting, State, course, judged
from tests.backtest.clock import ALARM, OK, OPERATORS, STATISTICS, Clock
from tests.chain.build import alarm

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
KEEPS = None
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
# The newest point stands on the right; for each treatment the state that the guide tells.
THREE_OF_THREE = {
    "0 - X - X": ("OK", "OK", "OK", "OK"),
    "0 - - - -": ("OK", "OK", "OK", "OK"),
    "- - - - -": ("INSUFFICIENT_DATA", KEEPS, "ALARM", "OK"),
    "0 X X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": ("ALARM", KEEPS, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": ("OK", "OK", "ALARM", "OK"),
    "- - - - 0": ("OK", "OK", "ALARM", "OK"),
    "- - - X -": ("ALARM", KEEPS, "ALARM", "OK"),
}
# "the alarm does not go immediately into ALARM state when the data is either ..."
NOT_YET = ("- - - - X", "- - - X -")


def points(text: str) -> tuple[bool | None, ...]:
    signs = {"0": False, "X": True, "-": None}
    return tuple(signs[sign] for sign in reversed(text.split()))


@pytest.mark.parametrize("place", range(4), ids=TREATMENTS)
@pytest.mark.parametrize(("needed", "table"), [(3, THREE_OF_THREE), (2, TWO_OF_THREE)], ids=["3 of 3", "2 of 3"])
def test_the_guides_tables(needed: int, table: dict[str, tuple[str | None, ...]], place: int) -> None:
    setting = Setting("GreaterThanThreshold", 0, periods=3, needed=needed, missing=TREATMENTS[place])
    found = {row: judged(setting, points(row)).state for row in table}
    assert found == {row: None if states[place] is None else State(states[place]) for row, states in table.items()}


@pytest.mark.parametrize("row", NOT_YET)
def test_one_fresh_point_alone_is_not_enough_yet(row: str) -> None:
    setting = Setting("GreaterThanThreshold", 0, periods=3, needed=3, missing="missing")
    assert judged(setting, points(row)).state is None


LENGTH = 260
CLOCKS = st.builds(
    Clock,
    statistic=st.sampled_from(sorted(STATISTICS)),
    minutes=st.sampled_from([1, 2, 5]),
    operator=st.sampled_from(sorted(OPERATORS)),
    threshold=st.sampled_from([0.0, 1.0, 2.0, 3.0]),
    periods=st.sampled_from([(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)]),
    missing=st.sampled_from(TREATMENTS),
    default=st.sampled_from([None, 0.0, 1.0]),
    more=st.sampled_from([1, 2, 4]),
)
VALUES = st.dictionaries(
    st.integers(0, LENGTH - 1),
    st.lists(st.sampled_from([0.0, 1.0, 2.0, -1.0, 5.0]), min_size=1, max_size=3),
    max_size=25,
)
# In which minutes other events come to the log group.
TRAFFIC: tuple[Callable[[int], bool], ...] = (
    lambda _: True,
    lambda _: False,
    lambda minute: minute % 2 == 0,
    lambda minute: minute // 40 % 2 == 0,
    lambda minute: minute // 7 % 3 == 0,
)


@settings(max_examples=400, deadline=None)
@given(CLOCKS, VALUES, st.sampled_from(TRAFFIC))
def test_it_is_the_course_that_a_clock_plays(
    clock: Clock, values: dict[int, list[float]], traffic: Callable[[int], bool]
) -> None:
    busy = {minute for minute in range(LENGTH) if traffic(minute)} | values.keys()
    expected = clock.play(values, busy, LENGTH)
    among, needed = clock.periods
    setting = Setting(clock.operator, clock.threshold, clock.minutes, among, needed, clock.missing)
    sums = {minute: sum((Sum.of(one) for one in found[1:]), Sum.of(found[0])) for minute, found in values.items()}
    series = Series([Stream(sums, sorted(busy - values.keys()), clock.default)])
    watching = AlarmPlan(alarm("a"), "us-east-1", setting, (SeriesPlan("", clock.statistic, (0,)),))
    minutes = sorted(_busy(watching, setting, [series], series.matched))

    found = course(
        setting,
        lambda minute: series.datapoint(clock.statistic, minute, clock.minutes),
        minutes,
        series.matched,
        clock.more,
    )

    rings = sorted(ring.at for ring in (*found.rings, *found.repeats))
    assert [ring for ring in rings if ring < LENGTH] == expected.rings
    assert [at for at in found.quiet if at < LENGTH] == expected.quiet
    assert sorted(values) == sorted(found.heard)
    at_rest = clock.next(OK, [None] * (among + clock.more))
    for minute, heard in found.heard.items():
        before, after = (expected.states[minute - 1] if minute else at_rest), expected.states[minute]
        assert (heard is Heard.JOINED) <= (before == after == ALARM)
        assert (heard is Heard.STUCK) <= (before == ALARM)
        soon = [ring for ring in expected.rings if minute <= ring < minute + clock.minutes]
        newest = any(clock.breaches(clock.datapoint(values, busy, ring)) for ring in soon)
        reach = range(minute, minute + clock.minutes * (among + clock.more))
        assert (heard is Heard.RANG) >= newest
        assert (heard is Heard.RANG) <= (any(ring in reach for ring in expected.rings) or reach.stop > LENGTH)


def rung(setting: Setting, values: dict[int, float], busy: set[int], default: float | None = 0.0) -> list[int]:
    sums = {minute: Sum.of(value) for minute, value in values.items()}
    series = Series([Stream(sums, sorted(busy - values.keys()), default)])
    found = course(setting, lambda at: series.datapoint("Sum", at, setting.minutes), sorted(busy), values)
    return [ring.at for ring in found.rings]


def test_periods_slide() -> None:
    setting = Setting("GreaterThanOrEqualToThreshold", 3, minutes=5)
    busy = set(range(100))
    # Three events within five minutes that no five minutes of the clock hold together.
    assert rung(setting, {58: 1, 60: 1, 62: 1}, busy) == [62]
    assert rung(setting, {58: 1, 60: 1, 63: 1}, busy) == []


def test_an_alarm_over_more_than_a_day_looks_on_the_hour() -> None:
    setting = Setting("GreaterThanOrEqualToThreshold", 1, minutes=1440, periods=2, needed=1)
    assert rung(setting, {130: 1}, {130}) == [179]


def test_what_comes_while_it_is_in_alarm_joins_or_is_stuck() -> None:
    def heard(missing: str, minutes: list[int]) -> dict[int, Heard]:
        setting = Setting("GreaterThanOrEqualToThreshold", 1, minutes=5, missing=missing)
        series = Series([Stream({minute: Sum.of(1) for minute in minutes}, (), None)])
        return course(setting, lambda at: series.datapoint("Sum", at, 5), minutes, minutes).heard

    assert heard("notBreaching", [100, 103, 500]) == {100: Heard.RANG, 103: Heard.JOINED, 500: Heard.RANG}
    assert heard("ignore", [100, 500]) == {100: Heard.RANG, 500: Heard.STUCK}
    assert heard("breaching", [100]) == {100: Heard.STUCK}
