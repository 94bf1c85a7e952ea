"""Holds what should have rung against what CloudWatch's own history says."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from auditor.backtest import result
from auditor.backtest.backtest import Replayed
from auditor.backtest.judging import at
from auditor.backtest.ringing import Played
from auditor.collect.alarm_history import RealHistory
from auditor.model.alarm import Alarm
from auditor.model.fact import Read, Unreadable

# CloudTrail delivers events within about 5 minutes on average, and seldom after more than 15; evaluation takes a few.
_EARLY, _LATE = timedelta(minutes=5), timedelta(minutes=30)

History = Mapping[str, Read[RealHistory]]


def alarms_of(replayed: Replayed) -> tuple[Alarm, ...]:
    """Gives the alarms whose history matters: those that were followed."""
    return tuple(one.alarm.alarm for one in replayed.played.values() if one.course is not None)


def interval(replayed: Replayed, now: datetime, kept: timedelta) -> tuple[datetime, datetime] | None:
    """Gives the time of the logs whose history CloudWatch still has; None where it has none of it."""
    logs = replayed.found.logs
    if logs.first is None or logs.last is None:
        return None
    since, until = max(logs.first, now - kept), min(logs.last + _LATE, now)
    return (since, until) if since < until else None


def compared(replayed: Replayed, history: History, since: datetime, until: datetime) -> result.Backtest:
    """Gives the result with what the alarms' history says beside it."""
    found = replayed.found
    alarms = tuple(
        each.model_copy(update={"history": told})
        if (told := _compared(replayed.played[each.arn], history.get(each.arn), since, until)) is not None
        else each
        for each in found.alarms
    )
    unread = sorted({one.reason for one in history.values() if isinstance(one, Unreadable)})
    read = result.HistoryRead(since=since, until=until, unread=tuple(f"{reason}." for reason in unread))
    return found.model_copy(update={"alarms": alarms, "history": read})


def _compared(
    played: Played, real: Read[RealHistory] | None, since: datetime, until: datetime
) -> result.AlarmHistory | None:
    """Compares one alarm; a few minutes in either direction are no difference, since events arrive late.

    What it did before it was last changed says nothing of the alarm as it is.
    """
    if real is None or isinstance(real, Unreadable) or played.course is None:
        return None
    rings = [at(ring.at + 1) for ring in played.course.rings]
    heard = sorted(at(minute) for minute, _ in played.course.heard.items())
    first = max(since, real.changed) if real.changed else since
    off = [one for one in real.went_off if one >= first]
    missing = (one for one in rings if first <= one <= until - _LATE and not _near(one - _EARLY, off, one + _LATE))
    unexplained = (one for one in off if not _near(one - _LATE, heard, one + _EARLY))
    return result.AlarmHistory(
        went_off=real.went_off, changed=real.changed, missing=tuple(missing), unexplained=tuple(unexplained)
    )


def _near(first: datetime, moments: Sequence[datetime], last: datetime) -> bool:
    return bisect_left(moments, first) < bisect_right(moments, last)
