"""A slow and fickle network before a server: it holds answers back, throttles, cuts connections, and keeps a record.

    python -m tests.aws.proxy --to http://127.0.0.1:5000 --latency 0.05 --throttle 0.2 --reset 0.05 --seed 7

It prints its URL. What a test wants to know it asks of

    GET    /_proxy/records   what was asked, by whom, and from when to when
    DELETE /_proxy/records   forgets that
    GET    /_proxy/counts    {"passed": 20, "throttled": 5, "reset": 1}

Requests that nobody signed, such as those to the front's own endpoints, pass at once and leave no record. A request's
body must come with its length, as botocore's do over plain HTTP, and so must an answer's, as the front's do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar
from urllib.request import ProxyHandler, Request, build_opener

from auditor.demo.session import DemoAccount
from tests.aws.relay import Options, Record, serve

__all__ = ["Proxy", "Record", "proxying", "round_trips"]

_DIRECT = build_opener(ProxyHandler({}))
_Account = TypeVar("_Account", bound=DemoAccount)


def round_trips(records: Iterable[Record]) -> int:
    """Gives the length of the longest chain of requests of which each began when the one before had ended."""
    found, ended = 0, float("-inf")
    for record in sorted(records, key=lambda one: one.end):
        if record.begin >= ended:
            found, ended = found + 1, record.end
    return found


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs."""

    url: str

    def before(self, account: _Account) -> _Account:
        """Gives an account as it is reached through the proxy."""
        return replace(account, endpoint_url=self.url)

    def records(self) -> list[Record]:
        """Gives what was asked, in the order of the ends."""
        return [Record(*one) for one in self._ask("GET", "records")]

    def counts(self) -> dict[str, int]:
        """Gives how many requests were passed, throttled and reset."""
        found: dict[str, int] = self._ask("GET", "counts")
        return found

    def forget(self) -> None:
        """Forgets records and counts."""
        self._ask("DELETE", "records")

    def _ask(self, method: str, name: str) -> Any:
        with _DIRECT.open(Request(f"{self.url}/_proxy/{name}", method=method), timeout=30) as response:  # noqa: S310
            return json.load(response)


@contextmanager
def proxying(
    url: str, *, latency: float = 0.0, throttle: float = 0.0, reset: float = 0.0, seed: int = 7
) -> Iterator[Proxy]:
    """Runs a proxy in a process of its own for as long as the context lasts.

    Args:
        url: The server's URL.
        latency: Seconds by which each answer is held back, side by side for many connections.
        throttle: The share of the requests that are throttled, as the service would say it.
        reset: The share of the requests under which the connection is reset.
        seed: What the choice of these hangs on.
    """
    options = Options(url, latency, throttle, reset, seed)
    words = [word for name, value in asdict(options).items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "tests.aws.proxy", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Proxy(process.stdout.readline().strip())
        finally:
            process.terminate()


def main() -> None:
    """Serves until it is interrupted; prints the URL first."""
    parser = argparse.ArgumentParser(prog="python -m tests.aws.proxy", description=__doc__)
    parser.add_argument("--to", required=True, help="the server's URL")
    for share in ("latency", "throttle", "reset"):
        parser.add_argument(f"--{share}", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=7)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(Options(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
