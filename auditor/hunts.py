"""What the logs answered, as reports hold it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from auditor.model.fact import Frozen


class Hunt(Frozen):
    """A query that was asked of logs, and what it found.

    Attributes:
        query: The query's name, such as `denials`.
        answers: What one learns from it.
        check_id: The alarm check whose alarm the events should have set off; else empty.
        parameters: What was asked for.
        start: From when on, in UTC; None for all that there is.
        end: Until when.
        sources: The log groups, or the place of the files.
        grouped: Whether a row is a group of events rather than an event.
        rows: The first of them.
        count: How many rows there are in all.
        missing: Why there may be more, a sentence each.
        unasked: Why it could not be asked; else empty.
        scanned: How many bytes CloudWatch read for it.
    """

    query: str
    title: str
    answers: str
    check_id: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    sources: tuple[str, ...] = ()
    grouped: bool = False
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    count: int = 0
    missing: tuple[str, ...] = ()
    unasked: str = ""
    scanned: int = 0

    @property
    def filled(self) -> tuple[int, ...]:
        """The places of the columns that have a value in some row; the others tell a reader nothing."""
        return tuple(at for at in range(len(self.columns)) if any(row[at] for row in self.rows))
