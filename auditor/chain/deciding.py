"""Decides what patterns catch of an account's events, once for all accounts that differ in their id alone.

An account's events bear its id in `recipientAccountId`. Where no pattern looks at that field, two accounts pose the
same question, and the answer to the one is the answer to the other with its own id in the event that is shown. In a
fleet, whose accounts have the same filters or one filter for all, nearly all questions are of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.chain.possible import RECIPIENT, Possible
from auditor.findings import Event
from auditor.pattern import (
    Always,
    And,
    Comparison,
    Expression,
    JsonPattern,
    Misses,
    Never,
    Not,
    Or,
    Pattern,
    Selector,
    Undecided,
    World,
    compare,
    intersects,
    noise,
)

Wanted = Callable[[Possible], JsonPattern]
# Stands for any account. As a number it has as many digits as any other id that does not begin with a zero.
_ANYONE = "999999999999"
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Decider:
    """Answers questions about the events that are possible in an account.

    Attributes:
        possible: Which those are. What is wanted of them is given as a function of them, so that another account's
            may take their place.
    """

    possible: Possible

    def compare(self, required: Wanted, caught: Sequence[Pattern]) -> Comparison:
        """Tells whether patterns, taken together, catch every event that is required."""
        asked = self._asked(*caught)
        found = _compare(required(asked), tuple(caught), asked.world)
        return Misses(self._own(found.witness)) if isinstance(found, Misses) else found

    def intersects(self, one: Wanted, other: Pattern) -> Event | Undecided | None:
        """Gives an event that is wanted and that a pattern catches; None if there is none."""
        asked = self._asked(other)
        return self._told(_intersects(one(asked), other, asked.world))

    def noise(self, required: Wanted, caught: Sequence[Pattern]) -> Event | Undecided | None:
        """Gives an event that a pattern catches and that is not required; None if there is none."""
        asked = self._asked(*caught)
        return self._told(_noise(required(asked), tuple(caught), asked.world))

    def _asked(self, *patterns: Pattern) -> Possible:
        """Gives the events to ask about: any account's, if the patterns cannot tell accounts apart."""
        own = self.possible.account_id
        # As a number, an id that begins with a zero is another one.
        if own.startswith("0") or any(tells_accounts_apart(pattern) for pattern in patterns):
            return self.possible
        return self.possible.of(_ANYONE)

    def _told(self, found: Event | Undecided | None) -> Event | Undecided | None:
        return self._own(found) if isinstance(found, dict) else found

    def _own(self, event: Event) -> Event:
        return {**event, RECIPIENT: self.possible.account_id} if event.get(RECIPIENT) == _ANYONE else event


def tells_accounts_apart(pattern: Pattern) -> bool:
    """Whether what a pattern matches may hang on which account an event is of; text holds the account's id anywhere."""
    return not isinstance(pattern, JsonPattern) or _looks_at_recipient(pattern.expression)


@lru_cache(maxsize=_REMEMBERED)
def _looks_at_recipient(expression: Expression) -> bool:
    if isinstance(expression, And | Or):
        return any(_looks_at_recipient(term) for term in expression.terms)
    if isinstance(expression, Not):
        return _looks_at_recipient(expression.term)
    if isinstance(expression, Always | Never):
        return False
    return _may_be_recipient(expression.selector)


def _may_be_recipient(selector: Selector) -> bool:
    first = selector.steps[0]
    return first == RECIPIENT or not isinstance(first, str)


@lru_cache(maxsize=_REMEMBERED)
def _compare(required: JsonPattern, caught: tuple[Pattern, ...], world: World) -> Comparison:
    return compare(required, caught, world=world)


@lru_cache(maxsize=_REMEMBERED)
def _intersects(one: JsonPattern, other: Pattern, world: World) -> Event | Undecided | None:
    return intersects(one, other, world=world)


@lru_cache(maxsize=_REMEMBERED)
def _noise(required: JsonPattern, caught: tuple[Pattern, ...], world: World) -> Event | Undecided | None:
    return noise(required, caught, world=world)
