"""Counts the round trips of a scan by a clock of its own: a request takes one tick, and nothing else takes time.

The calls are sent to a real endpoint, one after another, but the clock stands still meanwhile. So the count hangs on
what waits for what in the code, and not on how fast this machine is.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar
from unittest import mock

from auditor.collect import aws

T = TypeVar("T")


class _Clock(selectors.DefaultSelector):
    """A selector that moves the clock on instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class RoundTrips:
    """While the context lasts, scans run by the clock; `count` is the time that they have taken."""

    def __init__(self) -> None:
        self.count = 0
        self._patches = (
            mock.patch.object(aws.Aws, "_in_thread", _by_the_clock),
            mock.patch.object(asyncio, "run", self._run),
        )

    def __enter__(self) -> RoundTrips:
        for patch in self._patches:
            patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        for patch in self._patches:
            patch.stop()

    def _run(self, main: Coroutine[Any, Any, T]) -> T:
        clock = _Clock()
        loop = asyncio.SelectorEventLoop(clock)
        loop.time = lambda: clock.now  # type: ignore[method-assign]
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            found = runner.run(main)
            self.count += round(clock.now)
        return found


async def _by_the_clock(self: aws.Aws, call: Any) -> Any:
    before = self.connection.requests.total()
    answer = aws._send(self.connection, call)  # noqa: SLF001
    await asyncio.sleep(self.connection.requests.total() - before)
    return answer
