"""Whether deployed patterns catch every event that a required one does, and what they catch beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.pattern.finding import Answer, Example, Nothing, Undecided, find
from auditor.pattern.line_matching import matches_everything
from auditor.pattern.model import (
    Always,
    DelimitedPattern,
    Event,
    Expression,
    JsonPattern,
    Not,
    Or,
    Pattern,
    TermPattern,
)
from auditor.pattern.semantics import Semantics
from auditor.pattern.world import CLOUDTRAIL, World

_DEFAULT = Semantics()
_STEPS = 200_000
_LINES = "{} reads the event as text, which is not compared with JSON patterns"


@dataclass(frozen=True, slots=True)
class Covers:
    """Every event that the required pattern matches is matched by a deployed one.

    Attributes:
        facts_used: The facts about CloudTrail that this rests on, in words; none if it holds of all JSON.
    """

    facts_used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misses:
    """The required pattern matches an event that no deployed one does.

    Attributes:
        witness: Such an event, whole. It is missed in every reading of the questions left open if there is one
            such event, else in the likeliest.
    """

    witness: Event


Matcher = Pattern | Expression
Comparison = Covers | Misses | Undecided


def compare(
    required: Matcher,
    deployed: Sequence[Matcher],
    *,
    world: World | None = CLOUDTRAIL,
    semantics: Semantics = _DEFAULT,
    budget: int = _STEPS,
) -> Comparison:
    """Tells whether deployed patterns, taken together, catch every event that a required pattern catches.

    The answer is a proof either way: for JSON patterns the values of each field fall into finitely many classes
    that the patterns can tell apart, and these are searched. A pattern of words or of delimited fields is
    compared only where that is plain: it is the required one itself, or matches every event.

    Args:
        required: The pattern to be covered, or an expression.
        deployed: The patterns that may cover it between them.
        world: The facts that possible events meet; None to compare by logic alone.
        semantics: How the language is read. Where the answer hangs on a question left open, it is Undecided.
        budget: How many steps to search; the default is under a second.
    """
    if any(other == required or _is_everything(other) for other in deployed):
        return Covers()
    if isinstance(required, TermPattern | DelimitedPattern):
        if not _is_everything(required):
            return Undecided(_LINES.format("the required pattern"))
        required = Always()
    readable = [_expression(other) for other in deployed if not isinstance(other, TermPattern | DelimitedPattern)]
    answer = find([_expression(required), *(Not(other) for other in readable)], world, semantics, budget)
    if isinstance(answer, Example):
        return (
            Misses(answer.event) if len(readable) == len(deployed) else Undecided(_LINES.format("a deployed pattern"))
        )
    return Covers(tuple(fact.says for fact in answer.facts)) if isinstance(answer, Nothing) else answer


def noise(
    required: Matcher,
    deployed: Sequence[Matcher],
    *,
    world: World | None = CLOUDTRAIL,
    semantics: Semantics = _DEFAULT,
    budget: int = _STEPS,
) -> Event | Undecided | None:
    """Gives an event that a deployed pattern catches and the required one does not; None if there is none.

    Args:
        required: The pattern to stay within, or an expression.
        deployed: The patterns that may go beyond it.
        world: The facts that possible events meet; None to compare by logic alone.
        semantics: How the language is read.
        budget: How many steps to search.
    """
    others = [other for other in deployed if other != required]
    if not others or _is_everything(required):
        return None
    if isinstance(required, TermPattern | DelimitedPattern):
        return Undecided(_LINES.format("the required pattern"))
    readable = [found for other in others if (found := _readable(other)) is not None]
    goal: list[Expression] = [Or(tuple(readable)), Not(_expression(required))]
    answer = find(goal, world, semantics, budget)
    if isinstance(answer, Nothing) and len(readable) < len(others):
        return Undecided(_LINES.format("a deployed pattern"))
    return _event(answer)


def intersects(
    one: Matcher,
    other: Matcher,
    *,
    world: World | None = CLOUDTRAIL,
    semantics: Semantics = _DEFAULT,
    budget: int = _STEPS,
) -> Event | Undecided | None:
    """Gives an event that both patterns catch; None if there is none.

    Args:
        one: A pattern or an expression.
        other: Another.
        world: The facts that possible events meet; None to compare by logic alone.
        semantics: How the language is read.
        budget: How many steps to search.
    """
    left, right = _readable(one), _readable(other)
    if left is None or right is None:
        return Undecided(_LINES.format("a pattern"))
    goal: list[Expression] = [left, right]
    return _event(find(goal, world, semantics, budget))


def _event(answer: Answer) -> Event | Undecided | None:
    if isinstance(answer, Example):
        return answer.event
    return answer if isinstance(answer, Undecided) else None


def _is_everything(pattern: Matcher) -> bool:
    if isinstance(pattern, TermPattern | DelimitedPattern):
        return matches_everything(pattern)
    return isinstance(pattern, Always)


def _readable(pattern: Matcher) -> Expression | None:
    if isinstance(pattern, TermPattern | DelimitedPattern):
        return Always() if matches_everything(pattern) else None
    return _expression(pattern)


def _expression(pattern: JsonPattern | Expression) -> Expression:
    return pattern.expression if isinstance(pattern, JsonPattern) else pattern
