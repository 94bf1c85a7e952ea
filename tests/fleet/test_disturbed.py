"""Runs that something disturbs find what an undisturbed run finds."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.aws.proxy import proxying
from tests.fleet.cluster import dask_cluster
from tests.fleet.fleet import Fleet, findings, rows

_PATIENCE = 120.0  # seconds


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disturbed")


@pytest.fixture
def undisturbed(fleet: Fleet, home: Path) -> dict[str, list[Any]]:
    """What is found where nothing gets in the way."""
    out = home / "undisturbed"
    if not out.exists():
        done = fleet.scan(home, "--out", str(out))
        assert done.code == 0, done.err
        fleet.account.controls.forget_calls()
    return findings(out)


def test_calls_that_are_throttled_and_connections_that_are_reset(
    fleet: Fleet, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with proxying(fleet.account.endpoint_url, throttle=0.2, reset=0.05) as proxy:
        done = fleet.scan(tmp_path, "--out", str(out), endpoint=proxy.url)
        counts = proxy.counts()
    assert done.code == 0, done.err
    assert counts["throttled"] > 10
    assert counts["reset"] > 1
    assert findings(out) == undisturbed


def finished(out: Path) -> set[str]:
    return {path.parent.name for path in out.glob("accounts/*/row.json")}


def when(happened: Callable[[], object], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + _PATIENCE
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_run_that_is_killed_is_resumed_where_it_was(
    fleet: Fleet, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with (
        proxying(fleet.account.endpoint_url, latency=0.05) as proxy,
        fleet.start(tmp_path, *fleet.arguments("--out", str(out), "--workers", "2"), endpoint=proxy.url) as process,
    ):
        when(lambda: len(finished(out)) >= 5, process)
        process.send_signal(signal.SIGKILL)
    done_before = finished(out)
    assert 5 <= len(done_before) < len(fleet.accounts)
    assert not (out / "fleet.json").exists()
    fleet.account.controls.forget_calls()
    resumed = fleet.resume(tmp_path, out)
    assert resumed.code == 0, resumed.err
    again = {account for account in fleet.accounts if fleet.account.controls.calls(account)}
    # The management account is asked who it is and for the roles, but not for what is its own.
    assert again - {fleet.organization.management} == fleet.accounts - done_before - {fleet.organization.management}
    assert set(fleet.account.controls.calls(fleet.organization.management)) <= {
        "sts:AssumeRole",
        "sts:GetCallerIdentity",
    }
    assert findings(out) == undisturbed
    assert {row["score"] for row in rows(out).values()} == {100}
    assert set(rows(out)) == fleet.accounts


def test_a_run_that_is_interrupted_says_how_to_go_on(
    fleet: Fleet, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with fleet.start(tmp_path, *fleet.arguments("--out", str(out), "--workers", "1")) as process:
        when(lambda: len(finished(out)) >= 5, process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 130
    assert f"--resume {out}" in said
    assert "Traceback" not in said
    resumed = fleet.resume(tmp_path, out)
    assert resumed.code == 0, resumed.err
    assert findings(out) == undisturbed


def test_dask_moves_the_accounts_of_a_worker_that_is_killed(
    fleet: Fleet, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with (
        proxying(fleet.account.endpoint_url, latency=0.1) as proxy,
        dask_cluster(tmp_path, fleet.environment(tmp_path, proxy.url)) as cluster,
    ):
        words = fleet.arguments("--out", str(out), "--engine", "dask", "--scheduler", cluster.address)
        with fleet.start(tmp_path, *words, endpoint=proxy.url) as process:
            when(lambda: len(finished(out)) >= 4, process)
            cluster.workers[0].kill()
            _, said = process.communicate(timeout=_PATIENCE)
        left = len(fleet.accounts) - 4
        assert process.returncode == 0, said
        assert left > 0
    assert findings(out) == undisturbed


def test_dask_on_this_machine_alone(fleet: Fleet, undisturbed: dict[str, list[Any]], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = fleet.scan(tmp_path, "--out", str(out), "--engine", "dask", "--workers", "1")
    assert done.code == 0, done.err
    assert findings(out) == undisturbed
