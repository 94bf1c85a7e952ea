"""What is plainly contradictory is so in every reading, and most pairs of a benchmark's patterns are."""

from __future__ import annotations

import itertools
import random

import pytest

from auditor.demo.alarm_parts import benchmark_patterns
from auditor.pattern import JsonPattern, expression_text, parse
from auditor.pattern.demands import contradict

from .random_patterns import NUMBERS, A, Shape, expression
from .test_agreement import EVENTS, READINGS, matches

SHAPE = Shape((A,), words=("x", "y", "7", "7.0", "true", "x*"), numbers=NUMBERS, states=False, depth=1)


def parsed(text: str) -> JsonPattern:
    found = parse(text)
    assert isinstance(found, JsonPattern)
    return found


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ('{ $.a = "x" }', '{ $.a = "y" }', True),
        ('{ ($.a = "x") || ($.a = "y") }', '{ ($.a = "z") && ($.b = "x") }', True),
        ('{ ($.a = "x") || ($.b = "y") }', '{ $.a = "z" }', False),
        ('{ ($.a = "x") && ($.a = "y") }', '{ $.b = "z" }', True),
        ('{ $.a = "x" }', '{ $.a != "x" }', False),
        ('{ $.a = "x*" }', '{ $.a = "y" }', False),
        ('{ $.a = "7" }', '{ $.a = "7.0" }', False),
        ('{ $.a = "true" }', '{ $.a = "x" }', False),
        ('{ $.a[*] = "x" }', '{ $.a[*] = "y" }', False),
    ],
)
def test_what_is_plain(one: str, other: str, expected: bool) -> None:
    assert contradict([parsed(one).expression, parsed(other).expression]) is expected


def test_no_small_event_meets_what_is_plainly_contradictory() -> None:
    plain = 0
    for seed in range(10_000):
        rng = random.Random(seed)
        one, other = expression(rng, SHAPE), expression(rng, SHAPE)
        if not contradict([one, other]):
            continue
        plain += 1
        for event, reading in itertools.product(EVENTS["one"], READINGS):
            both = matches(one, event, reading) and matches(other, event, reading)
            assert not both, f"{expression_text(one)} | {expression_text(other)} | {event}"
    assert plain > 100


def test_most_pairs_of_controls_are_plainly_apart() -> None:
    controls = [parsed(text).expression for text in benchmark_patterns().values()]
    apart = [contradict(pair) for pair in itertools.combinations(controls, 2)]
    assert sum(apart) > len(apart) / 2
