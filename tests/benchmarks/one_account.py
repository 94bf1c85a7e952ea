"""What the scan of one account costs: calls, round trips, time and memory.

    python -m tests.benchmarks.one_account [--runs 7]

The account has one trail and fifteen chains; it is scanned by the command, in a process of its own. Its answers are
made by moto once and then given again from memory, so that the figures are the scanner's. The round trips are counted
by a clock of their own (`tests/collect/round_trips.py`). The aims are at most 30 calls and 6 round trips; `auditor
--version` under 0.15 s; the first call under 0.7 s; with 50 ms in each response, 1.3 times the round trips besides
that start-up; and 120 MB.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from auditor.benchmark import load
from auditor.collect import Connection
from auditor.demo.sound import build_sound
from auditor.registry import load_checks
from auditor.scan import scan
from tests.aws.account import Account, serving
from tests.benchmarks.measuring import Cost, cost_of, table, usual
from tests.benchmarks.replay import Replaying, replaying
from tests.collect.round_trips import RoundTrips

LATENCY = 0.05
REGIONS = ("us-east-1", "eu-central-1", "sa-east-1")


@dataclass(frozen=True)
class Scanned:
    """Scans of one kind.

    Attributes:
        costs: What each of them cost.
        first: Seconds from the start to the first call.
        calls: How many requests each sent.
    """

    costs: list[Cost]
    first: list[float]
    calls: set[int]


def build_plain(account: Account) -> None:
    """One trail and fifteen chains, without what few trails have: a key and insights."""
    sound = build_sound(account)
    cloudtrail = account.client("cloudtrail")
    cloudtrail.update_trail(Name=sound.trail, KmsKeyId="")
    cloudtrail.put_insight_selectors(TrailName=sound.trail, InsightSelectors=[])


def build_failing(account: Account) -> None:
    """The same, and one alarm tells nobody, so that a second stage asks for other ways to somebody."""
    build_plain(account)
    account.client("cloudwatch").disable_alarm_actions(AlarmNames=["root-usage"])


ACCOUNTS = {"plain": build_plain, "key and insights": build_sound, "one control fails": build_failing}


def trips_of(account: Account, region: str) -> int:
    """Counts the round trips of a scan."""
    with RoundTrips() as trips:
        scan(Connection(account.session(region), region, account.endpoint_url), load("cis-5.0"), *load_checks())
    return trips.count


def scanned(replay: Replaying, environment: dict[str, str], folder: Path, latency: float, runs: int) -> Scanned:
    """Scans several times; a run before those lets the answers be made."""
    command = ["auditor", "scan", "--format", "json", "--out", "-", "--fail-on", "never"]
    found = Scanned([], [], set())
    for run in range(runs + 1):
        replay.begin(latency)
        cost = cost_of(command, environment, folder)
        assert cost.code in (0, 3), (folder / "output.log").read_text()
        if run:
            seen = replay.seen()
            found.costs.append(cost)
            found.first.append(min(came for came, _ in seen) - cost.began)
            found.calls.add(len(seen))
    return found


def rows_of(name: str, account: Account, folder: Path, runs: int) -> list[tuple[object, ...]]:
    """Gives the rows of an account: each start region, without and with latency."""
    rows: list[tuple[object, ...]] = []
    with replaying(account.endpoint_url) as replay:
        for region in REGIONS:
            trips = trips_of(account, region)
            home = replace(account, endpoint_url=replay.url, region=region).environment(folder)
            for latency in (0.0, LATENCY):
                found = scanned(replay, home, folder, latency, runs)
                waits = trips * latency
                after = [cost.wall - first for cost, first in zip(found.costs, found.first, strict=True)]
                rows.append(
                    (
                        name,
                        region,
                        f"{latency * 1000:.0f} ms",
                        "/".join(map(str, sorted(found.calls))),
                        trips,
                        usual([cost.wall for cost in found.costs]),
                        usual([cost.cpu for cost in found.costs]),
                        usual(found.first),
                        usual(after),
                        f"{0.7 + 1.3 * waits:.2f}" if latency else "",
                        f"{median(cost.memory for cost in found.costs):.0f}",
                    )
                )
    return rows


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="how often each scan is run")
    runs = parser.parse_args().runs
    head = (
        "account",
        "from",
        "latency",
        "calls",
        "trips",
        "wall s",
        "cpu s",
        "first call s",
        "after it s",
        "aim",
        "MB",
    )
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as name, serving() as account:
        folder = Path(name)
        for kind, build in ACCOUNTS.items():
            account.controls.reset()
            build(account)
            rows += rows_of(kind, account, folder, runs)
        shown = [cost_of(["auditor", "--version"], account.environment(folder), folder) for _ in range(runs)]
    print("Times are the median of the runs, and in brackets the best; `aim` is 0.7 s and 1.3 times the round trips.")
    print(table(head, rows))
    print(f"auditor --version: {usual([cost.wall for cost in shown])} s, {shown[0].memory:.0f} MB")


if __name__ == "__main__":
    main()
