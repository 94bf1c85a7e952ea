"""The time that a query is about, to the second, both ends included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from auditor.errors import UsageError

_LENGTH = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_HOW = "Give a length such as 90m, 12h or 7d, or a time such as 2025-06-02T09:00:00Z."


@dataclass(frozen=True, slots=True)
class Period:
    """From one second to another, in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> tuple[int, int]:
        """The ends as seconds since 1970."""
        return int(self.start.timestamp()), int(self.end.timestamp())

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%H:%M:%SZ} to {self.end:%Y-%m-%dT%H:%M:%SZ}"


def period_of(since: str | None, start: str | None, end: str | None, now: datetime) -> Period | None:
    """Gives the time that options ask for; None where they say nothing.

    Args:
        since: A length that ends now.
        start: When it begins, where no length is given.
        end: When it ends; now where None.
        now: The time of asking.

    Raises:
        UsageError: One of them is no length or time, they contradict each other, or nothing lies between them.
    """
    if since is not None and (start is not None or end is not None):
        raise UsageError("--since says all of the time.", "Leave out --from and --to, or --since.")
    if since is None and start is None and end is None:
        return None
    last = _moment(end) if end else now.astimezone(UTC).replace(microsecond=0)
    if since is not None:
        return Period(last - _length(since), last)
    if start is None:
        raise UsageError("--to needs a beginning.", "Give --from as well.")
    first = _moment(start)
    if first > last:
        raise UsageError(f"{start} comes after {end or 'now'}.", "Give --from the earlier time.")
    return Period(first, last)


def _length(text: str) -> timedelta:
    found = _LENGTH.fullmatch(text)
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not timedelta(0) < length <= timedelta(days=36_500):
        raise UsageError(f"{text!r} is no length of time.", _HOW)
    return length


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        # A time without a zone is taken to be in UTC, as CloudTrail writes its own.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no time.", _HOW) from error
