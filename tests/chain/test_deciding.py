"""What is decided once for all accounts is what each account by itself would decide."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.chain.deciding import Decider, tells_accounts_apart
from auditor.chain.possible import Possible
from auditor.pattern import (
    And,
    Compare,
    Covers,
    Expression,
    JsonPattern,
    Misses,
    Selector,
    World,
    compare,
    evaluate,
    intersects,
    noise,
    parse,
)
from tests.pattern.random_patterns import Shape, expression

_FIELDS = ("$.eventName", "$.userIdentity.type", "$.errorCode", "$.userIdentity.accountId")
_IDS = ("111111111111", "111122223333", "234567890123", "012345678901", "999999999999")
_SHAPE = Shape(tuple(Selector.of(field) for field in _FIELDS), words=("Root", "Stop*", "*Denied*", "x", *_IDS[:2]))
_WITH_ACCOUNT = Shape((*_SHAPE.selectors, Selector.of("$.recipientAccountId")), words=_SHAPE.words)
_NAMED = parse('{ $.eventName = "Stop*" || $.userIdentity.type = "Root" }')


def named() -> Expression:
    assert isinstance(_NAMED, JsonPattern)
    return _NAMED.expression


def required(possible: Possible) -> JsonPattern:
    return possible.required(named())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from(_IDS), st.booleans())
def test_the_answers_are_those_of_the_account_itself(seed: int, account_id: str, with_account: bool) -> None:
    rng = random.Random(seed)
    shape = _WITH_ACCOUNT if with_account else _SHAPE
    caught = [JsonPattern(expression(rng, shape)) for _ in range(rng.randint(1, 2))]
    possible = Possible.within(account_id, World())
    decider = Decider(possible)
    wanted = required(possible)

    alone = compare(wanted, caught, world=possible.world)
    once = decider.compare(required, caught)
    assert type(once) is type(alone)
    if isinstance(once, Misses):
        assert once.witness["recipientAccountId"] == account_id
        assert evaluate(wanted, once.witness)
        assert not any(evaluate(pattern, once.witness) for pattern in caught)
        assert possible.world.broken(once.witness) == ()
    elif isinstance(once, Covers):
        assert once == alone

    met = decider.intersects(required, caught[0])
    assert type(met) is type(intersects(wanted, caught[0], world=possible.world))
    if isinstance(met, dict):
        assert evaluate(JsonPattern(And((wanted.expression, caught[0].expression))), met)

    extra = decider.noise(required, caught)
    assert type(extra) is type(noise(wanted, caught, world=possible.world))


def test_one_account_after_another_is_shown_its_own_event() -> None:
    caught = [parse('{ $.eventName = "StopLogging" }')]
    for account_id in _IDS:
        found = Decider(Possible.within(account_id, World())).compare(required, caught)
        assert isinstance(found, Misses)
        assert found.witness["recipientAccountId"] == account_id


def test_a_filter_on_one_account_catches_that_account_alone() -> None:
    caught = [parse('{ $.recipientAccountId = "111111111111" }')]
    answers = {one: Decider(Possible.within(one, World())).compare(required, caught) for one in _IDS}
    assert {one for one, answer in answers.items() if isinstance(answer, Covers)} == {"111111111111"}


@pytest.mark.parametrize(
    ("pattern", "apart"),
    [
        ("{ $.eventName = x }", False),
        ("{ $.userIdentity.accountId = 111111111111 }", False),
        ("{ $.a = 1 && ($.b = 2 || $.recipientAccountId = 3) }", True),
        ("{ $.* = 111111111111 }", True),
        ("111111111111", True),
        ("[a, b]", True),
        ("", True),
    ],
)
def test_which_patterns_may_tell_accounts_apart(pattern: str, apart: bool) -> None:
    assert tells_accounts_apart(parse(pattern)) is apart


def test_a_comparison_is_found_below_a_not() -> None:
    from auditor.pattern import Not

    below = Not(Compare.of("$.recipientAccountId", "=", "1"))
    assert tells_accounts_apart(JsonPattern(below))
