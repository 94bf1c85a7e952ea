"""Narrowing changes no answer: whatever is known beforehand, the same controls, filters and trails hold of an event."""

from __future__ import annotations

import gzip
import json
import random
from typing import Any

import pytest

from auditor.backtest.narrowing import Answers, Programs, _may_be_number, _questions, narrowed
from auditor.backtest.plan import ControlPlan, FilterPlan, Plan, TrailPlan
from auditor.pattern import Compare, Expression, JsonPattern, Or, Selector, Text, compile_pattern, evaluate, parse
from auditor.pattern.semantics import Semantics
from auditor.pattern.values import ABSENT
from tests.backtest.build import DATA
from tests.pattern.random_patterns import NUMBERS, REGEXES, WORDS, Shape, expression

FIELDS = ("$.eventName", "$.eventSource", "$.errorCode", "$.userIdentity.type", "$.other")
SHAPE = Shape(tuple(Selector.of(field) for field in FIELDS), WORDS, NUMBERS, REGEXES, depth=3)
VALUES: tuple[Any, ...] = (ABSENT, None, True, 7, "x", "xy", "7", "", {"a": 1})
LIKELIEST = Semantics().settled()


def random_event(rng: random.Random) -> dict[str, Any]:
    event: dict[str, Any] = {"eventName": rng.choice(("x", "xy", "7", "")), "eventSource": rng.choice(("x", "y"))}
    for name in ("errorCode", "other"):
        value = rng.choice(VALUES)
        if value is not ABSENT:
            event[name] = value
    who = rng.choice((*VALUES, {}))
    if isinstance(who, dict):
        event["userIdentity"] = {}
    elif who is not ABSENT:
        event["userIdentity"] = {"type": who}
    return event


def plan_of(expressions: list[Expression]) -> Plan:
    """A plan in which each expression is a trail, a filter and a control at once."""
    return Plan(
        account_id="123456789012",
        trails=tuple(TrailPlan("t", "arn", one, frozenset(), False, 0) for one in expressions),
        groups=("group",),
        filters=tuple(FilterPlan(("r", "g", "f"), "", JsonPattern(one), (0,), 0, "", ()) for one in expressions),
        inflows=(),
        controls=tuple(ControlPlan("c", one, Or((one, expressions[0]))) for one in expressions),
    )


@pytest.mark.parametrize("seed", range(12))
def test_an_event_is_answered_as_by_each_pattern_alone(seed: int) -> None:
    rng = random.Random(seed)
    expressions = [expression(rng, SHAPE) for _ in range(8)]
    programs = Programs(plan_of(expressions))
    for _ in range(300):
        event = random_event(rng)
        found = programs.answers(programs.of(event["eventSource"], event["eventName"]), event)
        bits = sum(1 << place for place, one in enumerate(expressions) if evaluate(one, event))
        meant = (1 << len(expressions)) - 1 if bits & 1 else bits
        assert found == Answers(bits, bits, bits, meant), (event, expressions)


@pytest.mark.parametrize("seed", range(6))
def test_narrowing_by_any_value_keeps_the_meaning(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(200):
        one = expression(rng, SHAPE)
        event = random_event(rng)
        known = {Selector.of("$.errorCode"): event.get("errorCode", ABSENT)}
        if not isinstance(event.get("errorCode"), dict):
            assert evaluate(narrowed(one, known, LIKELIEST), event) == evaluate(one, event)


@pytest.mark.parametrize("seed", range(6))
def test_a_question_that_is_not_asked_never_decides(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(300):
        one = expression(rng, SHAPE)
        asked = _questions(JsonPattern(one))
        event = random_event(rng)
        for question in set(Semantics().open_questions()) - asked:
            answers = {compile_pattern(one, reading)(event) for reading in Semantics().readings((question,))}
            assert len(answers) == 1, (question, one, event)


def test_words_that_no_number_looks_like() -> None:
    assert not _may_be_number(Text("StopLogging"))
    assert not _may_be_number(Text("AccessDenied*"))
    assert _may_be_number(Text("7*"))
    assert _may_be_number(Text("*"))
    assert _may_be_number(Text("t*e"))


def test_the_real_records_are_answered_alike() -> None:
    patterns = [
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
        "{ $.eventName = CreateRoute && $.eventSource = ec2.amazonaws.com }",
        '{ $.userIdentity.type = "AssumedRole" && $.sourceIPAddress != "10.*" && $.errorCode NOT EXISTS }',
        "{ $.readOnly IS TRUE }",
    ]
    expressions = [found.expression for text in patterns if isinstance(found := parse(text), JsonPattern)]
    programs = Programs(plan_of(list(expressions)))
    checks = [compile_pattern(parse(text)) for text in patterns]
    seen = 0
    for path in DATA.glob("*.json.gz"):
        for event in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            found = programs.answers(programs.of(event["eventSource"], event["eventName"]), event)
            assert found.matched == sum(1 << place for place, check in enumerate(checks) if check(event))
            seen |= found.matched
    assert seen == (1 << len(patterns)) - 1


def test_a_comparison_of_what_is_known_is_settled() -> None:
    one = Compare.of("$.eventName", "=", "StopLogging")
    assert evaluate(narrowed(one, {Selector.of("$.eventName"): "StopLogging"}, LIKELIEST), {})
    assert not evaluate(narrowed(one, {Selector.of("$.eventName"): "StartLogging"}, LIKELIEST), {})
