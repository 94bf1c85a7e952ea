"""What a scan of many accounts costs: calls, wall time, processor time and memory, on threads and on a Dask cluster.

    python -m tests.benchmarks.fleet                       # 1, 10, 100 and 1,000 accounts, both engines
    python -m tests.benchmarks.fleet --accounts 100 --latency 0.05 --engines local

The accounts are members of an emulated organization in a process of its own: each third has a trail and fifteen chains
of its own, the others have the organization's. With --all-own every account has its own. The emulator takes part of one
core, so that walls are those of a machine with one core less.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from auditor.demo.organization import Organization, build_organization
from tests.aws.account import Account, serving
from tests.aws.proxy import proxying
from tests.fleet.cluster import Cluster, dask_cluster
from tests.fleet.fleet import Fleet

_HEAD = (
    f"{'engine':8} {'latency':>8} {'accounts':>8} {'wall s':>8} {'s/account':>9} {'cpu s':>8} {'cpu/acc':>8} "
    f"{'peak MB':>8} {'calls':>8} {'own':>5} {'without':>7}"
)


@dataclass(frozen=True)
class Measured:
    """What one run took; the processor's time and the memory are the command's and, on a cluster, the workers'."""

    wall: float
    cpu: float
    peak: float
    calls: int
    own: float
    without: float


class _Memory:
    """The greatest resident memory of some processes together, looked at ten times a second, in MB."""

    def __init__(self, processes: Sequence[int]) -> None:
        self._processes = processes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            self.peak = max(self.peak, sum(_resident(one) for one in self._processes))


def _resident(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def _used(process: int) -> float:
    """The processor time of a process, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(fleet: Fleet, words: Sequence[str], endpoint: str, workers: Sequence[int], home: Path) -> Measured:
    """Runs one scan and measures it."""
    controls = fleet.account.controls
    controls.forget_calls()
    before = sum(_used(one) for one in workers)
    begun = time.monotonic()
    process = fleet.start(home, *words, endpoint=endpoint)
    with _Memory([process.pid, *workers]) as memory:
        _, said = process.communicate()
    wall = time.monotonic() - begun
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}: {said}")
    out = Path(words[words.index("--out") + 1])
    overview = json.loads((out / "fleet.json").read_text(encoding="utf-8"))
    if overview["score"] != 100 or overview["unread"]:
        raise SystemExit(f"{out} is not sound: {overview['score']}, {overview['unread']} unread")
    calls = {row["account_id"]: row["calls"] for row in overview["accounts"]}
    own = [calls[one] for one in fleet.organization.with_trail if one in calls]
    without = [
        calls[one] for one in set(fleet.organization.members) - set(fleet.organization.with_trail) if one in calls
    ]
    cpu = _children() + sum(_used(one) for one in workers) - before
    return Measured(wall, cpu, memory.peak, overview["calls"], _mean(own), _mean(without))


_SEEN = [0.0]


def _children() -> float:
    """The processor time of children that have ended since this was asked last."""
    times = os.times()
    now = times.children_user + times.children_system
    found, _SEEN[0] = now - _SEEN[0], now
    return found


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0


@contextmanager
def _engine(name: str, home: Path, fleet: Fleet, endpoint: str) -> Iterator[tuple[list[str], list[int]]]:
    if name == "local":
        yield [], []
        return
    with dask_cluster(home, fleet.environment(home, endpoint)) as cluster:
        yield ["--engine", "dask", "--scheduler", cluster.address], _pids(cluster)


def _pids(cluster: Cluster) -> list[int]:
    return [worker.pid for worker in cluster.workers]


def _accounts(organization: Organization, count: int, home: Path, *, all_own: bool) -> Path:
    """Names accounts of the organization in a file: of the members, a third with a trail of their own."""
    members = [one for one in organization.members if not all_own or one in organization.with_trail]
    path = home / f"accounts-{count}.txt"
    path.write_text("\n".join(members[:count]), encoding="utf-8")
    return path


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--engines", nargs="+", default=["local", "dask"], choices=["local", "dask"])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0])
    parser.add_argument("--formats", default="json")
    parser.add_argument("--all-own", action="store_true")
    asked = parser.parse_args()
    most = max(asked.accounts) * (3 if asked.all_own else 1)
    with serving() as account, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fleet = Fleet(account, build_organization(account, max(most, 3)))
        print(_HEAD)
        for latency in asked.latency:
            before = proxying(account.endpoint_url, latency=latency) if latency else nullcontext(account)
            with before as reached:
                endpoint = reached.endpoint_url if isinstance(reached, Account) else reached.url
                for name in asked.engines:
                    _rows(fleet, endpoint, name, latency, asked, home)


def _rows(fleet: Fleet, endpoint: str, name: str, latency: float, asked: argparse.Namespace, home: Path) -> None:
    with _engine(name, Path(tempfile.mkdtemp(dir=home)), fleet, endpoint) as (more, workers):
        for count in asked.accounts:
            out = Path(tempfile.mkdtemp(dir=home)) / "out"
            accounts = _accounts(fleet.organization, count, home, all_own=asked.all_own)
            words = ["scan", "--accounts", str(accounts), "--role-name", fleet.organization.role_name]
            words += ["--format", asked.formats, "--out", str(out), *more]
            _children()
            found = measure(fleet, words, endpoint, workers, home)
            print(
                f"{name:8} {latency * 1000:6.0f}ms {count:8,} {found.wall:8.1f} {found.wall / count:9.3f} "
                f"{found.cpu:8.1f} {found.cpu / count:8.3f} {found.peak:8.0f} {found.calls:8,} {found.own:5.1f} "
                f"{found.without:7.1f}",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
