"""Random patterns over a few fields and values, small enough for an oracle to go through them all."""

from __future__ import annotations

import random
from dataclasses import dataclass

from auditor.pattern import (
    And,
    Compare,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    Not,
    NotExists,
    Number,
    Op,
    Or,
    Regex,
    Selector,
    Text,
)

A, B, A_B, LIST, ITEM = (Selector.of(text) for text in ("$.a", "$.b", "$.a.b", "$.l", "$.l[0]"))
WORDS = ("x", "xy", "y", "x*", "*y", "*x*", "*", "x*y", "", "7", "7*")
NUMBERS = ("7", "0", "7.5", "-1", "1e1")
REGEXES = ("^x", "y$", "x|y", "^x.*y$", "[0-9]", "^x?$")
OPS: tuple[Op, ...] = ("=", "!=", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Shape:
    """What a random expression may be made of."""

    selectors: tuple[Selector, ...] = (A, B)
    words: tuple[str, ...] = WORDS
    numbers: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    states: bool = True
    depth: int = 2


def expression(rng: random.Random, shape: Shape, depth: int | None = None) -> Expression:
    left = shape.depth if depth is None else depth
    roll = rng.random()
    if left == 0 or roll < 0.25:
        return atom(rng, shape)
    if roll < 0.35:
        return Not(expression(rng, shape, left - 1))
    terms = tuple(expression(rng, shape, left - 1) for _ in range(rng.randint(2, 3)))
    return And(terms) if roll < 0.65 else Or(terms)


def atom(rng: random.Random, shape: Shape) -> Expression:
    selector = rng.choice(shape.selectors)
    if shape.states and rng.random() < 0.25:
        return rng.choice((IsNull, IsTrue, IsFalse, NotExists))(selector)
    kind = rng.random()
    if shape.numbers and kind < 0.3:
        return Compare(selector, rng.choice(OPS), Number(rng.choice(shape.numbers)))
    if shape.regexes and kind < 0.5:
        return Compare(selector, rng.choice(OPS[:2]), Regex(rng.choice(shape.regexes)))
    quoted = rng.random() < 0.8
    word = rng.choice(shape.words)
    # Bare, a number would be a number and an empty text nothing at all.
    bare = not quoted and word and not word.isdigit()
    return Compare(selector, rng.choice(OPS[:2]), Text(word, quoted=not bare))
