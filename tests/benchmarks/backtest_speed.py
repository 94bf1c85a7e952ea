"""Measures a backtest: events a minute on one core, its peak memory, and how both grow with the logs.

python -m tests.benchmarks.backtest_speed [EVENTS...]

The logs are made of CloudTrail's real records in tests/backtest/data, with the times moved apart over a month: files
as CloudTrail writes them, gzip JSON of a few hundred records. The chains are one for each control, all sound. Seconds
of CPU are told beside those of the clock, for a machine that is busy besides; the peak is that of the largest process.
"""

from __future__ import annotations

import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from auditor.backtest.backtest import Source, Span, backtest
from auditor.backtest.reading import read_logs
from auditor.benchmark import load
from auditor.checking import AlarmCheck
from auditor.logs import log_files
from auditor.pattern import compile_pattern, parse
from auditor.registry import load_checks
from tests.backtest.build import DATA, account_of_the_data

SIZES = (100_000, 2_000_000)
PER_FILE = 400
DAYS = 30


def make_logs(folder: Path, count: int) -> int:
    """Writes log files and gives their size in bytes."""
    files = [orjson.loads(gzip.decompress(path.read_bytes())) for path in sorted(DATA.glob("*.json.gz"))]
    records = [event for file in files for event in file["Records"]]
    controls = [compile_pattern(parse(one.readings[0].pattern)) for one in load().requirements.values()]
    named = [any(control(event) for control in controls) for event in records]
    # Of the data whole, one event in fifteen is named by a control.
    weights = [1 / named.count(True) if one else 14 / named.count(False) for one in named]
    chance = random.Random(5)
    start = datetime(2023, 7, 1, tzinfo=UTC)
    size = 0
    for number in range(0, count, PER_FILE):
        at = start + timedelta(days=DAYS) * (number / count)
        some = []
        for event in chance.choices(records, weights, k=min(PER_FILE, count - number)):
            moved = f"{at + timedelta(seconds=chance.randrange(300)):%Y-%m-%dT%H:%M:%SZ}"
            some.append({**event, "eventTime": moved, "eventID": f"{chance.getrandbits(128):032x}"})
        name = f"123837392027_CloudTrail_us-east-1_{at:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
        content = gzip.compress(orjson.dumps({"Records": some}), 6)
        (folder / name).write_bytes(content)
        size += len(content)
    return size


def run(place: str, workers: int) -> None:
    """One backtest in a process of its own; prints seconds and peak memory."""
    checks = [check for check in load_checks(("alarm.*",), ())[0] if isinstance(check, AlarmCheck)]
    started, used = time.perf_counter(), time.process_time()

    def read(plan):  # type: ignore[no-untyped-def]
        return read_logs(plan, log_files(place), by_delivery=False, workers=workers, progress=lambda _: None)

    found = backtest(account_of_the_data(), load(), checks, Source(place, "", read), Span()).found
    taken, used = time.perf_counter() - started, time.process_time() - used
    used += sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    events = found.logs.events
    print(
        f"{events:>10,} {workers:>7} {taken:>8.1f} {events / taken * 60:>12,.0f} {used:>8.1f} "
        f"{events / used * 60:>12,.0f} {peak:>6.0f} MB",
        flush=True,
    )


def main() -> None:
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    heads = ("events", "workers", "seconds", "a minute", "of CPU", "a CPU minute", "peak")
    print(" ".join(f"{head:>{width}}" for head, width in zip(heads, (10, 7, 8, 12, 8, 12, 9), strict=True)))
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            make_logs(Path(name), count)
            for workers in (1, 2):
                command = [sys.executable, "-m", "tests.benchmarks.backtest_speed", "--run", name, str(workers)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], int(sys.argv[3]))
    else:
        main()
