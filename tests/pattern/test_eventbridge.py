"""Event patterns, against the filter patterns they are made from and a matcher that knows nothing of them."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from auditor.pattern import (
    CannotExpressError,
    Event,
    Semantics,
    compile_pattern,
    evaluate,
    eventbridge_pattern,
    expression_text,
    parse,
)
from tests.pattern import event_pattern
from tests.pattern.random_patterns import A_B, NUMBERS, REGEXES, WORDS, B, Shape, expression

CONTROLS = json.loads(Path(__file__).with_name("benchmark_patterns.json").read_text(encoding="utf-8"))
TEXTS = [text for control in CONTROLS.values() for text in control["texts"]]
MISSING = object()
SCALARS: list[Any] = [
    *("", "x", "xy", "y", "xxy", "xzy", "zx", "x*y", "7", "71", "a\nb"),
    *(7, 7.0, 7.5, 0, -1, 10, 11, True, False, None, MISSING),
]
SHAPES = [
    Shape((B,), words=(*WORDS, "xy*", "*xy", "y*x")),
    Shape((B,), numbers=NUMBERS),
    Shape((A_B, B), numbers=NUMBERS),
    Shape((A_B, B), regexes=(*REGEXES, "^xy", "xy|zx", "x$")),
    Shape((A_B, B), words=("x", "y", "x*"), depth=3),
]
READINGS = [Semantics(*settings) for settings in itertools.product((True, False), repeat=4)]


def detail(pattern: str, semantics: Semantics | None = None) -> Any:
    made = eventbridge_pattern(parse(pattern), semantics or Semantics()).pattern
    assert made["detail-type"] == [{"suffix": " via CloudTrail"}]
    return made.get("detail")


def delivered(event: Event) -> dict[str, Any]:
    return {"detail-type": "AWS API Call via CloudTrail", "source": "aws.iam", "detail": event}


def events() -> list[Event]:
    made = []
    for inner, b in itertools.product(SCALARS, repeat=2):
        event: Event = {"c": "z", "b": b, "a": {"b": inner, "c": 1} if inner is not MISSING else {"c": 1}}
        made.append({name: value for name, value in event.items() if value is not MISSING})
    return made


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{ $.a = x }", {"a": ["x"]}),
        ("{ $.a = x || $.a = y }", {"a": ["x", "y"]}),
        ("{ $.a = x && $.b.c = y }", {"a": ["x"], "b": {"c": ["y"]}}),
        ("{ $.a = x || $.b = y }", {"$or": [{"a": ["x"]}, {"b": ["y"]}]}),
        ("{ $.c = z && ($.a = x || $.b = y) }", {"c": ["z"], "$or": [{"a": ["x"]}, {"b": ["y"]}]}),
        ('{ $.a = "x*" }', {"a": [{"prefix": "x"}]}),
        ('{ $.a = "*x" }', {"a": [{"suffix": "x"}]}),
        ('{ $.a = "*x*" }', {"a": [{"wildcard": "*x*"}]}),
        ('{ $.a = "*" }', {"a": [{"wildcard": "*"}]}),
        ("{ $.a = %^x% }", {"a": [{"prefix": "x"}]}),
        ("{ $.a != x }", {"a": [{"anything-but": "x"}]}),
        ("{ $.a != x && $.a != y }", {"a": [{"anything-but": ["x", "y"]}]}),
        ('{ $.a != "x*" && $.a != "y*" }', {"a": [{"anything-but": {"prefix": ["x", "y"]}}]}),
        ('{ $.a != "x*" && $.a != "y" }', {"a": [{"anything-but": {"wildcard": ["x*", "y"]}}]}),
        ("{ $.a != 3 }", {"a": [{"anything-but": 3}]}),
        ("{ $.a = 3 }", {"a": [{"numeric": ["=", 3]}]}),
        ("{ $.a > 3 && $.a <= 5 }", {"a": [{"numeric": [">", 3, "<=", 5]}]}),
        ("{ $.a NOT EXISTS }", {"a": [{"exists": False}]}),
        ("{ $.a NOT EXISTS || $.a != x }", {"a": [{"anything-but": "x"}, {"exists": False}]}),
        ("{ $.a IS NULL || $.a IS TRUE }", {"a": [None, True]}),
        ('{ $.a = "x*" && $.a = "*y" }', {"a": [{"wildcard": "x*y"}]}),
        ('{ $.a = "xy*" && $.a = "*yz" }', {"a": [{"wildcard": "xy*yz"}, "xyz"]}),
        ('{ $.a = "x*" && $.a != "y" }', {"a": [{"prefix": "x"}]}),
        ("{ $.a = x || $.a != x || $.a NOT EXISTS }", None),
    ],
)
def test_how_a_pattern_is_said(pattern: str, expected: Any) -> None:
    assert detail(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("ERROR", "reads the event as text"),
        ("[a, b]", "reads the event as text"),
        ("{ $.a[0] = x }", "cannot pick an element"),
        ("{ $.a[*].b = x }", "cannot pick an element"),
        ("{ $.['a.b'] = x }", "means something else"),
        ("{ $.a = %x[0-9]% }", "more than wildcards"),
        ('{ $.a = "x*" && $.a != "xy" }', "exceptions"),
        ('{ $.a = "*x*" && $.a = "*y*" }', "several wildcards"),
        ("{ $.a != x && $.a != 3 }", "all texts but some"),
        ("{ $.a = x && $.a = y }", "no event matches"),
        ("{ $.a = 1e12 }", "5e9"),
        ("{ $.a = 0.1234567 }", "six decimals"),
        ("{ $.a IS TRUE && $.a.b NOT EXISTS }", "what lies in it"),
        ("{ $.prefix = x || $.b = y }", "an operator"),
        ("{" + " && ".join(f"($.a{at} = x || $.b{at} = y)" for at in range(11)) + "}", "more than 1,000"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(pattern: str, reason: str) -> None:
    with pytest.raises(CannotExpressError, match=reason):
        eventbridge_pattern(parse(pattern))


def test_the_settings_decide_what_unequal_means() -> None:
    matching = Semantics(not_equal_absent=True)
    assert detail("{ $.a != x }", matching) == {"a": [{"anything-but": "x"}, {"exists": False}]}
    with pytest.raises(CannotExpressError, match="all texts but some"):
        detail("{ $.a != x }", Semantics(not_equal_other_type=False))
    inside = '{ $.a = "x*y\\\\" }'
    assert detail(inside, Semantics(star_inside_word=False)) == {"a": ["x*y\\"]}
    assert detail(inside, Semantics(star_inside_word=True)) == {"a": [{"wildcard": "x*y\\\\"}]}
    with pytest.raises(CannotExpressError, match="string_number"):
        detail("{ $.a = 3 }", Semantics(string_number=True))


def test_notes_tell_what_a_user_must_know() -> None:
    known = eventbridge_pattern(parse("{ $.eventName = x }"))
    assert len(known.notes) == 1
    assert "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" in known.notes[0]
    other = eventbridge_pattern(parse("{ $.requestParameters.name = x }"))
    assert "$.requestParameters.name holds an array" in other.notes[1]
    names = " || ".join(f"$.eventName = Name{at}" for at in range(300))
    assert "quota" in eventbridge_pattern(parse(f"{{ {names} }}", enforce_limits=False)).notes[1]


@pytest.mark.parametrize("text", TEXTS)
def test_every_benchmark_pattern_can_be_said(text: str) -> None:
    made, check = eventbridge_pattern(parse(text)).pattern, compile_pattern(parse(text))
    json.dumps(made, allow_nan=False)
    values = ("AccessDenied", "Client.UnauthorizedOperation", "HeadBucket", "ConsoleLogin", "CreateRoute", None)
    for code, name, kind, mfa in itertools.product(values, values, ("Root", "IAMUser"), ("Yes", "No", None)):
        event: Event = {"eventName": name, "errorCode": code, "sourceIPAddress": "198.51.100.7"}
        event |= {"eventSource": "ec2.amazonaws.com", "eventType": "AwsApiCall", "userIdentity": {"type": kind}}
        event |= {"additionalEventData": {"MFAUsed": mfa}, "responseElements": {"ConsoleLogin": "Success"}}
        assert event_pattern.matches(made, delivered(event)) is check(event), event


def test_random_patterns_match_the_same_events() -> None:
    said = 0
    samples = events()
    for seed in range(600):
        rng = random.Random(f"eventbridge {seed}")
        node, reading = expression(rng, rng.choice(SHAPES)), rng.choice(READINGS)
        try:
            made = eventbridge_pattern(node, reading).pattern
        except CannotExpressError:
            continue
        said += 1
        check = compile_pattern(node, reading)
        for event in samples:
            found = event_pattern.matches(made, delivered(event))
            assert found is check(event), f"{expression_text(node)} | {reading} | {made} | {event}"
    assert said > 200


def test_where_an_array_or_object_stands_the_two_differ_as_the_note_says() -> None:
    pattern = parse("{ $.a = x || $.b NOT EXISTS }")
    made = eventbridge_pattern(pattern).pattern
    assert event_pattern.matches(made, delivered({"a": ["x"], "b": 1}))
    assert not evaluate(pattern, {"a": ["x"], "b": 1})
    assert event_pattern.matches(made, delivered({"b": {}}))
    assert not evaluate(pattern, {"b": {}})
