"""Patterns with `*` (any run of characters, the empty one too) and `?` (exactly one character).

Three questions are answered: does a text match, does one pattern match everything that another matches, and
do two patterns have a text in common. All three walk a small automaton held in the bits of an integer, so no
pattern, however many stars it has, makes matching slow.

The wildcards are those of the IAM user guide, "IAM JSON policy elements: Resource" and "Condition operators":
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

# Containment of patterns full of both `*` and `?` can need many states; past this many the answer is
# "not shown to be covered", which is the safe side for every caller.
_STATE_BUDGET = 20_000


class Mark(Enum):
    """What stands in a pattern where no particular character does."""

    ONE = "?"
    RUN = "*"


Token = str | Mark


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A pattern as a row of tokens, so that a literal asterisk can be told from a wildcard.

    Attributes:
        tokens: Single characters and marks, never two runs side by side.
    """

    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, text: str) -> Wildcard:
        """Gives the pattern that a text with `*` and `?` writes down."""
        marks = {mark.value: mark for mark in Mark}
        return cls.joined(marks.get(char, char) for char in text)

    @classmethod
    def literal(cls, text: str) -> Wildcard:
        """Gives the pattern that matches this text and no other."""
        return cls(tuple(text))

    @classmethod
    def joined(cls, tokens: Iterable[Token]) -> Wildcard:
        """Gives the pattern of these tokens, with runs of runs made one."""
        kept: list[Token] = []
        for token in tokens:
            if token is Mark.RUN and kept and kept[-1] is Mark.RUN:
                continue
            kept.append(token)
        return cls(tuple(kept))

    @property
    def is_literal(self) -> bool:
        """Whether it matches one text only."""
        return not any(isinstance(token, Mark) for token in self.tokens)

    def folded(self) -> Wildcard:
        """Gives the same pattern in lower case, for names that AWS compares without case."""
        return Wildcard(tuple(token if isinstance(token, Mark) else token.lower() for token in self.tokens))


Pattern = str | Wildcard


def matches(pattern: Pattern, text: str) -> bool:
    """Tells whether the whole text matches the pattern, in time linear in the text."""
    automaton = _automaton((_compiled(pattern),))
    states = automaton.start
    for char in text:
        states = automaton.step(states, char)
        if not states:
            return False
    return bool(states & automaton.accepting)


def covers(wider: Pattern, narrower: Pattern) -> bool:
    """Tells whether every text that `narrower` matches is matched by `wider` too.

    Never says yes wrongly. See `covers_all` for how it is decided.
    """
    return covers_all((wider,), narrower)


def covers_all(wider: Iterable[Pattern], narrower: Pattern) -> bool:
    """Tells whether every text that `narrower` matches is matched by at least one of the `wider` patterns.

    A wildcard of the narrower pattern may stand for a character that no wider pattern mentions. If the wider
    ones accept that stranger, they accept it by a wildcard of their own, and then any character would do; so
    it is enough to try the stranger alone. Sets of states are pruned to the smallest, since a superset
    accepts whatever its subset accepts. Exact, except that a search past a fixed budget of states answers no.
    """
    automaton = _automaton(tuple(_compiled(pattern) for pattern in wider))
    tokens = _compiled(narrower).tokens
    smallest: list[list[int]] = [[] for _ in range(len(tokens) + 1)]
    waiting = [(0, automaton.start)]
    for _ in range(_STATE_BUDGET):
        if not waiting:
            return True
        at, states = waiting.pop()
        if any(known & states == known for known in smallest[at]):
            continue
        smallest[at].append(states)
        if at == len(tokens):
            if not states & automaton.accepting:
                return False
            continue
        token = tokens[at]
        if token is Mark.RUN:
            waiting += [(at, automaton.step(states, None)), (at + 1, states)]
        else:
            waiting.append((at + 1, automaton.step(states, None if isinstance(token, Mark) else token)))
    return False


def overlaps(one: Pattern, other: Pattern) -> bool:
    """Tells whether some text matches both patterns."""
    left, right = _compiled(one).tokens, _compiled(other).tokens
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        pair = waiting.pop()
        if pair in seen:
            continue
        seen.add(pair)
        if pair == (len(left), len(right)):
            return True
        waiting += _moves(left, right, *pair)
    return False


def _moves(left: tuple[Token, ...], right: tuple[Token, ...], at: int, to: int) -> list[tuple[int, int]]:
    """Gives the pairs of positions that one shared character, or the end of a run, leads to."""
    here = left[at] if at < len(left) else None
    there = right[to] if to < len(right) else None
    found: list[tuple[int, int]] = []
    if here is Mark.RUN:
        found.append((at + 1, to))
        if there is not None:
            found.append((at, to + 1))
    if there is Mark.RUN:
        found.append((at, to + 1))
        if here is not None:
            found.append((at + 1, to))
    both = here is not None and there is not None
    if both and (here == there or isinstance(here, Mark) or isinstance(there, Mark)):
        found.append((at + 1, to + 1))
    return found


@dataclass(frozen=True, slots=True)
class _Automaton:
    """Several patterns as one non-deterministic automaton; a set of states is the bits of an integer."""

    start: int
    accepting: int
    runs: int
    ones: int
    letters: dict[str, int]

    def step(self, states: int, char: str | None) -> int:
        """Gives the states after one character, or after a character no pattern mentions (None)."""
        wanted = self.ones if char is None else self.ones | self.letters.get(char, 0)
        return self.settled((states & self.runs) | (states & wanted) << 1)

    def settled(self, states: int) -> int:
        """Adds the states reached by ending a run; once is enough, as no two runs are neighbours."""
        return states | (states & self.runs) << 1


@lru_cache(maxsize=2048)
def _automaton(patterns: tuple[Wildcard, ...]) -> _Automaton:
    start = accepting = runs = ones = 0
    letters: dict[str, int] = {}
    bit = 1
    for pattern in patterns:
        start |= bit
        for token in pattern.tokens:
            if token is Mark.RUN:
                runs |= bit
            elif token is Mark.ONE:
                ones |= bit
            else:
                letters[str(token)] = letters.get(str(token), 0) | bit
            bit <<= 1
        accepting |= bit
        bit <<= 1
    return _Automaton(start | (start & runs) << 1, accepting, runs, ones, letters)


def _compiled(pattern: Pattern) -> Wildcard:
    return pattern if isinstance(pattern, Wildcard) else Wildcard.of(pattern)
