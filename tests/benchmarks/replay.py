"""An endpoint that answers from memory, so that a benchmark measures the scanner and not the emulator behind it.

The first time that a request comes it is passed on to another endpoint; from then on its answer is given again, held
back by the latency that is set. It notes when each request came and was answered.

    GET  /_replay/seen            [[came, answered], ...] in seconds since 1970
    POST /_replay/begin?latency=  forgets what was seen
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

_HOST = "127.0.0.1"
_DIRECT = build_opener(ProxyHandler({}))
_SCOPE = re.compile(rb"Credential=[^/]+/\d+/([^,]+)")
_KEPT = ("content-type", "x-amzn-requestid", "x-amz-request-id", "x-amzn-errortype", "x-amz-bucket-region")


@dataclass
class Replay:
    """The server.

    Attributes:
        origin: Where requests are passed on to.
        latency: Seconds by which each answer is held back.
    """

    origin: str
    latency: float = 0.0
    seen: list[tuple[float, float]] = field(default_factory=list)
    answers: dict[tuple[bytes, ...], bytes] = field(default_factory=dict)

    async def serve(self) -> None:
        """Serves for ever; prints the URL first."""
        server = await asyncio.start_server(self._converse, _HOST, 0, backlog=256)
        port = server.sockets[0].getsockname()[1]
        sys.stdout.write(f"http://{_HOST}:{port}\n")
        sys.stdout.flush()
        await server.serve_forever()

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came = time.time()
                body = await reader.readexactly(_length(head))
                writer.write(await self._answer(head, body, came))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, body: bytes, came: float) -> bytes:
        method, target, _ = head.split(b" ", 2)
        if target.startswith(b"/_replay/"):
            return self._control(target.decode())
        key = (method, target, _header(head, b"x-amz-target"), _scope(head), body)
        if key not in self.answers:
            self.answers[key] = await asyncio.to_thread(self._passed_on, method, target, head, body)
        await asyncio.sleep(came + self.latency - time.time())
        self.seen.append((came, time.time()))
        return self.answers[key]

    def _control(self, target: str) -> bytes:
        if target == "/_replay/seen":
            return _response(json.dumps(self.seen).encode())
        self.latency = float(parse_qs(urlsplit(target).query)["latency"][0])
        self.seen.clear()
        return _response(b"{}")

    def _passed_on(self, method: bytes, target: bytes, head: bytes, body: bytes) -> bytes:
        lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:] if line)
        headers = {name.decode(): value.decode() for name, _, value in lines}
        connection = HTTPConnection(urlsplit(self.origin).netloc, timeout=60)
        connection.request(method.decode(), target.decode(), body, headers)
        found = connection.getresponse()
        content = found.read()
        kept = [(name, value) for name, value in found.getheaders() if name.lower() in _KEPT]
        connection.close()
        return _response(content, found.status, kept)


def _response(body: bytes, status: int = 200, headers: list[tuple[str, str]] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers or ()]
    return "\r\n".join((*lines, "", "")).encode() + body


def _header(head: bytes, name: bytes) -> bytes:
    found = re.search(rb"\r\n" + name + rb": ([^\r]*)", head, re.IGNORECASE)
    return found[1] if found else b""


def _length(head: bytes) -> int:
    return int(_header(head, b"content-length") or 0)


def _scope(head: bytes) -> bytes:
    """Gives region and service of the signature; all services of all regions have one address here."""
    found = _SCOPE.search(head)
    return found[1] if found else b""


@dataclass(frozen=True)
class Replaying:
    """A server in another process."""

    url: str

    def begin(self, latency: float) -> None:
        """Sets the latency and forgets what was seen."""
        self._ask("POST", f"begin?latency={latency}")

    def seen(self) -> list[tuple[float, float]]:
        """Gives when each request came and was answered."""
        return [(came, answered) for came, answered in self._ask("GET", "seen")]

    def _ask(self, method: str, name: str) -> Any:
        request = Request(f"{self.url}/_replay/{name}", method=method)  # noqa: S310  loopback
        with _DIRECT.open(request, timeout=30) as response:
            return json.load(response)


@contextmanager
def replaying(origin: str) -> Iterator[Replaying]:
    """Runs a server before an endpoint for as long as the context lasts."""
    command = [sys.executable, "-m", "tests.benchmarks.replay", origin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Replaying(process.stdout.readline().strip())
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(Replay(sys.argv[1]).serve())
