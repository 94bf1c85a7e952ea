"""Reads a log group's events of some time, several slices of it at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from auditor.collect.connection import Connection
from auditor.collect.operations import Operation
from auditor.model.fact import DENIED

FILTER_LOG_EVENTS = Operation("logs", "FilterLogEvents", "logs:FilterLogEvents")

# A page has up to 10,000 events or 1 MB; so many of them may wait for the reader.
_THREADS, _WAITING = 8, 24
_SLICES = 64
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some events of a log group.

    Attributes:
        times: When each happened, in milliseconds from 1970, as CloudWatch Logs has it.
        messages: Their texts.
        share: How much of the whole time is done with this page; 0 for a page that more of its slice follow.
    """

    times: tuple[int, ...]
    messages: tuple[str, ...]
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class UnreadSlice:
    """A stretch of time whose events could not be read, or not all of them.

    Attributes:
        since: Its beginning.
        until: Its end.
        reason: Why not.
    """

    since: datetime
    until: datetime
    reason: str


def log_events(
    connection: Connection, region: str, group: str, since: datetime, until: datetime
) -> Iterator[LogPage | UnreadSlice]:
    """Gives the events of a log group, in pages of no certain order.

    Args:
        connection: The account.
        region: Where the log group is.
        group: Its name, or its ARN where it is another account's.
        since: The beginning of the time.
        until: The end.
    """
    reader = _Reader(connection.client("logs", region), group, since, until)
    try:
        yield from reader.pages()
    finally:
        reader.stop()


class _Reader:
    """Threads that take a slice of the time after another, and put its pages where the reader finds them."""

    def __init__(self, client: Any, group: str, since: datetime, until: datetime) -> None:
        self.client = client
        self.named = {"logGroupIdentifier" if group.startswith("arn:") else "logGroupName": group}
        length = max((until - since) / _SLICES, _SHORTEST)
        self.slices: queue.SimpleQueue[tuple[datetime, datetime]] = queue.SimpleQueue()
        self.count = 0
        while since < until:
            self.slices.put((since, min(since + length, until)))
            since += length
            self.count += 1
        self.found: queue.Queue[LogPage | UnreadSlice | None] = queue.Queue(_WAITING)
        self.stopped = threading.Event()

    def pages(self) -> Iterator[LogPage | UnreadSlice]:
        running = min(_THREADS, self.count)
        for _ in range(running):
            threading.Thread(target=self._work, daemon=True).start()
        while running:
            page = self.found.get()
            if page is None:
                running -= 1
            else:
                yield page

    def stop(self) -> None:
        self.stopped.set()

    def _work(self) -> None:
        try:
            while not self.stopped.is_set():
                self._slice(*self.slices.get_nowait())
        except queue.Empty:
            pass
        finally:
            self._put(None)

    def _slice(self, since: datetime, until: datetime) -> None:
        # The end of a slice is the beginning of the next, and FilterLogEvents takes in both.
        first, last = _milliseconds(since), _milliseconds(until) - 1
        asked = {**self.named, "startTime": first, "endTime": last, "limit": 10_000}
        try:
            while not self.stopped.is_set():
                answer = self.client.filter_log_events(**asked)
                events = answer.get("events") or ()
                token = answer.get("nextToken")
                times = tuple(int(one["timestamp"]) for one in events)
                self._put(LogPage(times, tuple(one["message"] for one in events), 0.0 if token else 1 / self.count))
                if not token:
                    return
                asked["nextToken"] = token
        except (ClientError, BotoCoreError, HTTPClientError) as error:
            self._put(UnreadSlice(since, until, _reason(error)))

    def _put(self, page: LogPage | UnreadSlice | None) -> None:
        while not self.stopped.is_set():
            try:
                self.found.put(page, timeout=0.2)
            except queue.Full:
                continue
            return


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _reason(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return f"logs:FilterLogEvents failed: {str(error).rstrip('.')}"
    told = error.response.get("Error", {})
    code = str(told.get("Code", "Unknown"))
    if code in DENIED:
        return f"the permission {FILTER_LOG_EVENTS.permission} is missing"
    return f"logs:FilterLogEvents failed with {code}: {str(told.get('Message', '')).rstrip('.')}"
