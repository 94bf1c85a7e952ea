"""A CloudTrail endpoint that answers ListPublicKeys, which moto lacks, and hands all other calls on to the account."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.integrity.signed import fingerprint, public_key

_DIRECT = build_opener(ProxyHandler({}))
_HOPS = {"host", "connection", "content-length", "expect", "transfer-encoding"}


@contextmanager
def key_server(account_url: str, keys: Mapping[str, list[str]]) -> Iterator[str]:
    """Serves the keys of each region, by the names that `signed` has for them, and gives the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("X-Amz-Target", "").endswith("ListPublicKeys"):
                region = self.headers["Authorization"].partition("Credential=")[2].split("/")[2]
                self._answer(
                    200, json.dumps({"PublicKeyList": [_told(name) for name in keys.get(region, [])]}).encode()
                )
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() not in _HOPS}
            request = Request(f"{account_url}{self.path}", data=body, headers=kept, method="POST")  # noqa: S310 - loopback
            try:
                with _DIRECT.open(request, timeout=30) as response:
                    self._answer(response.status, response.read())
            except HTTPError as error:
                self._answer(error.code, error.read())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _told(name: str) -> dict[str, object]:
    return {
        "Value": base64.b64encode(public_key(name)).decode(),
        "ValidityStartTime": 1_790_000_000,
        "ValidityEndTime": 1_800_000_000,
        "Fingerprint": fingerprint(name),
    }
