"""Checks `compare` against z3 on many random pairs of patterns, as a nightly job would.

python tests/benchmarks/compare_against_z3.py [pairs] [first seed]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pattern.pairs import judged, pair

PAIRS = 20_000


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    started = time.perf_counter()
    outcomes: Counter[str] = Counter()
    for seed in range(first, first + count):
        try:
            outcomes[judged(pair(seed))] += 1
        except AssertionError as wrong:
            outcomes["WRONG"] += 1
            print(f"seed {seed}: {wrong}")
    for outcome, number in outcomes.most_common():
        print(f"{outcome:<12} {number:>7,}")
    print(f"{'pairs':<12} {count:>7,} in {time.perf_counter() - started:.0f} s")
    return 1 if outcomes["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
