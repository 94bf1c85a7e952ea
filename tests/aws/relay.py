"""The inside of the proxy: connections, choices, errors and the record of what went by."""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from auditor.demo.session import Credentials, DemoAccount

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SCOPE = re.compile(rb"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request")
_TARGET = re.compile(rb"\r\nx-amz-target: *\S*?([^.\s]+)\r\n", re.IGNORECASE)
_ACTION = re.compile(rb"(?:^|[&?])Action=(\w+)")
_ROLE = re.compile(rb"<AccessKeyId>(\w+)</AccessKeyId>")
_SESSION = re.compile(rb":sts::(\d{12}):assumed-role/")
_OF_AN_ACCOUNT = re.compile(r"AKIA(\d{12})DEMO")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
_THROTTLING = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
    b"<RequestId>0</RequestId></ErrorResponse>"
)
_CBOR_THROTTLING = b"\xa1\x66__type\x73ThrottlingException"
_Scope = tuple[str, str, str]


@dataclass(frozen=True)
class Options:
    """What the network is like; see `tests.aws.proxy.proxying`."""

    to: str
    latency: float = 0.0
    throttle: float = 0.0
    reset: float = 0.0
    seed: int = 7


class Record(NamedTuple):
    """One request.

    Attributes:
        begin: When it was there, in seconds of the monotonic clock.
        end: When its answer was sent.
        name: Service and operation, such as `logs:DescribeMetricFilters`; for REST method, path and query, such as
            `s3:GET /bucket?policy`.
        access_key: Who signed.
        account: The account of the key, as far as the proxy has seen where it came from; else empty.
        region: The region that it was signed for.
        outcome: `passed`, `throttled` or `reset`.
    """

    begin: float
    end: float
    name: str
    access_key: str
    account: str
    region: str
    outcome: str


class _Asked(NamedTuple):
    raw: bytes
    head: bytes
    body: bytes
    begin: float

    @property
    def is_head(self) -> bool:
        return self.head.startswith(b"HEAD ")


class _Relay:
    """What all connections share."""

    def __init__(self, options: Options) -> None:
        place = urlsplit(options.to)
        self.host, self.port = place.hostname, place.port
        self.latency: float = options.latency
        self._reset, self._throttle = options.reset, options.reset + options.throttle
        self._random = random.Random(options.seed)
        self._accounts = {Credentials().access_key_id: DemoAccount(options.to).account_id}
        self.records: list[Record] = []

    def chosen(self) -> str:
        drawn = self._random.random()
        return "reset" if drawn < self._reset else "throttled" if drawn < self._throttle else "passed"

    def keep(self, asked: _Asked, scope: _Scope, outcome: str, answer: bytes) -> None:
        key, region, service = scope
        record = Record(asked.begin, time.monotonic(), _name(asked, service), key, self._account(key), region, outcome)
        self.records.append(record)
        if record.name == "sts:AssumeRole" and (found := _ROLE.search(answer)):
            session = _SESSION.search(answer)
            self._accounts[found[1].decode()] = session[1].decode() if session else ""

    def own(self, head: bytes) -> bytes:
        """Answers a request to one of the proxy's own endpoints."""
        method, path, _ = head.split(b" ", 2)
        result: Any = {}
        if path == b"/_proxy/counts":
            result = Counter(record.outcome for record in self.records)
        elif method == b"DELETE":
            self.records.clear()
        else:
            result = self.records
        return _message("200 OK", "application/json", json.dumps(result).encode())

    def _account(self, key: str) -> str:
        named = _OF_AN_ACCOUNT.fullmatch(key)
        return named[1] if named else self._accounts.get(key, "")


class _Client(asyncio.Protocol):
    """The side of the one who asks: one request at a time, each over the same connection to the server."""

    def __init__(self, relay: _Relay) -> None:
        self._relay = relay
        self._buffer = bytearray()
        self._is_busy = self._is_greeted = False
        self._transport: Any = None
        self._server: _Server | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        if self._server is not None:
            self._server.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def _next(self) -> None:
        asked = None if self._is_busy else self._take()
        if asked is None:
            return
        self._is_busy = True
        if b" /_proxy/" in asked.head[:32]:
            self._finish(self._relay.own(asked.head))
            return
        found = _SCOPE.search(asked.head)
        if found is None:
            self._pass(asked, None)
            return
        scope = (found[1].decode(), found[2].decode(), found[3].decode())
        outcome = self._relay.chosen()
        if outcome == "reset":
            self._relay.keep(asked, scope, outcome, b"")
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        elif outcome == "throttled":
            self._later(asked, scope, outcome, _throttled(asked, scope[2]))
        else:
            self._pass(asked, scope)

    def _take(self) -> _Asked | None:
        """Takes a request from the buffer once all of it is there."""
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end < 4:
            return None
        head = bytes(self._buffer[: end - 2])
        length = _LENGTH.search(head)
        whole = end + int(length[1]) if length else end
        if len(self._buffer) < whole:
            if not self._is_greeted and b"100-continue" in head:
                self._is_greeted = True
                self._transport.write(_CONTINUE)
            return None
        raw = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        self._is_greeted = False
        return _Asked(raw, head, raw[end:], time.monotonic())

    def _pass(self, asked: _Asked, scope: _Scope | None) -> None:
        if self._server is None:
            self._server = _Server(self._relay)

        def answered(answer: bytes) -> None:
            if scope is None:
                self._finish(answer)
            else:
                self._later(asked, scope, "passed", answer)

        self._server.ask(asked, answered, self._cut)

    def _later(self, asked: _Asked, scope: _Scope, outcome: str, answer: bytes) -> None:
        def finish() -> None:
            self._relay.keep(asked, scope, outcome, answer)
            self._finish(answer)

        asyncio.get_running_loop().call_later(self._relay.latency, finish)

    def _finish(self, answer: bytes) -> None:
        if self._transport is None:
            return
        self._transport.write(answer)
        self._is_busy = False
        if self._buffer:
            self._next()

    def _cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class _Server(asyncio.Protocol):
    """The side of the server."""

    def __init__(self, relay: _Relay) -> None:
        self._buffer = bytearray()
        self._transport: Any = None
        self._asked: tuple[_Asked, Callable[[bytes], None], Callable[[], None]] | None = None
        loop = asyncio.get_running_loop()
        self._connecting = loop.create_task(loop.create_connection(lambda: self, relay.host, relay.port))

    def ask(self, asked: _Asked, answered: Callable[[bytes], None], cut: Callable[[], None]) -> None:
        self._asked = (asked, answered, cut)
        if self._transport is not None:
            self._transport.write(asked.raw)

    def close(self) -> None:
        self._asked = None
        self._connecting.cancel()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if self._asked is not None:
            self._transport.write(self._asked[0].raw)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._transport = None
        if self._asked is not None:
            self._asked[2]()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer.startswith(_CONTINUE):
            del self._buffer[: len(_CONTINUE)]
        end = self._buffer.find(b"\r\n\r\n") + 4
        if end < 4 or self._asked is None:
            return
        asked, answered, _ = self._asked
        length = _LENGTH.search(self._buffer[: end - 2])
        whole = end + int(length[1]) if length and not asked.is_head else end
        if len(self._buffer) >= whole:
            answer = bytes(self._buffer[:whole])
            del self._buffer[:whole]
            self._asked = None
            answered(answer)


def _name(asked: _Asked, service: str) -> str:
    target = _TARGET.search(asked.head)
    action = target or _ACTION.search(asked.body)
    if action:
        return f"{service}:{action[1].decode()}"
    method, path, _ = asked.head.split(b" ", 2)
    return f"{service}:{method.decode()} {path.decode()}"


def _throttled(asked: _Asked, service: str) -> bytes:
    """Gives the throttling error of the protocol that a request speaks."""
    if service == "s3":
        return _message("503 Slow Down", "application/xml", b"" if asked.is_head else _SLOW_DOWN)
    if b"rpc-v2-cbor" in asked.head:
        return _message("400 Bad Request", "application/cbor", _CBOR_THROTTLING, "smithy-protocol: rpc-v2-cbor")
    if _ACTION.search(asked.body):
        error = (
            b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
        )
        return _message("400 Bad Request", "text/xml", error + b"<RequestId>0</RequestId></ErrorResponse>")
    code = "TooManyRequestsException" if service == "organizations" else "ThrottlingException"
    body = json.dumps({"__type": code, "message": "Rate exceeded"}).encode()
    return _message("400 Bad Request", "application/x-amz-json-1.1", body, f"x-amzn-errortype: {code}")


def _message(status: str, kind: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def serve(options: Options) -> None:
    """Serves until it is cancelled; prints the URL first."""
    relay = _Relay(options)
    server = await asyncio.get_running_loop().create_server(lambda: _Client(relay), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()
