"""Times and spans of time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from auditor.errors import UsageError
from auditor.model.integrity import Span

_AGO = re.compile(r"(?P<count>\d{1,5})(?P<unit>[mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_time(text: str) -> datetime | None:
    """Gives a time as ISO 8601 writes it, in UTC where it names no zone; None where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def how_long(text: str) -> timedelta | None:
    """Gives how long `7d`, `12h`, `30m` or `2w` is; None where it is nothing of the kind."""
    found = _AGO.fullmatch(text)
    return timedelta(**{_UNITS[found["unit"]]: int(found["count"])}) if found else None


def span(start: str, end: str, now: datetime) -> Span:
    """Gives the time that someone asks for.

    Args:
        start: A day, a time, or how long ago, such as `7d`.
        end: The same; now where it is empty.
        now: The clock.

    Raises:
        UsageError: Either is no time, or the end is not after the start.
    """
    found = Span(start=_asked(start, now), end=_asked(end, now) if end else now)
    if found.start >= found.end:
        raise UsageError(
            f"The time from {start} to {end or 'now'} is empty.", "Give --from a time before that of --to."
        )
    return found


def _asked(text: str, now: datetime) -> datetime:
    ago = how_long(text)
    found = now - ago if ago else read_time(text)
    if found is None:
        raise UsageError(f"{text!r} is no time.", "Give one such as 2026-11-01, 2026-11-01T06:00:00Z or 7d.")
    return found


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Gives the times that spans cover together, in order, each as long as can be."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: (span.start, span.end)):
        if found and one.start <= found[-1].end:
            found[-1] = Span(start=found[-1].start, end=max(found[-1].end, one.end))
        else:
            found.append(one)
    return tuple(found)


def between(covered: Iterable[Span], asked: Span) -> tuple[Span, ...]:
    """Gives the times within `asked` that none of the joined spans covers."""
    found: list[Span] = []
    reached = asked.start
    for one in covered:
        if reached < min(one.start, asked.end):
            found.append(Span(start=reached, end=min(one.start, asked.end)))
        reached = max(reached, one.end)
    if reached < asked.end:
        found.append(Span(start=reached, end=asked.end))
    return tuple(found)
