"""A small HTTP/1.1 server for the front, on one thread: connections stay open and nothing is logged.

Werkzeug's server closes each connection after one answer, as AWS does not, and starts a thread for each.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from http import HTTPStatus
from io import BytesIO
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY
from werkzeug.wrappers import Response

Answer = Callable[[dict[str, Any]], tuple[Response, float]]

_CONTENT = {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_OWN_HEADERS = {"connection", "content-length", "date", "transfer-encoding"}
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@asynccontextmanager
async def listening(answer: Answer, host: str, port: int) -> AsyncIterator[str]:
    """Serves what a function answers to a WSGI environment, held back by the seconds it gives beside it.

    Gives the URL. Connections that are still open at the end are cut.

    Raises:
        OSError: The port is taken.
    """
    loop = asyncio.get_running_loop()
    open_ones: set[asyncio.Transport] = set()
    async with await loop.create_server(lambda: _Connection(answer, open_ones), host, port, backlog=1024) as server:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"
        for transport in open_ones:
            transport.abort()
        # What is aborted is closed in the loop's next round.
        await asyncio.sleep(0)


class _Connection(asyncio.Protocol):
    """One client's connection, on which requests are answered in turn."""

    def __init__(self, answer: Answer, open_ones: set[asyncio.Transport]) -> None:
        self._answer = answer
        self._open_ones = open_ones
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._environ: dict[str, Any] | None = None
        self._is_held_back = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._open_ones.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._transport is not None:
            self._open_ones.discard(self._transport)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while self._transport is not None and not self._is_held_back:
            if self._environ is None and not self._read_head():
                return
            environ = self._environ
            body = self._read_body(environ) if environ is not None else None
            if environ is None or body is None:
                return
            self._environ = None
            environ["wsgi.input"] = BytesIO(body)
            if environ.pop("HTTP_TRANSFER_ENCODING", ""):
                environ["CONTENT_LENGTH"] = str(len(body))
            try:
                response, seconds = self._answer(environ)
            except Exception as error:  # noqa: BLE001  a bug costs the one answer, not the server
                response, seconds = Response(repr(error), status=HTTPStatus.INTERNAL_SERVER_ERROR), 0.0
            if seconds:
                self._is_held_back = True
                asyncio.get_running_loop().call_later(seconds, self._let_go, environ, response)
            else:
                self._write(environ, response)

    def _let_go(self, environ: dict[str, Any], response: Response) -> None:
        self._is_held_back = False
        self._write(environ, response)
        self._go_on()

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 4]
        try:
            self._environ = _environ(head)
        except ValueError:
            self._write({"REQUEST_METHOD": "", "SERVER_PROTOCOL": ""}, Response(status=HTTPStatus.BAD_REQUEST))
            return False
        if self._environ.get("HTTP_EXPECT", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(_CONTINUE)
        return True

    def _read_body(self, environ: dict[str, Any]) -> bytes | None:
        """Takes the whole body from the buffer, or gives None where it is not there yet."""
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            return self._read_chunks()
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self) -> bytes | None:
        body, place = bytearray(), 0
        while (line := self._buffer.find(b"\r\n", place)) >= 0:
            size = int(self._buffer[place:line].partition(b";")[0], 16)
            start, place = line + 2, line + 4 + size
            if len(self._buffer) < place:
                return None
            if size == 0:
                del self._buffer[:place]
                return bytes(body)
            body += self._buffer[start : start + size]
        return None

    def _write(self, environ: dict[str, Any], response: Response) -> None:
        if self._transport is None:
            return
        body = response.get_data()
        length = len(body)
        if environ["REQUEST_METHOD"] == "HEAD":
            length, body = int(response.headers.get("Content-Length") or length), b""
        code = response.status_code
        lines = [f"HTTP/1.1 {code} {_REASONS.get(code, '')}"]
        lines += [f"{name}: {value}" for name, value in response.headers if name.lower() not in _OWN_HEADERS]
        stays = environ.get("HTTP_CONNECTION", "").lower() != "close" and environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        lines += [f"Date: {formatdate(usegmt=True)}", f"Connection: {'keep-alive' if stays else 'close'}"]
        if code != HTTPStatus.NO_CONTENT and code != HTTPStatus.NOT_MODIFIED:
            lines.append(f"Content-Length: {length}")
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        if not stays:
            self._transport.close()


def _environ(head: str) -> dict[str, Any]:
    request, *headers = head.split("\r\n")
    method, target, protocol = request.split(" ", 2)
    if not target.startswith("/"):
        parts = urlsplit(target)
        target = parts._replace(scheme="", netloc="").geturl() or "/"
    path, _, query = target.partition("?")
    kept: dict[str, str] = {}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": protocol,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: kept,
    }
    for header in headers:
        name, _, value = header.partition(":")
        _add_header(environ, kept, name, value.strip())
    return environ


def _add_header(environ: dict[str, Any], kept: dict[str, str], name: str, value: str) -> None:
    """Adds a header; one with an underscore could pass for another, and moto keeps the metadata of objects only."""
    upper = name.upper()
    key = _CONTENT.get(upper) or f"HTTP_{upper.replace('-', '_')}"
    if "_" in name:
        if not upper.startswith("X-AMZ-META-"):
            return
        kept[key] = name
    environ[key] = f"{environ[key]},{value}" if key in environ else value
