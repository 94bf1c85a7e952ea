"""CIS patterns over real CloudTrail records: https://github.com/invictus-ir/aws_dataset (MIT licence)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.pattern import Batch, batches, compile_pattern, parse, tally
from tests.pattern.control_predicates import PREDICATES

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "cloudtrail"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real CloudTrail records are not here")
CONTROLS = json.loads(Path(__file__).with_name("benchmark_patterns.json").read_text(encoding="utf-8"))
# A filter that names an error code which AWS does not use.
MISTAKEN = '{ ($.errorCode = "*UnauthorizedAccess*") || ($.errorCode = "AccessDenied*") }'


@pytest.fixture(scope="module")
def records() -> list[Any]:
    found = [event for batch in batches(FOLDER) if isinstance(batch, Batch) for event in batch.events]
    assert len(found) > 1000
    return found


def text_of(control: str) -> str:
    place, _ = PREDICATES[control]
    text: str = CONTROLS[control]["intent"] if place is None else CONTROLS[control]["texts"][place]
    return text


@pytest.mark.parametrize("control", PREDICATES)
def test_a_pattern_matches_the_records_that_its_control_names(control: str, records: list[Any]) -> None:
    matches = compile_pattern(parse(text_of(control)))
    assert [event["eventID"] for event in records if matches(event)] == [
        event["eventID"] for event in records if PREDICATES[control][1](event)
    ]


def test_the_records_put_most_controls_to_the_test(records: list[Any]) -> None:
    tried = [control for control, (_, predicate) in PREDICATES.items() if any(map(predicate, records))]
    assert len(tried) >= 10


def test_a_filter_with_a_wrong_error_code_misses_what_the_benchmark_catches(records: list[Any]) -> None:
    required, deployed = compile_pattern(parse(text_of("4.1"))), compile_pattern(parse(MISTAKEN))
    missed = [event for event in records if required(event) and not deployed(event)]
    assert {event["errorCode"] for event in missed} == {"Client.UnauthorizedOperation"}
    assert len(missed) == tally(parse(text_of("4.1")), FOLDER).matched - tally(parse(MISTAKEN), FOLDER).matched > 0
