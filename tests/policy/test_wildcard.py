from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.policy.wildcard import Wildcard, covers, covers_all, matches, overlaps

from .oracle import fits

PATTERNS = st.text(alphabet="ab*?", max_size=5)
# The letter c stands in no pattern: a wildcard may be it.
TEXTS = ["".join(chars) for size in range(7) for chars in itertools.product("abc", repeat=size)]


@given(PATTERNS, st.text(alphabet="abc", max_size=8))
@settings(max_examples=500, deadline=None)
def test_matching_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    assert matches(pattern, text) is fits(pattern, text)


@given(st.text(alphabet="aB:/.$*?\n(", max_size=8), st.text(alphabet="aB:/.$\n(", max_size=8))
@settings(max_examples=300, deadline=None)
def test_characters_special_elsewhere_are_plain_here(pattern: str, text: str) -> None:
    assert matches(pattern, text) is fits(pattern, text)


@given(st.text(alphabet="ab*?", max_size=4), st.text(alphabet="ab*?", max_size=4))
@settings(max_examples=250, deadline=None)
def test_covering_is_sound_and_complete_on_every_short_text(wider: str, narrower: str) -> None:
    inside = [text for text in TEXTS if fits(narrower, text)]
    assert covers(wider, narrower) is all(fits(wider, text) for text in inside)


@given(st.lists(st.text(alphabet="ab*?", max_size=3), max_size=3), st.text(alphabet="ab*?", max_size=3))
@settings(max_examples=250, deadline=None)
def test_several_patterns_cover_together_what_each_leaves(wider: list[str], narrower: str) -> None:
    inside = [text for text in TEXTS if fits(narrower, text)]
    expected = all(any(fits(pattern, text) for pattern in wider) for text in inside)
    assert covers_all(wider, narrower) is expected


@given(st.text(alphabet="ab*?", max_size=4), st.text(alphabet="ab*?", max_size=4))
@settings(max_examples=250, deadline=None)
def test_overlap_is_a_text_that_both_match(one: str, other: str) -> None:
    assert overlaps(one, other) is any(fits(one, text) and fits(other, text) for text in TEXTS)


@pytest.mark.parametrize(
    ("wider", "narrower", "expected"),
    [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/AWSLogs/111111111111/*", True),
        ("arn:aws:s3:::b/AWSLogs/*", "arn:aws:s3:::b/*", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/*", True),
        ("*/AWSLogs/*", "arn:aws:s3:::b/AWSLogs/*", True),
        ("arn:aws:s3:::b/?*", "arn:aws:s3:::b/*", False),
        ("*?", "?*", True),
        ("*??*", "?*", False),
        ("a*b*c", "a*c", False),
    ],
)
def test_covering_of_resources(wider: str, narrower: str, expected: bool) -> None:
    assert covers(wider, narrower) is expected


def test_a_literal_asterisk_is_no_wildcard() -> None:
    literal = Wildcard.literal("a*")
    assert matches(literal, "a*")
    assert not matches(literal, "ab")
    assert literal.is_literal
    assert not covers(literal, "a*")


def test_many_stars_do_not_blow_up() -> None:
    assert not matches("a*" * 60 + "b", "a" * 4000)
    assert not covers("*a" + "?" * 14 + "b", "*" + "a*" * 12)
    assert overlaps("*a" * 40, "a*" * 40)


def test_past_the_budget_of_states_nothing_is_claimed() -> None:
    assert not covers_all(["*a" + "?" * 40], "*" + "a*?" * 40 + "a" + "?" * 41)
