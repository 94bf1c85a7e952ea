"""What runs the accounts of a run: the interface of the engines."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome
from auditor.fleet.plan import Plan
from auditor.model.snapshot import Snapshot


class Engine(Protocol):
    """Runs `audit_member` for many accounts."""

    @property
    def words(self) -> str:
        """What it is, for the overview, such as `local, 8 accounts at a time`."""

    def outcomes(
        self, plan: Plan, shared: Sequence[Snapshot], members: Sequence[Member]
    ) -> Generator[Outcome, None, None]:
        """Gives the outcome of each account once, as accounts finish, and holds few of them at a time.

        Closing the iterator before its end stops the work.
        """
