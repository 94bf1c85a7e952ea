"""Goes on where a list is cut off, until all of it is there.

CloudWatch gives the newest rows of a list and leaves the rest out. Those newer than the oldest second among them are
all there; what lies before is asked again, in as many parts as its rows need. Its guide leaves open whether the end of
a range means all of that second or the moment at which it begins. So parts overlap by a second, and a row that comes
twice is known by its `@ptr`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from auditor.hunt.asking import Answer

_FILLED = 0.7
_MOST_PARTS = 32
_Row = dict[str, str]


@dataclass(slots=True)
class Gathered:
    """All rows of a list.

    Attributes:
        full: Seconds of which only as many rows are here as CloudWatch gives at once.
        scanned: How many bytes CloudWatch read for all of it.
    """

    rows: list[_Row] = field(default_factory=list)
    full: list[datetime] = field(default_factory=list)
    scanned: int = 0
    _known: set[str] = field(default_factory=set)

    def add(self, rows: list[_Row]) -> None:
        """Adds rows, each of them once."""
        for row in rows:
            pointer = row.get("@ptr")
            if pointer is not None:
                if pointer in self._known:
                    continue
                self._known.add(pointer)
            self.rows.append(row)


def gather(ask: Callable[[int, int], Answer], start: int, end: int, limit: int) -> Gathered:
    """Gives all rows of a list.

    Args:
        ask: Gives the newest rows from one second to another, with their `@timestamp`.
        start: From which second on, since 1970.
        end: To which second.
        limit: How many rows are given at once at most.
    """
    gathered = Gathered()
    ranges = [(start, end)]
    while ranges:
        first, last = ranges.pop()
        answer = ask(first, last)
        gathered.scanned += answer.scanned
        rows = list(answer.rows)
        if len(rows) < limit:
            gathered.add(rows)
        elif last - first <= 1:
            gathered.add(rows)
            gathered.full.append(datetime.fromtimestamp(first, UTC))
        else:
            oldest = min((_second(row) for row in rows), default=last)
            sure = [row for row in rows if _second(row) > oldest]
            gathered.add(sure)
            ranges += _parts(first, max(first + 1, min(last, oldest + 1)), last, answer.matched - len(sure), limit)
    return gathered


def _parts(first: int, rest: int, last: int, rows: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cuts what lies before the rows that are there, or all where they tell nothing."""
    least = 2 if rest == last else 1
    parts = min(max(least, math.ceil(rows / (limit * _FILLED))), _MOST_PARTS, rest - first)
    edges = [first + (rest - first) * part // parts for part in range(parts + 1)]
    yield from itertools.pairwise(edges)


def _second(row: _Row) -> int:
    """Gives the second of a row's time, which CloudWatch writes as `2023-07-10 12:00:00.000`."""
    return int(datetime.fromisoformat(row["@timestamp"]).replace(tzinfo=UTC).timestamp())
