"""Measures the filter-pattern engine: events a second, decoded and from files, comparisons, import, growth.

python tests/benchmarks/pattern_speed.py
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson

from auditor.pattern import (
    And,
    Event,
    Expression,
    JsonPattern,
    Or,
    Pattern,
    compare,
    compile_pattern,
    intersects,
    parse,
    tally,
)

FILE = Path(__file__).parents[1] / "pattern" / "benchmark_patterns.json"
CONTROLS = json.loads(FILE.read_text(encoding="utf-8"))
EVENTS = 20_000


def seconds(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return taken


def import_time() -> float:
    """The best of several, in milliseconds, inside a fresh interpreter."""
    code = "import time; t = time.perf_counter(); import auditor.pattern; print(time.perf_counter() - t)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(7)]
    return min(float(run) for run in runs) * 1000


def sample_events() -> list[Event]:
    """One event that matches each benchmark pattern, and many that match none."""
    made = [intersects(parse(control["texts"][-1]), parse("")) for control in CONTROLS.values()]
    matching = [event for event in made if isinstance(event, dict)]
    quiet: Event = {**matching[0], "eventName": "DescribeInstances", "readOnly": True}
    quiet.pop("errorCode", None)
    return (matching + [quiet] * 85) * (EVENTS // 100)


def variant(node: Expression) -> Expression:
    """A deployed pattern much like the required one: its terms turned round."""
    if isinstance(node, And | Or):
        return replace(node, terms=tuple(variant(term) for term in reversed(node.terms)))
    return node


def main() -> None:
    print(f"import {import_time():.1f} ms")
    events = sample_events()
    comparisons: list[float] = []
    print(f"{'control':<8} {'events/s':>10} {'covers ms':>10} {'misses ms':>10}")
    for number, control in CONTROLS.items():
        pattern = parse(control["texts"][-1])
        assert isinstance(pattern, JsonPattern)
        check = compile_pattern(pattern)
        speed = len(events) / min(seconds(lambda check=check: [check(event) for event in events], 5))
        deployed, other = variant(pattern.expression), parse("{ $.eventName = Other }")
        compare(pattern, [deployed])
        covers = seconds(lambda pattern=pattern, deployed=deployed: compare(pattern, [deployed]), 30)
        misses = seconds(lambda pattern=pattern, other=other: compare(pattern, [other]), 30)
        comparisons += covers + misses
        print(
            f"{number:<8} {speed:>10,.0f} {statistics.median(covers) * 1000:>10.2f} "
            f"{statistics.median(misses) * 1000:>10.2f}"
        )
    print_files(events)
    median = statistics.median(comparisons)
    print(f"comparison: median {median * 1000:.2f} ms, {1 / median:,.0f} a second")
    print(f"{'clauses':<8} {'names ms':>10} {'fields ms':>10} {'mixed ms':>10}")
    for count in (10, 20, 50, 100, 200, 400):
        print(f"{count:<8} " + " ".join(f"{growth(count, kind):>10.2f}" for kind in CLAUSES))


def print_files(events: list[Event]) -> None:
    """Files as CloudTrail writes them, end to end, beside unpacking and decoding them alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for at in range(0, EVENTS, EVENTS // 20):
            content = orjson.dumps({"Records": events[at : at + EVENTS // 20]})
            (folder / f"{at}.json.gz").write_bytes(gzip.compress(content, 6))
        print(f"{'files of':<8} {'events/s':>10} {'decoding':>10} {'times':>10}")
        for number, control in CONTROLS.items():
            pattern = parse(control["texts"][-1])
            times = [(seconds(lambda: decoded(folder), 1), matched(pattern, folder)) for _ in range(7)]
            alone, whole = min(time[0][0] for time in times), min(time[1] for time in times)
            print(f"{number:<8} {EVENTS / whole:>10,.0f} {EVENTS / alone:>10,.0f} {whole / alone:>10.2f}")


def decoded(folder: Path) -> None:
    for path in folder.iterdir():
        orjson.loads(gzip.decompress(path.read_bytes()))


def matched(pattern: Pattern, folder: Path) -> float:
    (taken,) = seconds(lambda: tally(pattern, folder), 1)
    return taken


CLAUSES = {
    "names": lambda at: f"$.eventName = Name{at}",
    "fields": lambda at: f"$.field{at} = x",
    "mixed": lambda at: f"($.eventName = Name{at} && $.field{at % 7} != y{at})",
}


def growth(count: int, kind: str) -> float:
    """Milliseconds to show that a pattern of many clauses covers the same clauses in another order."""
    clauses = [CLAUSES[kind](at) for at in range(count)]
    required = parse("{ " + " || ".join(clauses) + " }", enforce_limits=False)
    deployed = parse("{ " + " || ".join(reversed(clauses)) + " }", enforce_limits=False)
    return min(seconds(lambda: compare(required, [deployed]), 3)) * 1000


if __name__ == "__main__":
    main()
