"""Exercises: for each control an event that it names, and how far that event gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.benchmark import Benchmark, Reading, Requirement
from auditor.chain import possible_in, prove, routes_of
from auditor.chain.possible import Possible, named_by
from auditor.checking import AlarmCheck
from auditor.findings import ChainLink, Event, Finding, LinkStatus, Status
from auditor.model.fact import Frozen
from auditor.model.snapshot import Snapshot
from auditor.pattern import And, Expression, JsonPattern, Or, intersects

MOST_EXAMPLES = 12


class Exercise(Frozen):
    """One control's event and its way.

    Attributes:
        control: The control's number in the chosen benchmark; empty where it has none.
        event: The event that is followed: one that gets lost, else one that the way's own filter matches and its
            trail logs; None where no such event could be built.
        examples: More events that the control names, of different kinds.
    """

    check_id: str
    control: str
    title: str
    status: Status
    reason: str
    event: Event | None
    chain: tuple[ChainLink, ...]
    examples: tuple[Event, ...] = ()

    @property
    def stops_at(self) -> ChainLink | None:
        """The first link that the event does not pass for certain; None where it arrives."""
        return next((link for link in self.chain if link.status is not LinkStatus.SOUND), None)

    @property
    def events(self) -> tuple[Event, ...]:
        """The event and the examples, each of them once."""
        found = () if self.event is None else (self.event,)
        return (*found, *(event for event in self.examples if event != self.event))


def exercises(account: Snapshot, benchmark: Benchmark, checks: Iterable[AlarmCheck]) -> tuple[Exercise, ...]:
    """Gives the exercise of each check for which the benchmark says what it requires."""
    possible = possible_in(account)
    return tuple(
        _exercise(finding, benchmark, account, possible)
        for check in checks
        if check.id in benchmark.requirements
        for finding in check.findings(account, benchmark)
    )


def _exercise(finding: Finding, benchmark: Benchmark, account: Snapshot, possible: Possible) -> Exercise:
    requirement = benchmark.requirements[finding.check_id]
    examples = tuple(_examples(requirement.readings[0], possible))
    arriving = _arriving(requirement, account, possible) if finding.chain and not finding.witness else None
    return Exercise(
        check_id=finding.check_id,
        control=finding.controls.get(benchmark.version, ""),
        title=finding.title,
        status=finding.status,
        reason=finding.reason,
        event=finding.witness or arriving or next(iter(examples), None),
        chain=finding.chain,
        examples=examples,
    )


def _arriving(requirement: Requirement, account: Snapshot, possible: Possible) -> Event | None:
    """Gives an event that the first deciding route carries: its trail logs it, its filter matches, its alarm sees it.

    Not every event that the control names will do: where a filter covers only the narrower of two readings, or a
    trail leaves a source out, another event would be told to arrive that does not.
    """
    proof = prove(requirement, routes_of(account), possible)
    required = possible.required(named_by(proof.reading))
    for route in proof.routes:
        event = intersects(required, route.caught, world=possible.world)
        if isinstance(event, dict):
            return event
    return None


def _examples(reading: Reading, possible: Possible) -> Iterator[Event]:
    """Gives an event for each part of the control's pattern, so far as such an event is possible."""
    named = named_by(reading)
    required = possible.required(named)
    seen: list[Event] = []
    for part in [named, *_parts(named)][:MOST_EXAMPLES]:
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
