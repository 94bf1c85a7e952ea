"""Where a trail's events go on from its log group: in the account itself, or in another that was read with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.chain.metric import Feed, feeds_of
from auditor.model.fact import Unreadable
from auditor.model.snapshot import RegionFacts, Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """An account in which ways go on from a log group.

    Attributes:
        home: What was read of it.
        member: The account whose events are meant, where it is another.
        feeds: What the filters of each region send.
    """

    home: Snapshot
    member: str
    feeds: Mapping[str, tuple[Feed, ...]]

    @classmethod
    def of(cls, home: Snapshot, account: Snapshot) -> Place:
        """Gives an account as the way of another's events, or of its own."""
        member = "" if home is account else account.account_id
        feeds = {
            facts.region: () if isinstance(facts.filters, Unreadable) else feeds_of(facts.filters.filters, member)
            for facts in home.regions
        }
        return cls(home, member, feeds)

    def region(self, name: str) -> RegionFacts | None:
        """Gives a region; None where it was not read."""
        return next((facts for facts in self.home.regions if facts.region == name), None)
