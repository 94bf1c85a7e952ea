"""How a live drill bears being told to end: it ends, but first puts back what it changed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_Handler = Callable[[int, FrameType | None], object] | int | None
# A closed terminal and `kill`; Ctrl-C raises KeyboardInterrupt by itself. Not every system knows all of them.
_TO_END = tuple(found for name in ("SIGHUP", "SIGTERM") if (found := getattr(signal, name, None)) is not None)


@contextmanager
def told_to_end() -> Iterator[None]:
    """Makes a signal to end raise SystemExit where the program is, so that every `finally` still runs."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handling(_TO_END, end):
        yield


@contextmanager
def deaf() -> Iterator[None]:
    """Lets nothing but time end what runs, not even a second Ctrl-C."""
    with _handling((*_TO_END, signal.SIGINT), signal.SIG_IGN):
        yield


@contextmanager
def _handling(signals: tuple[signal.Signals, ...], handler: _Handler) -> Iterator[None]:
    # Only the main thread may say what a signal does.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, handler) for each in signals}
    try:
        yield
    finally:
        for each, former in before.items():
            signal.signal(each, former)
