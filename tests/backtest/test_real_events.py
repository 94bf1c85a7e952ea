"""Real CloudTrail records: https://github.com/invictus-ir/aws_dataset (MIT licence); an excerpt lies in data/."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.backtest.backtest import Replayed
from auditor.backtest.result import Outcome, exit_code
from tests.backtest.build import CHECKS, DATA, account_of_the_data, control, replayed
from tests.pattern.control_predicates import PREDICATES

WHOLE = Path(__file__).parents[3] / "shared" / "data" / "cloudtrail"
SQL = Path(__file__).with_name("matches_by_control.sql").read_text(encoding="utf-8")
PLACES = [
    pytest.param(DATA, id="excerpt"),
    pytest.param(
        WHOLE,
        id="whole",
        marks=pytest.mark.skipif(not WHOLE.is_dir(), reason="the real CloudTrail records are not here"),
    ),
]


@pytest.fixture(scope="module")
def of() -> Callable[[Path], Replayed]:
    found: dict[Path, Replayed] = {}

    def backtested(place: Path) -> Replayed:
        if place not in found:
            found[place] = replayed(account_of_the_data(), place, checks=CHECKS)
        return found[place]

    return backtested


def counts(found: Replayed) -> dict[str, int]:
    return {one.check_id.partition(".")[2]: one.should for one in found.found.controls}


@pytest.mark.parametrize("place", PLACES)
def test_the_matches_of_each_control_are_those_of_a_query_by_hand(place: Path, of: Callable[[Path], Replayed]) -> None:
    duckdb = pytest.importorskip("duckdb")
    names, (row,) = (found := duckdb.execute(SQL, [str(place / "*.json.gz")])).description, found.fetchall()
    by_hand = dict(zip((name for name, *_ in names), row, strict=True))
    assert counts(of(place)) == by_hand
    assert sum(by_hand.values()) > 50


@pytest.mark.parametrize("place", PLACES)
def test_and_those_of_plain_python(place: Path, of: Callable[[Path], Replayed]) -> None:
    records: list[dict[str, Any]] = []
    for path in sorted(place.glob("*.json.gz")):
        records += json.loads(gzip.decompress(path.read_bytes()))["Records"]
    by_number = {one.number: one.should for one in of(place).found.controls}
    by_hand = {number: sum(map(predicate, records)) for number, (_, predicate) in PREDICATES.items()}
    assert {number: by_number[number] for number in by_hand} == by_hand


@pytest.mark.parametrize("place", PLACES)
def test_sound_chains_ring_for_all_of_them(place: Path, of: Callable[[Path], Replayed]) -> None:
    found = of(place)
    assert exit_code(found.found) == 0
    for one in found.found.controls:
        assert one.outcome is (Outcome.RANG if one.should else Outcome.QUIET), one
        assert one.rang + one.joined == one.caught == one.should
        assert (one.ring_count > 0) == (one.should > 0)
        assert sum(bucket.should for bucket in one.buckets) == one.should
        assert sum(bucket.rings for bucket in one.buckets) == one.ring_count
    assert [one.beyond for one in found.found.noise] == [0] * len(found.found.noise)


def test_a_ring_names_its_first_event(of: Callable[[Path], Replayed]) -> None:
    first = control(of(DATA), "cloudtrail_changes").rings[0]
    assert (first.first.source, first.before) == ("cloudtrail.amazonaws.com", "OK")
    assert first.events >= 1
