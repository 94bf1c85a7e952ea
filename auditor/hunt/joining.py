"""Adds to a report what the logs say. Nothing of its findings changes: a verdict is about what would happen."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.hunt.asking import Asker, Place
from auditor.hunt.cloudwatch import hunt_groups
from auditor.hunt.errors import HuntError
from auditor.hunt.groups import GB, estimate, places_of
from auditor.hunt.model import Hits, Query, Search
from auditor.hunt.period import Period
from auditor.hunt.telling import told
from auditor.model.snapshot import Snapshot
from auditor.report import Report

MOST_ROWS = 20


def with_hunts(
    report: Report,
    account: Snapshot,
    asker: Asker,
    queries: Sequence[Query],
    period: Period,
    most_gb: float,
) -> Report:
    """Gives a report with what queries found in the log groups of the account's trails.

    Args:
        report: The report.
        account: What was read of the account.
        asker: What asks.
        queries: What to ask; none of them needs a parameter.
        period: Of which time.
        most_gb: How many gigabytes CloudWatch may be let read for all of them; nothing is asked where it is more.
    """
    searches = [query.search({}) for query in queries]
    places, left = places_of(account)
    found = _found(asker, searches, places, left, period, most_gb)
    sources = [group for place in places for group in place.groups]
    hunts = tuple(
        told(search, one if isinstance(one, HuntError) else _once(one, left), sources, period, MOST_ROWS)
        for search, one in zip(searches, found, strict=True)
    )
    calls = dict(sorted(asker.connection.requests.items()))
    return report.model_copy(update={"hunts": hunts, "run": report.run.model_copy(update={"api_calls": calls})})


def _found(
    asker: Asker,
    searches: Sequence[Search],
    places: Sequence[Place],
    left: Sequence[str],
    period: Period,
    most_gb: float,
) -> Sequence[Hits | HuntError]:
    if not places:
        why = " ".join(("No trail delivers to a log group of this account.", *left))
        return [HuntError(why, "")] * len(searches)
    size = estimate(asker.connection, places, period, period.end)
    whole = size.size * len(searches) / GB
    if whole > most_gb:
        why = f"CloudWatch would read about {whole:,.1f} GB for it all, which is more than {most_gb:g}."
        return [HuntError(why, "Give --hunt-max-gb, fewer queries or less time.")] * len(searches)
    return hunt_groups(asker, searches, places, period)


def _once(hits: Hits, left: Sequence[str]) -> Hits:
    """Counts an event once that two trails deliver, and says which log groups are left out."""
    missing = (*hits.missing, *left)
    if "eventID" not in hits.columns:
        return Hits(hits.columns, hits.rows, missing, hits.scanned)
    at = hits.columns.index("eventID")
    rows = {row[at] or str(place): row for place, row in enumerate(hits.rows)}
    return Hits(hits.columns, tuple(rows.values()), missing, hits.scanned)
