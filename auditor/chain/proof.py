"""Proves, for one control, that every event it names reaches a person, or shows one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from auditor.benchmark import Reading, Requirement
from auditor.chain.deciding import Decider
from auditor.chain.filtering import EVERY_EVENT
from auditor.chain.judged import Judged
from auditor.chain.possible import Possible, named_by
from auditor.chain.relevance import MEANT, likeness, mentions
from auditor.chain.route import Route
from auditor.chain.selection import SOURCE
from auditor.chain.telling import described, with_filter, without_route
from auditor.findings import Candidate, ChainLink, Event, LinkStatus, Status
from auditor.pattern import (
    Always,
    And,
    Compare,
    Comparison,
    Covers,
    Expression,
    JsonPattern,
    Misses,
    Not,
    Or,
    Pattern,
    Undecided,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved of one control.

    Attributes:
        status: PASS, FAIL or UNKNOWN.
        reason: Why, in one sentence.
        links: The links of the route that decides.
        reading: The reading of the requirement that was proved, or that failed.
        routes: The routes that decide; several where only their union covers, none where nothing was found.
        candidates: The others that were looked at, with the link where each breaks.
        witness: An event that the control names and that gets lost.
        notes: What else one should know.
    """

    status: Status
    reason: str
    links: tuple[ChainLink, ...]
    reading: Reading
    routes: tuple[Route, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    witness: Event | None = None
    notes: tuple[str, ...] = ()


def prove(requirement: Requirement, routes: Sequence[Route], possible: Possible) -> Proof:
    """Judges a control over all routes of an account; the best of the requirement's readings decides.

    Args:
        requirement: What the control's filter must match.
        routes: The account's routes.
        possible: Which events there can be in the account.
    """
    proofs = [_Case(reading, tuple(routes), possible).proof() for reading in requirement.readings]
    order = (Status.PASS, Status.UNKNOWN, Status.FAIL)
    return min(proofs, key=lambda proof: (order.index(proof.status), -_depth(proof)))


def _depth(proof: Proof) -> int:
    return sum(link.status is LinkStatus.SOUND for link in proof.links)


class _Case:
    """One reading of a control against the account's routes."""

    def __init__(self, reading: Reading, routes: tuple[Route, ...], possible: Possible) -> None:
        self.reading = reading
        self.routes = routes
        self.possible = possible
        self.named = named_by(reading)
        self.decider = Decider(possible)

    def _required(self, possible: Possible) -> JsonPattern:
        return possible.required(self.named)

    def _within_control(self, possible: Possible) -> JsonPattern:
        return JsonPattern(Or((self.named, Not(possible.events))))

    def proof(self) -> Proof:
        sound = [route for route in self._relevant if route.status is LinkStatus.SOUND]
        unsure = [route for route in self._relevant if route.status is LinkStatus.UNKNOWN]
        found, notes = self._compare(sound)
        if isinstance(found, Covers):
            return self._passes(sound, found, notes)
        wider = self._compare([_at_most(route) for route in (*sound, *unsure)])[0]
        if isinstance(wider, Misses):
            return self._fails(sound, wider.witness)
        return self._stays_open(sound, unsure, wider if isinstance(wider, Undecided) else found)

    @cached_property
    def _relevant(self) -> list[Route]:
        """The routes that catch any event of the control at all."""
        return [route for route in self.routes if self._is_relevant(route)]

    def _is_relevant(self, route: Route) -> bool:
        if route.filter and not route.readable:
            return mentions(route.filter.pattern, self.named)
        return self.decider.intersects(self._required, route.deployed) is not None

    def _answer(self, caught: Sequence[Pattern]) -> Comparison:
        return self.decider.compare(self._required, caught)

    def _compare(self, routes: Sequence[Route]) -> tuple[Comparison, tuple[str, ...]]:
        """Compares what is required with what the routes catch together.

        AWS lets a trail leave out KMS and RDS Data events for their volume. A control that names events of any
        source is not broken by that, but the finding says so; one that names events of that source is.
        """
        found = self._answer([route.caught for route in routes])
        excluded = sorted({source for route in routes for source in route.selection.excluded})
        if not isinstance(found, Misses) or not excluded:
            return found, ()
        if self.decider.intersects(self._required, JsonPattern(_of_no_source(excluded))) is None:
            return found, ()
        whole = self._answer([route.caught_but_for_volume for route in routes])
        if not isinstance(whole, Covers):
            return found, ()
        return whole, (f"The trail leaves out events of {', '.join(excluded)}: such an event does not ring.",)

    def _passes(self, sound: list[Route], found: Covers, notes: tuple[str, ...]) -> Proof:
        chosen = self._fewest(sound)
        best = chosen[0]
        used = self._answer([route.caught_but_for_volume for route in chosen])
        facts = used.facts_used if isinstance(used, Covers) else found.facts_used
        reason = f"Every event that the control names puts {_names(chosen)} in ALARM and reaches {best.listener}."
        return Proof(
            status=Status.PASS,
            reason=reason,
            links=with_filter(best, "matches every event that the control names", LinkStatus.SOUND, together=chosen),
            reading=self.reading,
            routes=tuple(chosen),
            candidates=self._candidates(leaving=chosen),
            notes=(*notes, *self._noise(chosen), *(f"The proof rests on: {fact}" for fact in facts)),
        )

    def _fewest(self, sound: list[Route]) -> list[Route]:
        """Gives one route that covers alone, or as few as cover together."""
        for route in sorted(sound, key=lambda route: (-self._likeness(route), route.name)):
            if isinstance(self._compare([route])[0], Covers):
                return [route]
        kept = list(sound)
        for route in sound:
            fewer = [other for other in kept if other is not route]
            if fewer and isinstance(self._compare(fewer)[0], Covers):
                kept = fewer
        return kept

    def _noise(self, chosen: list[Route]) -> tuple[str, ...]:
        extra = self.decider.noise(self._within_control, [route.caught for route in chosen])
        if isinstance(extra, dict):
            return (f"It rings for events beyond the control as well, such as {described(extra)}.",)
        return ()

    def _fails(self, sound: list[Route], witness: Event) -> Proof:
        best = max(self._judged, key=lambda judged: judged.rank, default=None)
        if best is None:
            links, reason = without_route(self.routes)
            return Proof(Status.FAIL, reason, links, self.reading, witness=witness)
        lost = self._answer([*(route.caught for route in sound), *best.missing])
        shown = lost.witness if isinstance(lost, Misses) else witness
        links = best.links(shown)
        broken = next(link for link in links if link.status is LinkStatus.BROKEN)
        return Proof(
            status=Status.FAIL,
            reason=broken.reason,
            links=links,
            reading=self.reading,
            routes=(best.route,),
            candidates=self._candidates(leaving=[best.route]),
            witness=shown,
            notes=(f"Lost, for example: {described(shown)}.",),
        )

    def _stays_open(self, sound: list[Route], unsure: list[Route], found: Comparison) -> Proof:
        if isinstance(found, Undecided) or not unsure:
            why = found.reason if isinstance(found, Undecided) else ""
            best = max([*sound, *unsure], key=self._likeness)
            reason = f"Whether the filters match every event that the control names is not decided: {why}."
            links = with_filter(best, f"may match every event that the control names: {why}", LinkStatus.UNKNOWN)
        else:
            best = max(unsure, key=lambda route: (self._covers(route.pattern), self._likeness(route)))
            links = best.links
            reason = next(link.reason for link in links if link.status is LinkStatus.UNKNOWN)
        return Proof(
            status=Status.UNKNOWN,
            reason=reason,
            links=links,
            reading=self.reading,
            routes=(best,),
            candidates=self._candidates(leaving=[best]),
        )

    @cached_property
    def _judged(self) -> list[Judged]:
        """The relevant routes that were meant for this control, each with what its filter does."""
        return [
            self._judge(route)
            for route in self._relevant
            if route.filter and (self._likeness(route) >= MEANT or self._covers(route.pattern))
        ]

    def _judge(self, route: Route) -> Judged:
        matches = self._answer([route.pattern])
        counted = isinstance(matches if route.blind is None else self._answer([route.counted]), Covers)
        return Judged(
            route,
            matches=matches,
            counted=counted,
            logged=isinstance(self._compare([route])[0], Covers),
            unseen=None if route.blind is None else _witness(self._answer([JsonPattern(route.seen)])),
            unlogged=_witness(self._compare([replace(route, pattern=EVERY_EVENT, seen=Always())])[0]),
            likeness=self._likeness(route),
        )

    def _covers(self, pattern: Pattern) -> bool:
        return isinstance(self._answer([pattern]), Covers)

    def _likeness(self, route: Route) -> float:
        return likeness(self.named, route.deployed)

    def _candidates(self, leaving: Sequence[Route]) -> tuple[Candidate, ...]:
        others = [judged for judged in self._judged if all(judged.route is not route for route in leaving)]
        return tuple(judged.candidate for judged in sorted(others, key=lambda judged: judged.rank, reverse=True))


def _of_no_source(sources: Sequence[str]) -> Expression:
    return And(tuple(Not(Compare.of(SOURCE, "=", source)) for source in sources))


def _at_most(route: Route) -> Route:
    """Gives a route that catches whatever it may catch: what a pattern of words or of fields matches is not decided."""
    return route if isinstance(route.pattern, JsonPattern) else replace(route, pattern=EVERY_EVENT)


def _witness(found: Comparison) -> Event | None:
    return found.witness if isinstance(found, Misses) else None


def _names(chosen: Sequence[Route]) -> str:
    return " or ".join(dict.fromkeys(route.alarm.name for route in chosen if route.alarm))
