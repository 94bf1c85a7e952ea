"""Runs accounts on a Dask cluster, which moves the accounts of a worker that is lost to another."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from auditor.errors import ConfigurationError, UnreachableError
from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome
from auditor.fleet.plan import Plan
from auditor.fleet.unit import audit_member
from auditor.model.snapshot import Snapshot

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_TIMEOUT = 8  # seconds
_THREADS = 4
# Accounts that are handed to the cluster for each of its threads: the next one is there when one is done.
_AHEAD = 2
# How often an account may be on a worker that is lost before Dask gives it up.
_LOSSES = 10


@dataclass(frozen=True, slots=True)
class DaskEngine:
    """Runs accounts on the workers of a scheduler, or on processes of this machine where none is named.

    Workers take the credentials that take on the roles from their own ordinary chain; none travel.

    Attributes:
        scheduler: The scheduler's address, such as `tcp://10.0.0.5:8786`; None for a cluster on this machine.
        workers: How many processes that one has; one for each core where it is None.
    """

    scheduler: str | None = None
    workers: int | None = None

    @property
    def words(self) -> str:
        """What it is."""
        return f"dask, {self.scheduler or 'on this machine'}"

    def outcomes(
        self, plan: Plan, shared: Sequence[Snapshot], members: Sequence[Member]
    ) -> Generator[Outcome, None, None]:
        """Gives the outcome of each account, as accounts finish.

        Raises:
            ConfigurationError: Dask is not installed, or a worker cannot do what the run asks for.
            UnreachableError: The scheduler does not answer, or has no workers.
        """
        with self._client() as client:
            yield from _run(client, plan, shared, members)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise ConfigurationError(
                "The dask engine needs Dask, which is not installed.", "Run: pip install 'trail-auditor[dask]'."
            ) from error
        settings = {
            "distributed.scheduler.allowed-failures": _LOSSES,
            "distributed.comm.timeouts.connect": CONNECT_TIMEOUT,
        }
        with dask.config.set(settings):
            if self.scheduler is None:
                count = self.workers or os.cpu_count() or 1
                with (
                    LocalCluster(  # type: ignore[no-untyped-call]
                        n_workers=count, threads_per_worker=_THREADS, dashboard_address=None, host="127.0.0.1"
                    ) as cluster,
                    Client(cluster) as client,  # type: ignore[no-untyped-call]
                ):
                    yield client
                return
            try:
                client = Client(self.scheduler, timeout=CONNECT_TIMEOUT)  # type: ignore[no-untyped-call]
                client.wait_for_workers(1, timeout=CONNECT_TIMEOUT)
            except (OSError, ValueError) as error:
                raise UnreachableError(
                    f"The Dask scheduler {self.scheduler} does not answer, or has no workers: {error}.",
                    "Start `dask scheduler` and `dask worker`, and give the address with --scheduler tcp://HOST:8786.",
                ) from error
            with client:
                yield client


def _run(
    client: Client, plan: Plan, shared: Sequence[Snapshot], members: Sequence[Member]
) -> Generator[Outcome, None, None]:
    from distributed import as_completed

    waiting = iter(members)
    # A task of its own, since what a worker holds that is lost is made again, and what is scattered is not.
    same = client.submit(tuple, tuple(shared), key=f"{plan.run_id}-shared")

    def begun(count: int) -> list[Future[Outcome]]:
        return [
            client.submit(partial(audit_member, plan), same, one, key=f"{plan.run_id}-{one.account_id}", pure=False)
            for one in islice(waiting, count)
        ]

    threads = sum(client.nthreads().values()) or 1  # type: ignore[no-untyped-call]
    running = as_completed(begun(threads * _AHEAD))  # type: ignore[no-untyped-call]
    for future in running:
        outcome: Outcome = future.result()
        for following in begun(1):
            running.add(following)  # type: ignore[no-untyped-call]
        future.release()
        yield outcome
