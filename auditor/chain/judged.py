"""A route with what its trail, its filter and its alarm do for one control."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.chain.route import Route
from auditor.chain.telling import described, with_blind_alarm, with_blind_trail, with_filter
from auditor.findings import Candidate, ChainLink, Event, LinkStatus
from auditor.pattern import Covers, JsonPattern, Misses, Pattern, Undecided


@dataclass(frozen=True, slots=True)
class Judged:
    """A route with what it does for a control.

    Attributes:
        matches: Whether its filter alone matches every event that the control names.
        counted: Whether its filter matches them and its alarm sees a value of all of them.
        logged: Whether its trail logs all of them as well.
        unseen: An event that the control names and that its alarm does not see, whatever the filter matches.
        unlogged: One that its trail does not log, whatever comes behind it.
        likeness: How much the filter looks as if it were meant for the control.
    """

    route: Route
    matches: Covers | Misses | Undecided
    counted: bool
    logged: bool
    unseen: Event | None
    unlogged: Event | None
    likeness: float

    @property
    def rank(self) -> tuple[int, int, float, str]:
        """How far an event gets: the place of the first break, few breaks, then the filter most like the control."""
        links = self.links(None)
        broken = [place for place, link in enumerate(links) if link.status is LinkStatus.BROKEN]
        return (broken[0] if broken else len(links), -len(broken), self.likeness, self.route.name)

    @property
    def missing(self) -> tuple[Pattern, ...]:
        """What to show a lost event of: the first of trail, filter and alarm that loses any."""
        if self.unlogged is not None:
            return (JsonPattern(self.route.selection.expression),)
        if not isinstance(self.matches, Covers):
            return (self.route.pattern,)
        if not self.counted:
            return (self.route.counted,)
        return () if self.logged else (self.route.caught,)

    def links(self, witness: Event | None) -> tuple[ChainLink, ...]:
        """Gives the route's links with the part that trail, filter and alarm have in the control.

        Args:
            witness: An event that gets lost at the first of them that loses any; None to name no events.
        """
        links = self._with_filter(witness if self.unlogged is None else None)
        covers = isinstance(self.matches, Covers)
        if self.route.blind is not None and (self.unseen is not None or (covers and not self.counted)):
            first = covers and self.unlogged is None
            links = with_blind_alarm(links, self.route.blind, witness if first else witness and self.unseen)
        if self.unlogged is not None or (self.counted and not self.logged):
            links = with_blind_trail(self.route, links, witness)
        return links

    def _with_filter(self, witness: Event | None) -> tuple[ChainLink, ...]:
        if isinstance(self.matches, Covers):
            return with_filter(self.route, "matches every event that the control names", LinkStatus.SOUND)
        if isinstance(self.matches, Undecided):
            why = f"may match every event that the control names: {self.matches.reason}"
            return with_filter(self.route, why, LinkStatus.UNKNOWN)
        lost = f"such as {described(witness)}" if witness else "that the control names"
        after = "" if self.route.deployed == self.route.pattern else " once the transformer has changed it"
        return with_filter(self.route, f"does not match every event{after}, {lost}", LinkStatus.BROKEN)

    @property
    def candidate(self) -> Candidate:
        """The route as another that was looked at."""
        link = next((link for link in self.links(None) if link.status is not LinkStatus.SOUND), None)
        return Candidate(
            name=self.route.name,
            breaks_at=link.link if link else None,
            reason=link.reason if link else "Sound, but not needed.",
        )
