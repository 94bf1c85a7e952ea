"""`compare` against two oracles that share no code with it: all small events, and z3."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from auditor.pattern import Covers, Misses, Semantics, compare, evaluate, expression_text, intersects, noise, splitting
from auditor.pattern.separation import TooHardError

from .enumeration import fields, matches, nested
from .pairs import judged, pair
from .random_patterns import A_B, ITEM, LIST, NUMBERS, REGEXES, A, B, Shape, expression

READINGS = [Semantics(*settings) for settings in itertools.product((True, False), repeat=4)]
EVENTS = {"one": list(fields(("a",))), "two": list(fields(("a", "b"))), "nested": list(nested())}
SHAPES = {
    "texts": (Shape((A,)), "one"),
    "numbers": (Shape((A,), numbers=NUMBERS), "one"),
    "expressions": (Shape((A,), numbers=NUMBERS, regexes=REGEXES), "one"),
    "two fields": (Shape((A, B), words=("x", "x*", "7")), "two"),
    "nested": (Shape((A, A_B, LIST, ITEM), words=("x", "y*", "7"), numbers=("7",)), "nested"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_no_small_event_contradicts_an_answer(name: str) -> None:
    shape, events = SHAPES[name]
    outcomes: Counter[str] = Counter()
    for seed in range(80):
        rng = random.Random(f"{name} {seed}")
        required, deployed = expression(rng, shape), expression(rng, shape)
        reading = rng.choice(READINGS)
        answer = compare(required, [deployed], world=None, semantics=reading)
        outcomes[type(answer).__name__] += 1
        found = next(
            (
                event
                for event in EVENTS[events]
                if matches(required, event, reading) and not matches(deployed, event, reading)
            ),
            None,
        )
        said = f"{expression_text(required)} | {expression_text(deployed)} | {reading}"
        assert not (isinstance(answer, Covers) and found is not None), f"{said}: {found}"
        if isinstance(answer, Misses):
            assert matches(required, answer.witness, reading), said
            assert not matches(deployed, answer.witness, reading), said
    assert outcomes["Covers"] > 10
    assert outcomes["Misses"] > 10
    assert outcomes["Undecided"] < 5


def test_z3_agrees_on_five_hundred_pairs() -> None:
    outcomes = Counter(judged(pair(seed)) for seed in range(500))
    assert outcomes["Covers"] > 50
    assert outcomes["Misses"] > 50
    assert outcomes["Undecided"] + outcomes["z3 gave up"] < 10


def test_answers_stay_right_where_the_wildcards_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_settings: object) -> None:
        raise TooHardError("too many")

    monkeypatch.setattr(splitting, "representatives", refuse)
    outcomes = Counter(judged(pair(seed)) for seed in range(20_000, 20_150))
    assert outcomes["Covers"] > 10
    assert outcomes["Misses"] > 10
    assert outcomes["Undecided"] > 0


def test_noise_is_the_other_direction_and_intersection_the_common_part() -> None:
    for seed in range(150):
        case = pair(seed * 3 + 1)
        required, deployed, reading = case.required, case.deployed, case.semantics
        beyond = noise(required, [deployed], world=None, semantics=reading)
        answer = compare(deployed, [required], world=None, semantics=reading)
        assert isinstance(answer, Covers) is (beyond is None)
        common = intersects(required, deployed, world=None, semantics=reading)
        if isinstance(common, dict):
            assert evaluate(required, common, reading)
            assert evaluate(deployed, common, reading)
        elif common is None and isinstance(compare(required, [deployed], world=None, semantics=reading), Covers):
            assert noise(required, [required], world=None) is None
            assert isinstance(compare(required, [], world=None, semantics=reading), Covers)
