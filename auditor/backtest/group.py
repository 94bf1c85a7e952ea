"""Replays the events of a log group, which are read from CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import orjson

from auditor.backtest.plan import Plan
from auditor.backtest.replay import Replay
from auditor.backtest.tally import Tally
from auditor.collect.logs_events import LogPage, UnreadSlice
from auditor.pattern.streams import LogEvent


def read_group(
    plan: Plan, group: str, pages: Iterable[LogPage | UnreadSlice], *, progress: Callable[[float], None]
) -> Tally:
    """Replays all events of a log group; each counts at its own time in CloudWatch Logs, as it does for a metric.

    Args:
        plan: What to evaluate.
        group: The log group's name.
        pages: Its events.
        progress: Told of each share of the whole time that is done.
    """
    replay = Replay(plan)
    for page in pages:
        if isinstance(page, UnreadSlice):
            when = f"{page.since:%Y-%m-%d %H:%M} to {page.until:%Y-%m-%d %H:%M} UTC"
            replay.tally.skip(f"{group}, {when}", page.reason)
            continue
        replay.tally.size += sum(map(len, page.messages))
        replay.take([_event(message) for message in page.messages], [time // 60_000 for time in page.times])
        progress(page.share)
    return replay.tally


def _event(message: str) -> LogEvent:
    try:
        found = orjson.loads(message)
    except orjson.JSONDecodeError:
        return message
    return found if isinstance(found, dict) else message
