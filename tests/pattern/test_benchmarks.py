"""The patterns of the CIS benchmarks, whole and with pieces missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.pattern import (
    CLOUDTRAIL,
    And,
    Compare,
    Covers,
    Expression,
    JsonPattern,
    Misses,
    Or,
    Selector,
    Text,
    compare,
    evaluate,
    noise,
    parse,
)

FILE = Path(__file__).with_name("benchmark_patterns.json")
CONTROLS = json.loads(FILE.read_text(encoding="utf-8"))
TEXTS = {
    f"{number} {at}": text
    for number, control in CONTROLS.items()
    for at, text in enumerate([*control["texts"], *([control["intent"]] if "intent" in control else [])])
}
NAME = Selector.of("$.eventName")


def json_pattern(text: str) -> JsonPattern:
    pattern = parse(text)
    assert isinstance(pattern, JsonPattern)
    return pattern


def without_one_name(node: Expression) -> Iterator[tuple[str, Expression]]:
    """Gives the expression without each of the event names that it lists."""
    if isinstance(node, And | Or):
        for at, term in enumerate(node.terms):
            rest = node.terms[:at] + node.terms[at + 1 :]
            if isinstance(node, Or) and isinstance(term, Compare) and term.selector == NAME and term.op == "=":
                assert isinstance(term.value, Text)
                yield term.value.value, replace(node, terms=rest)
            for name, changed in without_one_name(term):
                yield name, replace(node, terms=(*node.terms[:at], changed, *node.terms[at + 1 :]))


DROPPED = [
    pytest.param(text, name, rest, id=f"{label} {name}")
    for label, text in TEXTS.items()
    for name, rest in without_one_name(json_pattern(text).expression)
]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_pattern_covers_itself_without_any_fact(text: str) -> None:
    assert compare(parse(text), [parse(text)]) == Covers()
    assert noise(parse(text), [parse(text)]) is None
    turned = JsonPattern(reversed_terms(json_pattern(text).expression))
    assert compare(parse(text), [turned]) == Covers()
    assert compare(turned, [parse(text)], world=None) == Covers()


def reversed_terms(node: Expression) -> Expression:
    if isinstance(node, And | Or):
        return replace(node, terms=tuple(reversed_terms(term) for term in reversed(node.terms)))
    return node


@pytest.mark.parametrize(("text", "name", "rest"), DROPPED)
def test_a_pattern_without_one_name_misses_that_event(text: str, name: str, rest: Expression) -> None:
    answer = compare(parse(text), [rest])
    assert isinstance(answer, Misses)
    assert answer.witness["eventName"] == name
    assert evaluate(parse(text), answer.witness)
    assert not evaluate(rest, answer.witness)
    assert CLOUDTRAIL.broken(answer.witness) == ()
    assert compare(parse(text), [rest, parse(f"{{ $.eventName = {name} }}")]) == Covers()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(
    "exclusion",
    [
        '$.userAgent = "nothing-ever"',
        '$.sourceIPAddress != "198.51.100.7"',
        "$.userIdentity.userName != bob",
        '$.awsRegion != "eu-north-1"',
    ],
)
def test_a_pattern_with_an_exclusion_misses(text: str, exclusion: str) -> None:
    expression = json_pattern(text).expression
    narrowed = JsonPattern(And((expression, json_pattern(f"{{ {exclusion} }}").expression)))
    answer = compare(parse(text), [narrowed])
    if isinstance(answer, Covers):
        # IAM and Organizations have no events in eu-north-1, so excluding that region excludes nothing.
        assert "awsRegion" in exclusion
        assert any("us-east-1" in fact for fact in answer.facts_used)
        return
    assert isinstance(answer, Misses)
    assert evaluate(parse(text), answer.witness)
    assert not evaluate(narrowed, answer.witness)
    assert CLOUDTRAIL.broken(answer.witness) == ()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_pattern_split_over_filters_is_covered_by_their_union(text: str) -> None:
    expression = json_pattern(text).expression
    whole = json_pattern(text)
    if isinstance(expression, Or):
        assert compare(whole, expression.terms) == Covers()
        assert isinstance(compare(whole, expression.terms[1:]), Misses)
    halves = [JsonPattern(And((expression, json_pattern(half).expression))) for half in HALVES]
    assert isinstance(compare(whole, halves), Covers)
    assert isinstance(compare(whole, halves[:1]), Misses)


HALVES = ("{ $.userAgent = a* }", "{ $.userAgent != a* || $.userAgent NOT EXISTS || $.userAgent IS NULL }")


def test_the_seeded_typo_is_found() -> None:
    required = parse(CONTROLS["4.1"]["texts"][0])
    deployed = parse('{ ($.errorCode = "*UnauthorizedAccess*") || ($.errorCode = "AccessDenied*") }')
    answer = compare(required, [deployed])
    assert isinstance(answer, Misses)
    assert answer.witness["errorCode"] == "Client.UnauthorizedOperation"
    assert (answer.witness["eventSource"], answer.witness["eventName"]) == ("ec2.amazonaws.com", "RunInstances")


def test_the_text_joined_by_or_lets_nothing_through_unseen() -> None:
    # From 1.3 to 1.5 the exclusions were joined with "or": nearly every event matches.
    tautology, intent = parse(CONTROLS["4.1"]["texts"][1]), parse(CONTROLS["4.1"]["intent"])
    assert compare(intent, [tautology]) == Covers()
    event = noise(intent, [tautology])
    assert isinstance(event, dict)
    assert "errorCode" not in event
