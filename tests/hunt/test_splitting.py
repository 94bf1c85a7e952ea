"""A list that is cut off is asked in parts until all of it is there, however its events lie and the guide is read."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.hunt.asking import Answer
from auditor.hunt.splitting import gather
from tests.hunt.interpreter import stamp

START = 1_688_990_000


class Log:
    """A log that gives its newest rows; the end of a range takes in all of its second, or only its first moment."""

    def __init__(self, times: list[int], limit: int, *, whole: bool, counts: bool = True) -> None:
        self.times = times
        self.limit = limit
        self.whole = whole
        self.counts = counts
        self.scanned = 0
        self.asked: list[tuple[int, int]] = []

    def ask(self, start: int, end: int) -> Answer:
        self.asked.append((start, end))
        last = end * 1000 + (999 if self.whole else 0)
        found = sorted(((at, place) for place, at in enumerate(self.times) if start * 1000 <= at <= last), reverse=True)
        rows = [{"@timestamp": stamp(at), "n": str(place), "@ptr": f"p{place}"} for at, place in found[: self.limit]]
        self.scanned += len(found)
        return Answer(tuple(rows), len(found) if self.counts else 0, len(found))


@given(
    st.lists(st.integers(0, 40_000), max_size=60),
    st.integers(2, 8),
    st.booleans(),
    st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_every_row_comes_once_but_for_seconds_that_hold_too_many(
    times: list[int], limit: int, whole: bool, counts: bool
) -> None:
    log = Log([START * 1000 + at for at in times], limit, whole=whole, counts=counts)
    gathered = gather(log.ask, START, START + 41, limit)
    found = [int(row["n"]) for row in gathered.rows]
    assert len(found) == len(set(found))
    full = {int(moment.timestamp()) for moment in gathered.full}
    held = Counter(at // 1000 for at in log.times)
    for place, at in enumerate(log.times):
        near = {at // 1000, at // 1000 - 1}
        assert place in found or near & full, (at, gathered.full)
    for second in full:
        assert held[second] + held[second + 1] >= limit
    assert gathered.scanned == log.scanned


def test_one_that_is_not_cut_off_is_asked_once() -> None:
    log = Log([START * 1000 + at for at in range(0, 9000, 1000)], 10, whole=True)
    assert len(gather(log.ask, START, START + 3600, 10).rows) == 9
    assert log.asked == [(START, START + 3600)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_long_list_costs_little_more_than_two_readings(whole: bool) -> None:
    """Halving over and over would read all of it once for each halving."""
    log = Log([START * 1000 + at * 500 for at in range(20_000)], 1000, whole=whole)
    gathered = gather(log.ask, START, START + 10_000, 1000)
    assert len(gathered.rows) == 20_000
    assert gathered.full == []
    assert log.scanned < 2.2 * 20_000


def test_a_second_that_holds_too_many_is_named() -> None:
    log = Log([START * 1000 + 5000 + at for at in range(30)] + [START * 1000], 10, whole=True)
    gathered = gather(log.ask, START, START + 60, 10)
    assert {int(moment.timestamp()) - START for moment in gathered.full} <= {4, 5}
    assert gathered.full
    assert len(gathered.rows) == 11
