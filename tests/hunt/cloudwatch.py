"""A CloudWatch that answers queries of logs, over HTTP: a thin front before the account that the tests scan.

StartQuery, GetQueryResults and StopQuery are its own; all else is passed on.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.aws.account import Account
from tests.hunt.interpreter import LogEvent, interpreted

TARGET = "Logs_20140328."
OF_THE_CONNECTION = ("host", "connection", "content-length", "accept-encoding", "transfer-encoding", "expect")


@dataclass
class Asked:
    """A query that was started: its rows, and how often its state is told before it is done."""

    text: str
    start: int
    end: int
    groups: tuple[str, ...]
    rows: list[dict[str, str]]
    matched: int
    scanned: int
    states: list[str]


@dataclass
class CloudWatch:
    """What the front knows and how it behaves.

    Attributes:
        events: The events of each log group, by its name.
        states: What each query says of itself before it is done.
        last: What it says when it is done.
        errors: Error codes to answer calls with, each once, by the call's name.
        most: How many rows a query gives at most.
        page: How many of them at once.
        calls: How often each call was made.
        asked: The queries, by their ids.
        stopped: The ids of those that were stopped.
    """

    events: dict[str, list[LogEvent]] = field(default_factory=dict)
    states: tuple[str, ...] = ("Scheduled", "Running")
    last: str = "Complete"
    errors: dict[str, list[str]] = field(default_factory=dict)
    most: int = 10_000
    page: int = 10_000
    calls: Counter[str] = field(default_factory=Counter)
    asked: dict[str, Asked] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)

    def answer(self, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls[name] += 1
        if self.errors.get(name):
            code = self.errors[name].pop(0)
            return 400, {"__type": code, "message": f"{code} it is"}
        handler = {"StartQuery": self.start, "GetQueryResults": self.results, "StopQuery": self.stop}[name]
        return handler(body)

    def start(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        groups = [each.rpartition("log-group:")[2] for each in body["logGroupIdentifiers"]]
        if missing := [each for each in groups if each not in self.events]:
            return 400, {"__type": "ResourceNotFoundException", "message": f"Log group '{missing[0]}' does not exist"}
        start, end, text = body["startTime"], body["endTime"], body["queryString"]
        every = sorted((event for each in groups for event in self.events[each]), key=lambda event: event.at)
        taken = [event for event in every if start * 1000 <= event.at <= end * 1000 + 999]
        rows = interpreted(text, taken)[: self.most]
        matched = len(interpreted(text.rpartition("\n| limit ")[0], taken))
        scanned = sum(len(event.message.encode()) for event in taken)
        query = f"query-{len(self.asked)}"
        self.asked[query] = Asked(text, start, end, tuple(groups), rows, matched, scanned, list(self.states))
        self.started.set()
        return 200, {"queryId": query}

    def results(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        query = self.asked[body["queryId"]]
        if query.states:
            # The rows that are known so far are given as well, and are not to be taken for all.
            state = query.states[0] if query.states[0] == "Forever" else query.states.pop(0)
            return 200, {"status": state.replace("Forever", "Running"), "results": cells(query.rows[:1])}
        first = int(body.get("nextToken", 0))
        more = {"nextToken": str(first + self.page)} if first + self.page < len(query.rows) else {}
        statistics = {"recordsMatched": float(query.matched), "bytesScanned": float(query.scanned)}
        rows = cells(query.rows[first : first + self.page])
        return 200, {"status": self.last, "results": rows, "statistics": statistics, **more}

    def stop(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.stopped.append(body["queryId"])
        return 200, {"success": True}


def cells(rows: Sequence[dict[str, str]]) -> list[list[dict[str, str]]]:
    return [[{"field": name, "value": value} for name, value in row.items()] for row in rows]


@contextmanager
def serving_logs(account: Account) -> Iterator[tuple[Account, CloudWatch]]:
    """Gives an account like another one, whose logs can be asked."""
    logs = CloudWatch()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = self.headers.get("X-Amz-Target", "").removeprefix(TARGET)
            if name in ("StartQuery", "GetQueryResults", "StopQuery"):
                status, told = logs.answer(name, json.loads(body))
                self.reply(status, json.dumps(told).encode(), "application/x-amz-json-1.1")
            else:
                self.passed_on(body or None)

        do_GET = do_HEAD = do_PUT = do_DELETE = do_POST  # noqa: N815 - the names of the standard library

        def passed_on(self, body: bytes | None) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_THE_CONNECTION}
            url = f"{account.endpoint_url}{self.path}"
            request = urllib.request.Request(url, body, headers, method=self.command)  # noqa: S310 - our own server
            try:
                with urllib.request.urlopen(request) as found:  # noqa: S310
                    self.reply(found.status, found.read(), found.headers.get("Content-Type", ""))
            except urllib.error.HTTPError as error:
                self.reply(error.code, error.read(), error.headers.get("Content-Type", ""))

        def reply(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Account(f"http://127.0.0.1:{server.server_port}"), logs
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
