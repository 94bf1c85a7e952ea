"""Finds an event for which an expression holds, or shows that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.pattern.demands import contradict
from auditor.pattern.evaluation import Check, compile_expression
from auditor.pattern.model import Compare, Event, Expression, Number, Regex, Selector, Text, Value
from auditor.pattern.problem import Grain, Problem, atoms_of
from auditor.pattern.records import records
from auditor.pattern.search import Budget
from auditor.pattern.semantics import QUESTIONS, Semantics
from auditor.pattern.separation import TooHardError
from auditor.pattern.values import Found, fits, pieces
from auditor.pattern.world import Fact, World, customs

_NUMERIC = frozenset("0123456789+-.eE")
# How many solutions and records are tried before a doubtful one is given up.
_MOST_TRIES = 40
_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Example:
    """An event for which the expression holds."""

    event: Event


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no such event, given these facts."""

    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """The question was not settled.

    Attributes:
        reason: What stood in the way.
    """

    reason: str


Answer = Example | Nothing | Undecided


def find(goal: Sequence[Expression], world: World | None, semantics: Semantics, steps: int) -> Answer:
    """Gives an event for which every expression of the goal holds, under every reading of open questions.

    Args:
        goal: The expressions.
        world: The facts that the event must meet; None for any event at all.
        semantics: How the language is read; a question left open is answered both ways.
        steps: How long to search.
    """
    if contradict(goal):
        return Nothing()
    questions = _bearing(goal, semantics)
    budget = Budget(steps)
    answers: list[Answer] = []
    facts: tuple[Fact, ...] = ()
    for reading in semantics.readings(questions):
        answer = _Hunt(goal, world, reading, budget, facts).answer()
        if isinstance(answer, Example) and not answers and _holds_always(goal, answer.event, semantics, questions):
            return answer
        if isinstance(answer, Undecided):
            return answer
        facts = answer.facts if isinstance(answer, Nothing) else facts
        answers.append(answer)
    if all(isinstance(answer, Example) for answer in answers):
        return answers[0]
    if all(isinstance(answer, Nothing) for answer in answers):
        return Nothing(_needed(goal, facts, tuple(semantics.readings(questions)), budget))
    return Undecided(_open_question(questions, answers))


@dataclass(slots=True)
class _Hunt:
    """One reading's search, which takes up facts as they turn out to matter."""

    goal: Sequence[Expression]
    world: World | None
    reading: Semantics
    budget: Budget
    facts: tuple[Fact, ...]

    def answer(self) -> Answer:
        """Searches exactly, or where that is too hard from both sides."""
        checks = [compile_expression(term, self.reading) for term in self.goal]
        try:
            return self._settled(checks, Grain.EXACT)
        except TooHardError as trouble:
            reason = str(trouble)
        try:
            sampled = self._settled(checks, Grain.SAMPLED)
            if isinstance(sampled, Example):
                return sampled
            loose = self._settled(checks, Grain.LOOSE)
        except TooHardError:
            return Undecided(reason)
        return loose if isinstance(loose, Nothing) else Undecided(reason)

    def _settled(self, checks: list[Check], grain: Grain) -> Answer:
        """Searches anew with each further fact, until no solution breaks a fact that was left out."""
        for _ in range(_MOST_ROUNDS):
            answer = self._attempt(checks, grain)
            if not isinstance(answer, tuple):
                return answer
            self.facts += answer
        return Undecided("too many facts about CloudTrail bear on the patterns")

    def _attempt(self, checks: list[Check], grain: Grain) -> Answer | tuple[Fact, ...]:
        """Gives the answer given the facts so far, or further facts that a solution breaks."""
        goal = [*self.goal, *(fact.expression for fact in self.facts)]
        problem = Problem.of(goal, self.reading, _usual, grain)
        tries = 0
        broken: tuple[Fact, ...] = ()
        for assignment in problem.assignments(self.budget):
            broken = ()
            for event in records(assignment):
                tries += 1
                broken = self.world.broken(event) if self.world else ()
                if not broken and all(check(event) for check in checks):
                    return Example(event)
                if tries > _MOST_TRIES:
                    break
            fresh = tuple(fact for fact in broken if fact not in self.facts)
            if fresh:
                return fresh
            if tries > _MOST_TRIES:
                break
            # A solution without a record, such as one that rests on a ghost, counts as a doubt as well.
            tries += 1
        return Undecided(_doubt(problem, broken)) if tries else Nothing(self.facts)


def _usual(selector: Selector) -> Sequence[Found]:
    return customs().usual_values(selector)


def _nothing_usual(_: Selector) -> Sequence[Found]:
    return ()


def _doubt(problem: Problem, broken: tuple[Fact, ...]) -> str:
    if problem.opaque:
        return f"a selector with a wildcard ({next(iter(problem.opaque)).selector}) stands for many fields"
    if broken:
        return f"no record could be built of which it holds that {broken[0].says}"
    return "no example could be built for a text that is compared with numbers"


def _needed(
    goal: Sequence[Expression], facts: tuple[Fact, ...], readings: tuple[Semantics, ...], budget: Budget
) -> tuple[Fact, ...]:
    """Gives a smallest choice of the facts that still rules every event out."""
    needed = list(facts)
    for fact in facts:
        fewer = [other for other in needed if other is not fact]
        expressions = [*goal, *(other.expression for other in fewer)]
        if not any(_satisfiable(expressions, reading, budget) for reading in readings):
            needed = fewer
    return tuple(needed)


def _satisfiable(goal: Sequence[Expression], reading: Semantics, budget: Budget) -> bool:
    try:
        problem = Problem.of(goal, reading, _nothing_usual)
        return next(iter(problem.assignments(budget)), None) is not None
    except TooHardError:
        # Then the fact is kept, needed or not.
        return True


def _holds_always(goal: Sequence[Expression], event: Event, semantics: Semantics, questions: tuple[str, ...]) -> bool:
    readings = semantics.readings(questions)
    return all(compile_expression(term, reading)(event) for reading in readings for term in goal)


def _open_question(questions: tuple[str, ...], answers: list[Answer]) -> str:
    """Names the questions whose answer alone changes the outcome, or all of them if none does alone."""
    size = len(questions)
    kinds = [type(answer) for answer in answers]
    # The readings count up in binary, the last question fastest.
    alone = [name for at, name in enumerate(questions) if kinds[1 << (size - 1 - at)] is not kinds[0]]
    words = [f"{QUESTIONS[name]} ({name})" for name in alone or questions]
    return f"it hangs on a behaviour of AWS that no source settles: {'; '.join(words)}"


def _bearing(goal: Sequence[Expression], semantics: Semantics) -> tuple[str, ...]:
    """Gives the open questions that can matter to the goal."""
    open_questions = semantics.open_questions()
    if not open_questions:
        return ()
    values: dict[Value, None] = {}
    unequal = False
    for atom in atoms_of(goal):
        if isinstance(atom, Compare):
            values[atom.value] = None
            unequal = unequal or atom.op == "!="
    bearing = {
        "star_inside_word": any(_has_star_inside(value) for value in values),
        "not_equal_absent": unequal,
        "string_number": any(_looks_otherwise(value) for value in values),
        "not_equal_other_type": unequal,
    }
    return tuple(name for name in open_questions if bearing[name])


def _has_star_inside(value: Value) -> bool:
    if not isinstance(value, Text) or "*" not in value.value:
        return False
    return pieces(value.value, True) != pieces(value.value, False)


def _looks_otherwise(value: Value) -> bool:
    """Tells whether a value could equal both a text and a number or boolean."""
    if isinstance(value, Number | Regex):
        return True
    if set(value.value) <= _NUMERIC | {"*"}:
        return True
    parts = pieces(value.value, True)
    return fits(parts, "true") or fits(parts, "false")
