"""Asks queries of log groups, through Logs Insights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from auditor.hunt.asking import Answer, Asker, Place
from auditor.hunt.errors import HuntError
from auditor.hunt.insights import HOUR, MOST_ROWS, insights_text
from auditor.hunt.model import Hits, Query, Row, Search, in_order
from auditor.hunt.period import Period
from auditor.hunt.splitting import Gathered, gather


def hunt_groups(
    asker: Asker, searches: Sequence[Search], places: Sequence[Place], period: Period, limit: int = MOST_ROWS
) -> list[Hits | HuntError]:
    """Gives what each query finds in log groups, or why it could not be asked.

    Args:
        asker: What asks.
        searches: The queries.
        places: The log groups.
        period: Of which time.
        limit: How many rows CloudWatch gives at once; a longer list is asked in parts.
    """
    tasks = [partial(_asked, asker, search, place, period, limit) for search in searches for place in places]
    answers = asker.all(tasks)
    return [
        _joined(search.query, answers[at * len(places) : (at + 1) * len(places)], limit)
        for at, search in enumerate(searches)
    ]


def _asked(asker: Asker, search: Search, place: Place, period: Period, limit: int) -> Gathered | HuntError:
    ask: Callable[[int, int], Answer] = partial(asker.ask, place, insights_text(search, limit))
    try:
        if search.query.grouping is None:
            return gather(ask, *period.seconds, limit)
        answer = ask(*period.seconds)
    except HuntError as error:
        return error
    return Gathered(list(answer.rows), scanned=answer.scanned)


def _joined(query: Query, found: Sequence[Gathered | HuntError], limit: int) -> Hits | HuntError:
    """Joins what the places gave; one that could not be asked leaves the answer unknown."""
    given = []
    for one in found:
        if isinstance(one, HuntError):
            return one
        given.append(one)
    rows = [_row(query, row) for one in given for row in one.rows]
    missing = [
        f"More than {limit:,} events fall into the second from {second:%Y-%m-%dT%H:%M:%SZ}; the rest is not here."
        for one in given
        for second in one.full
    ]
    if query.grouping is not None:
        rows = _merged(query, rows)
        if any(len(one.rows) >= limit for one in given):
            missing.append(f"CloudWatch gives {limit:,} groups at most; there may be more of them.")
    return Hits(query.headings, in_order(query, rows), tuple(missing), scanned=sum(one.scanned for one in given))


def _row(query: Query, row: dict[str, str]) -> Row:
    hour = query.grouping is not None and query.grouping.hourly
    return tuple(row.get(HOUR if name == "hour" and hour else name, "") for name in query.headings)


def _merged(query: Query, rows: Sequence[Row]) -> list[Row]:
    """Adds groups up that have the same columns: those of other regions, and those that only look alike."""
    counted: dict[Row, list[Row]] = {}
    keys = query.headings.index("events")
    for row in rows:
        counted.setdefault(row[:keys], []).append(row[keys:])
    merged = []
    for key, members in counted.items():
        total = str(sum(int(member[0]) for member in members))
        times = [[time for time in column if time] for column in list(zip(*members, strict=True))[1:]]
        ends = (min(times[0], default=""), max(times[1], default="")) if times else ()
        merged.append((*key, total, *ends))
    return merged
