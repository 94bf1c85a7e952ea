"""Queries of Logs Insights, against the filter patterns they are made from and a reader that knows nothing of them."""

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
    expression_text,
    insights_query,
    parse,
)
from tests.pattern.insights_query import filtered, row_of
from tests.pattern.random_patterns import A_B, B, Shape, expression

CONTROLS = json.loads(Path(__file__).with_name("benchmark_patterns.json").read_text(encoding="utf-8"))
MISSING = object()
# Insights keeps no types, so the texts look like no numbers and each field keeps to one type.
WORDS = ("x", "x*", "*y", "*x*", "x*y", 'say "x"', "it's", "a/b", "a\\b", "a.c*", "*$", 'both "and" \'')
TEXTS: list[Any] = [*(word.replace("*", filling) for word in WORDS for filling in ("", "z\nz")), "abc", MISSING]
NUMBERS: list[Any] = [7, 7.5, 0, -1, 10, MISSING]
SHAPE = Shape((B,), words=WORDS, regexes=("^x", "a/b", r"a\/b", "y$", "[0-9]/"), states=False)


def condition(pattern: str, semantics: Semantics | None = None) -> str:
    lines = insights_query(parse(pattern), semantics or Semantics()).text.split("\n| ")
    return lines[1].removeprefix("filter ")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{ $.a = x }", 'a = "x"'),
        ("{ $.a = x || $.a = y || $.a = x }", 'a in ["x", "y"]'),
        ("{ $.a = x || $.b = y && $.c = z }", 'a = "x" or (b = "y" and c = "z")'),
        ("{ $.b = y && ($.a = x || $.a = z) }", 'b = "y" and a in ["x", "z"]'),
        ('{ $.a = "x*" }', "a like /^x/"),
        ('{ $.a = "*.x" }', r"a like /\.x$/"),
        ('{ $.a = "*/x*" }', r"a like /\/x/"),
        ('{ $.a = "x*y" }', "a like /(?s)^x.*y$/"),
        ("{ $.a = * }", "ispresent(a)"),
        ("{ $.a = %a/b[0-9]% }", r"a like /a\/b[0-9]/"),
        ("{ $.a != x }", 'ispresent(a) and a != "x"'),
        ('{ $.a != "x*" && $.b = y }', '(ispresent(a) and a not like /^x/) and b = "y"'),
        ("{ $.a NOT EXISTS }", "not ispresent(a)"),
        ("{ $.a IS TRUE || $.a IS FALSE }", "a = 1 or a = 0"),
        ("{ $.a >= -1.5e3 }", "a >= -1500"),
        ("{ $.a = 1e-7 }", "a = 0.0000001"),
        ('{ $.a = "say \\"hi\\"" }', "a = 'say \"hi\"'"),
        ('{ $.a = "a\\\\b" }', r"a like /^a\\b$/"),
        ("{ $.a-b.c_d[0].e = x }", '`a-b.c_d.0.e` = "x"'),
        ("{ $.['@a'] = x }", '@@a = "x"'),
        ("ERROR -time", '@message like "ERROR" and @message not like "time"'),
        ('?a ?"b\\"c"', '@message like "a" or @message like \'b"c\''),
        ("%a/[bc]%", r"@message like /a\/[bc]/"),
    ],
)
def test_how_a_pattern_is_asked(pattern: str, expected: str) -> None:
    assert condition(pattern) == expected


def test_the_query_names_the_fields_and_sorts_by_time() -> None:
    found = insights_query(parse("{ $.eventName = x && $.errorCode NOT EXISTS }")).text
    assert found == (
        "fields @timestamp, eventName, errorCode, @message\n"
        '| filter eventName = "x" and not ispresent(errorCode)\n'
        "| sort @timestamp desc"
    )
    assert insights_query(parse("")).text == "fields @timestamp, @message\n| sort @timestamp desc"


def test_the_settings_decide() -> None:
    assert condition("{ $.a != x }", Semantics(not_equal_absent=True)) == 'not ispresent(a) or a != "x"'
    assert condition('{ $.a = "x*y" }', Semantics(star_inside_word=False)) == 'a = "x*y"'


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{ $.a IS NULL }", "IS NULL: Insights documents no test"),
        ("{ $.a[*].b = x }", "no wildcard"),
        ("{ $.* = x }", "no wildcard"),
        ("{ $.['a.b'] = x }", "means something else"),
        ('{ $.a != "*" }', "any value but a text"),
        ("[a, b]", "does not split"),
        ('-" "', "no event"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(pattern: str, reason: str) -> None:
    with pytest.raises(CannotExpressError, match=reason):
        insights_query(parse(pattern))


def test_notes_tell_where_the_two_may_differ() -> None:
    assert len(insights_query(parse("{ $.eventName = x }")).notes) == 1
    assert any("types" in note for note in insights_query(parse("{ $.readOnly IS TRUE }")).notes)
    assert any("types" in note for note in insights_query(parse('{ $.eventName = "7" }')).notes)
    assert any(
        "$.requestParameters.x" in note for note in insights_query(parse("{ $.requestParameters.x != y }")).notes
    )
    assert insights_query(parse("ERROR")).notes == ()


def events(values: list[Any]) -> list[Event]:
    made: list[Event] = []
    for inner, b in itertools.product(values, repeat=2):
        event = {"b": b, "a": {"b": inner} if inner is not MISSING else {"c": "c"}}
        made.append({name: value for name, value in event.items() if value is not MISSING})
    return made


@pytest.mark.parametrize("kind", ["texts", "numbers"])
def test_random_patterns_find_the_same_events(kind: str) -> None:
    shape = SHAPE if kind == "texts" else Shape((A_B, B), words=("never",), numbers=("7", "0", "7.5"), states=False)
    samples = events(TEXTS if kind == "texts" else NUMBERS)
    for seed in range(200):
        rng = random.Random(f"insights {kind} {seed}")
        node = expression(rng, shape)
        reading = Semantics(rng.choice((True, False)), rng.choice((True, False)))
        check, found = compile_pattern(node, reading), filtered(insights_query(node, reading).text)
        for event in rng.sample(samples, min(len(samples), 120)):
            if kind == "numbers" and "never" in expression_text(node):
                continue
            assert found(row_of(event)) is check(event), f"{expression_text(node)} | {reading} | {event}"


@pytest.mark.parametrize("text", ["ERROR -time", "?ERROR ?time", '"a b" -%t.m%', ""])
def test_words_are_found_in_the_same_lines(text: str) -> None:
    check, found = compile_pattern(parse(text)), filtered(insights_query(parse(text)).text)
    for line in ("ERROR", "time ERROR", "time", "a b", "a b tim", ""):
        assert found(row_of({}, line)) is check(line), line


@pytest.mark.parametrize("control", CONTROLS)
def test_every_benchmark_pattern_can_be_asked(control: str) -> None:
    for text in CONTROLS[control]["texts"]:
        filtered(insights_query(parse(text)).text)
