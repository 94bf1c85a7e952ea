"""What all trails together log of the events that are wanted.

Only a multi-region trail that is logging counts. What could not be read is taken both ways: events that are logged
even in the worst case are logged, and those that are missed even in the best case are missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.checking import Evidence, Status, observed
from auditor.checking.evidence import shown_unreadable
from auditor.model.fact import Fact, Unreadable
from auditor.model.trail import EventSelectors, TrailFacts
from checks.trail.selection import EVERYTHING, Scope, Side, Slice, missed

SlicesOf = Callable[[EventSelectors], tuple[Slice, ...]]
Gaps = dict[Side, tuple[Scope, ...]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the trails log of the wanted events.

    Attributes:
        status: PASS where all is logged, FAIL where something is missed, else UNKNOWN.
        gaps: What is missed on each side; where that is not settled, what is missed in the worst case.
        asked: All trails.
        trails: The trails that log it: one where one suffices, else all that log some of it.
        doubts: What could not be read or is not followed, as clauses.
        evidence: The facts that it rests on.
    """

    status: Status
    gaps: Gaps
    asked: tuple[TrailFacts, ...]
    trails: tuple[TrailFacts, ...]
    doubts: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def absent(self) -> str:
        """Why no trail logs what is missed, a clause for each."""
        return ", ".join(_absence(facts) for facts in self.asked)

    @property
    def names(self) -> str:
        """The trails that log it, in words."""
        names = [facts.trail.name for facts in self.trails]
        return f"the trail {names[0]}" if len(names) == 1 else f"the trails {', '.join(names)} together"


def cover(trails: Sequence[TrailFacts], slices_of: SlicesOf, wanted: Scope) -> Coverage:
    """Gives what the trails log of the events of a scope, whatever the side."""
    able = [facts for facts in trails if _may_log(facts)]
    sure = {facts.trail.arn: _surely(facts, slices_of) for facts in able}
    worst = _gaps(wanted, [one for slices in sure.values() for one in slices])
    best = _gaps(wanted, [one for facts in able for one in _possibly(facts, slices_of)])
    status = Status.PASS if not any(worst.values()) else Status.FAIL if any(best.values()) else Status.UNKNOWN
    alone = [facts for facts in able if not any(_gaps(wanted, sure[facts.trail.arn]).values())]
    used = alone[:1] or [facts for facts in able if sure[facts.trail.arn]]
    return Coverage(
        status,
        best if status is Status.FAIL else worst,
        tuple(trails),
        tuple(used),
        tuple(doubt for facts in able for doubt in _doubts(facts, slices_of)),
        tuple(shown for facts in (used if status is Status.PASS else trails) for shown in _shown(facts)),
    )


def covers_alone(facts: TrailFacts, slices_of: SlicesOf, wanted: Scope) -> bool:
    """Whether one trail's selectors let all events of a scope through, wherever it records and be it stopped."""
    selectors = facts.selectors
    if isinstance(selectors, Unreadable):
        return False
    clear = [one for one in slices_of(selectors) if not one.unclear]
    return not any(_gaps(wanted, clear).values())


def described(gaps: Gaps, events: str) -> str:
    """Says what is missed, such as `write management events of kms.amazonaws.com`.

    Args:
        gaps: What is missed on each side.
        events: What kind of events it is.
    """
    sides = {side: _named(scopes) for side, scopes in gaps.items() if scopes}
    parts = []
    for words in dict.fromkeys(sides.values()):
        alike = " and ".join(side for side, own in sides.items() if own == words)
        parts.append(f"{alike} {events}{words}")
    return " and ".join(parts)


def _named(scopes: tuple[Scope, ...]) -> str:
    """Names what is missed; nothing stands for everything."""
    named = [scope.text if scope.exact else f"{scope.text}*" for scope in scopes if not _is_all(scope)]
    return f" of {', '.join(named)}" if named else ""


def _is_all(scope: Scope) -> bool:
    return scope == EVERYTHING or scope.text.endswith(":::")


def _gaps(wanted: Scope, slices: Sequence[Slice]) -> Gaps:
    return {side: missed(wanted, side, slices) for side in Side}


def _may_log(facts: TrailFacts) -> bool:
    return facts.trail.multi_region and (isinstance(facts.status, Unreadable) or facts.status.logging)


def _absence(facts: TrailFacts) -> str:
    if not facts.trail.multi_region:
        return f"{facts.trail.name} records {facts.trail.home_region} only"
    return f"{facts.trail.name} {'leaves them out' if _may_log(facts) else 'is stopped'}"


def _surely(facts: TrailFacts, slices_of: SlicesOf) -> tuple[Slice, ...]:
    if isinstance(facts.status, Unreadable) or isinstance(facts.selectors, Unreadable):
        return ()
    return tuple(one for one in slices_of(facts.selectors) if not one.unclear)


def _possibly(facts: TrailFacts, slices_of: SlicesOf) -> tuple[Slice, ...]:
    return (Slice(),) if isinstance(facts.selectors, Unreadable) else slices_of(facts.selectors)


def _doubts(facts: TrailFacts, slices_of: SlicesOf) -> tuple[str, ...]:
    unread = [fact.reason for fact in (facts.status, facts.selectors) if isinstance(fact, Unreadable)]
    slices = () if isinstance(facts.selectors, Unreadable) else slices_of(facts.selectors)
    return (*unread, *(narrowed_by(facts, one) for one in slices if one.unclear))


def narrowed_by(facts: TrailFacts, one: Slice) -> str:
    """Says what narrows a trail's selector and is not followed, as a clause."""
    return f"the selectors of {facts.trail.name} narrow by {one.unclear}, which is not followed"


def _shown(facts: TrailFacts) -> tuple[Evidence, ...]:
    arn = facts.trail.arn
    read: list[tuple[Fact | Unreadable, tuple[str, ...]]] = [
        (facts.trail, ("multi_region",)),
        (facts.status, ("logging", "stopped")),
        (facts.selectors, ("basic", "advanced")),
    ]
    return tuple(
        shown_unreadable(fact) if isinstance(fact, Unreadable) else observed(fact, arn, *fields)
        for fact, fields in read
    )
