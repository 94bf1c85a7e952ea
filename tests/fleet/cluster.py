"""A Dask cluster on the loopback: a scheduler and workers, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 60.0  # seconds


@dataclass
class Cluster:
    """A scheduler, and the workers that came to it."""

    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def dask_cluster(folder: Path, environment: Mapping[str, str], workers: int = 2) -> Iterator[Cluster]:
    """Runs a cluster whose workers have an environment's credentials, for as long as the context lasts."""
    place = folder / "scheduler.json"
    processes: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        with (folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log, cwd=folder)
        processes.append(process)
        return process

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(place))
        until = time.monotonic() + _PATIENCE
        while not place.exists():
            assert time.monotonic() < until, (folder / "dask.log").read_text()
            time.sleep(0.1)
        cluster = Cluster(json.loads(place.read_text())["address"])
        # Without a nanny, a worker that is killed is gone.
        cluster.workers += [
            start("worker", cluster.address, "--host", "127.0.0.1", "--nthreads", "2", "--no-nanny")
            for _ in range(workers)
        ]
        yield cluster
    finally:
        for process in processes:
            process.kill()
            process.wait()
