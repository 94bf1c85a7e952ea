"""Puts what was asked and what was found into one record."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.hunt.errors import HuntError
from auditor.hunt.model import Hits, Search
from auditor.hunt.period import Period
from auditor.hunts import Hunt


def told(
    search: Search, found: Hits | HuntError, sources: Sequence[str], period: Period | None, most: int | None = None
) -> Hunt:
    """Gives the record of a query.

    Args:
        search: The query.
        found: What it found, or why it could not be asked.
        sources: Where it was asked.
        period: Of which time; all where None.
        most: How many rows to keep; all where None.
    """
    query = search.query
    hunt = Hunt(
        query=query.name,
        title=query.title,
        answers=query.answers,
        check_id=query.check,
        parameters={name: value for name, value in search.values.items() if value},
        start=period.start if period else None,
        end=period.end if period else None,
        sources=tuple(sources),
        grouped=query.grouping is not None,
        columns=query.headings,
    )
    if isinstance(found, HuntError):
        return hunt.model_copy(update={"unasked": str(found)})
    return hunt.model_copy(
        update={
            "rows": found.rows[:most],
            "count": len(found.rows),
            "missing": found.missing,
            "scanned": found.scanned,
        }
    )
