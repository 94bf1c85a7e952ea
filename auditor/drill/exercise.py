"""Exercises: for each control an event that it names, and how far that event gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.benchmark import Benchmark, Requirement
from auditor.chain import possible_in
from auditor.chain.possible import Possible
from auditor.checking import AlarmCheck
from auditor.findings import ChainLink, Event, Finding, LinkStatus, Status
from auditor.model.fact import Frozen
from auditor.model.snapshot import Snapshot
from auditor.pattern import And, Expression, JsonPattern, Or, intersects, parse

MOST_EXAMPLES = 12


class Exercise(Frozen):
    """One control's event and its way.

    Attributes:
        control: The control's number in the chosen benchmark; empty where it has none.
        event: The event that is followed: one that gets lost, else one that arrives.
        examples: More events that the control names, of different kinds.
    """

    check_id: str
    control: str
    title: str
    status: Status
    reason: str
    event: Event
    chain: tuple[ChainLink, ...]
    examples: tuple[Event, ...] = ()

    @property
    def stops_at(self) -> ChainLink | None:
        """The first link that the event does not pass for certain; None where it arrives."""
        return next((link for link in self.chain if link.status is not LinkStatus.SOUND), None)


def exercises(account: Snapshot, benchmark: Benchmark, checks: Iterable[AlarmCheck]) -> tuple[Exercise, ...]:
    """Gives the exercise of each check."""
    possible = possible_in(account)
    return tuple(
        _exercise(finding, benchmark, tuple(_examples(benchmark.requirements[check.id], possible)))
        for check in checks
        for finding in check.findings(account, benchmark)
    )


def _exercise(finding: Finding, benchmark: Benchmark, examples: tuple[Event, ...]) -> Exercise:
    return Exercise(
        check_id=finding.check_id,
        control=finding.controls.get(benchmark.version, ""),
        title=finding.title,
        status=finding.status,
        reason=finding.reason,
        event=finding.witness or examples[0],
        chain=finding.chain,
        examples=examples,
    )


def _examples(requirement: Requirement, possible: Possible) -> Iterator[Event]:
    """Gives an event for each part of the control's pattern, so far as such an event is possible."""
    named = parse(requirement.readings[0].pattern)
    if not isinstance(named, JsonPattern):
        return
    required = JsonPattern(And((named.expression, possible.events)))
    seen: list[Event] = []
    for part in [named.expression, *_parts(named.expression)][:MOST_EXAMPLES]:
        event = intersects(required, JsonPattern(part), world=possible.world)
        if isinstance(event, dict) and event not in seen:
            seen.append(event)
            yield event


def _parts(expression: Expression) -> Iterator[Expression]:
    """Gives the alternatives of an expression, be they at its top or within one conjunction."""
    terms = expression.terms if isinstance(expression, And) else (expression,)
    for term in terms:
        if isinstance(term, Or):
            for part in term.terms:
                yield from _parts(part) if isinstance(part, Or) else (part,)
