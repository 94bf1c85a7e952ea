"""Runs accounts in threads of this process."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome
from auditor.fleet.plan import Plan
from auditor.fleet.unit import audit_member
from auditor.model.snapshot import Snapshot

# To read an account is to wait for AWS; to judge it takes one core, and Python's threads share one.
ACCOUNTS_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Runs a few accounts at a time.

    Attributes:
        workers: How many.
    """

    workers: int = ACCOUNTS_AT_A_TIME

    @property
    def words(self) -> str:
        """What it is."""
        return f"local, {self.workers} {'account' if self.workers == 1 else 'accounts'} at a time"

    def outcomes(
        self, plan: Plan, shared: Sequence[Snapshot], members: Sequence[Member]
    ) -> Generator[Outcome, None, None]:
        """Gives the outcome of each account, as accounts finish."""
        waiting = iter(members)
        with ThreadPoolExecutor(self.workers, "account") as pool:
            try:
                running = {pool.submit(audit_member, plan, shared, one) for one in islice(waiting, self.workers)}
                while running:
                    done: set[Future[Outcome]]
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    # The next accounts are begun before those that are done are stored.
                    running |= {pool.submit(audit_member, plan, shared, one) for one in islice(waiting, len(done))}
                    while done:
                        yield done.pop().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
