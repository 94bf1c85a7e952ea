"""Serves the front on a loopback port: in a thread, or from the command line in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread

import moto.core.base_backend
import moto.core.utils

from auditor.demo.front import Front
from auditor.demo.session import Credentials, isolated_session
from auditor.demo.wire import listening

_HOST = "127.0.0.1"
_Stop = Callable[[], object]


@contextmanager
def serving(port: int = 0) -> Iterator[tuple[str, Front]]:
    """Serves an empty account from a thread, and gives its URL and its front.

    Args:
        port: The port; 0 for any that is free.

    Raises:
        OSError: The port is taken.
    """
    front = _front()
    started: SimpleQueue[tuple[str, _Stop] | OSError] = SimpleQueue()

    async def serve() -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with listening(front.answer, _HOST, port) as url:
                started.put((url, lambda: loop.call_soon_threadsafe(stopped.set)))
                await stopped.wait()
        except OSError as error:
            started.put(error)

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    found = started.get()
    if isinstance(found, OSError):
        raise found
    url, stop = found
    try:
        yield url, front
    finally:
        stop()
        thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is interrupted; prints the URL first."""
    parser = argparse.ArgumentParser(prog="python -m auditor.demo.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    port = parser.parse_args(arguments).port

    async def serve() -> None:
        async with listening(_front().answer, _HOST, port) as url:
            sys.stdout.write(f"{url}\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
    return 0


def _front() -> Front:
    # Moto asks boto3 for the names of regions by a session that fails where AWS_PROFILE names no profile.
    for module in (moto.core.base_backend, moto.core.utils):
        vars(module)["Session"] = lambda: isolated_session(Credentials(), "us-east-1")
    return Front()


if __name__ == "__main__":
    sys.exit(main())
