from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.pattern import Event, JsonValue, Semantics, compile_pattern, evaluate, parse
from auditor.pattern.regex import read_regex, regex_automaton

REGEX_PARTS = ["a", "b", ".", "[ab]", "[^a]", r"\d", r"\.", "c{2}", "b{1,2}", "a*", "b+", "a?", "[0-9]*"]


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ('{ $.a = "x*" }', {"a": "xyz"}, True),
        ('{ $.a = "x*" }', {"a": "ax"}, False),
        ('{ $.a = "*b*" }', {"a": "abc"}, True),
        ('{ $.a != "x" }', {"a": [1]}, False),
        ('{ $.a != "x" }', {}, False),
        ("{ $.a.b NOT EXISTS }", {"a": 1}, True),
        ("{ $.a IS TRUE }", {"a": "true"}, False),
        ("{ $.a = 1 }", {"a": True}, False),
        ("{ $.a >= 2 && $.a < 3 }", {"a": 2.5}, True),
        ("{ $.l[*].n = x }", {"l": [{"n": "y"}, {"n": "x"}]}, True),
        ("{ $.l[*].n NOT EXISTS }", {"l": [{"m": 1}]}, True),
        ("{ $.* = x }", {"a": "y", "b": "x"}, True),
        ("{ $.a = %^x[0-9]+$% }", {"a": "x17"}, True),
        ("{ $.a = %x% }", {"a": None}, False),
        ('{ $.a = "" }', {"a": ""}, True),
        ('{ $.a = "say \\"hi\\"" }', {"a": 'say "hi"'}, True),
    ],
)
def test_json_patterns(pattern: str, event: Event, expected: bool) -> None:
    assert evaluate(parse(pattern), event) is expected


@pytest.mark.parametrize(
    ("pattern", "event", "setting", "yes", "no"),
    [
        ('{ $.a = "x*y" }', {"a": "x-y"}, "star_inside_word", True, False),
        ('{ $.a = "x*y" }', {"a": "x*y"}, "star_inside_word", True, True),
        ('{ $.a != "x" }', {}, "not_equal_absent", True, False),
        ('{ $.a = "3" }', {"a": 3}, "string_number", True, False),
        ("{ $.a = 3 }", {"a": "3.0"}, "string_number", True, False),
        ('{ $.a = "true" }', {"a": True}, "string_number", True, False),
        ('{ $.a != "x" }', {"a": None}, "not_equal_other_type", True, False),
        ("{ $.a != 3 }", {"a": "x"}, "not_equal_other_type", True, False),
        ("{ $.a != 3 }", {"a": 4}, "not_equal_other_type", True, True),
    ],
)
def test_settings(pattern: str, event: Event, setting: str, yes: bool, no: bool) -> None:
    assert evaluate(parse(pattern), event, Semantics(**{setting: True})) is yes
    assert evaluate(parse(pattern), event, Semantics(**{setting: False})) is no


def test_a_text_is_decoded_for_a_json_pattern_and_an_event_written_for_terms() -> None:
    assert evaluate(parse("{ $.a = x }"), '{"a": "x"}')
    assert not evaluate(parse("{ $.a = x }"), "a = x")
    assert not evaluate(parse("{ $.a = x }"), "[1]")
    assert evaluate(parse('"\\"a\\":\\"x\\""'), {"a": "x"})


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("", "anything", True),
        ('" "', "", True),
        ("?a ?b", "xb", True),
        ("?a ?b", "x", False),
        ("?a b", "b", True),
        ("-a", "b", True),
        ("-a", "a", False),
        ("[a, b]", "one", False),
        ("[a, b]", "one two three", True),
        ("[..., b = two]", "one two three", False),
        ("[..., b = three]", "one two three", True),
        ("[a = one, ..., b = three]", "one two two three", True),
        ("[a, ..., b]", "one", False),
        ("[n > 4 && n <= 5.5]", "5.5", True),
        ("[n > 4 && n <= 5.5]", "six", False),
        ('[a = "one two"]', '"one two" three', True),
    ],
)
def test_lines(pattern: str, line: str, expected: bool) -> None:
    assert evaluate(parse(pattern), line) is expected


@given(
    st.lists(st.sampled_from(REGEX_PARTS), max_size=4).map("".join),
    st.sampled_from(["", "^"]),
    st.sampled_from(["", "$"]),
    st.text(alphabet="abc0.\n", max_size=6),
)
@settings(max_examples=600, deadline=None)
def test_regular_expressions_agree_with_python(body: str, start: str, end: str, text: str) -> None:
    source = start + body + end
    assert read_regex(source).fault is None
    expected = re.search(source.replace("$", r"\Z"), text, re.ASCII) is not None
    assert regex_automaton(source).accepts(text) is expected


def test_patterns_full_of_stars_are_matched_at_once() -> None:
    text: JsonValue = "a" * 20_000
    assert not evaluate(parse("{ $.x = %" + "a*" * 200 + "b% }"), {"x": text})
    assert not evaluate(parse('{ $.x = "' + "a*" * 400 + 'b" }'), {"x": text})
    assert not evaluate(parse("[x = " + "*a" * 300 + "b]"), str(text))


def test_a_compiled_pattern_leaves_the_event_alone() -> None:
    event: Event = {"a": {"b": ["x"]}}
    assert compile_pattern(parse("{ $.a.b[0] = x }"))(event)
    assert event == {"a": {"b": ["x"]}}
