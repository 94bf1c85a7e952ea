"""A thin WSGI layer before moto's server that answers as AWS does where moto does not.

What moto lacks is kept in `auditor.demo.gaps`, one module for each service, so that whoever scans the account needs no
special case for an emulator. The layer also counts the calls and can be told to fail some of them.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable
from threading import Lock
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import create_environ, run_wsgi_app
from werkzeug.wrappers import Response

from auditor.demo import endpoints
from auditor.demo.call import Call, Handler, identify
from auditor.demo.faults import Faults
from auditor.demo.gaps import Gaps
from auditor.demo.paging import Pages

_SEED = 7
_LOG = logging.getLogger(__name__)


class Front:
    """The WSGI application.

    Attributes:
        faults: The faults that are set.
        pages: How lists are cut into pages.
        gaps: What moto lacks, and its state.
        latency: Seconds by which every answer is held back.
    """

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = Lock()
        self._calls: Counter[str] = Counter()
        self.faults = Faults()
        self.pages = Pages()
        self.gaps = Gaps()
        self.latency = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers one request."""
        return self._answer(environ)(environ, start_response)

    def calls(self) -> dict[str, int]:
        """Gives how often each call was made, such as `s3:GetBucketPolicy`."""
        with self._lock:
            return dict(sorted(self._calls.items()))

    def forget_calls(self) -> None:
        """Forgets the count of calls."""
        with self._lock:
            self._calls.clear()

    def reset(self) -> None:
        """Empties the account and forgets calls, faults, page sizes and latency."""
        for path in ("/moto-api/reset", "/moto-api/seed"):
            self._from_moto(create_environ(path, query_string={"a": str(_SEED)}, method="POST"))
        self.forget_calls()
        self.faults.clear()
        self.pages = Pages()
        self.gaps = Gaps()
        self.latency = 0.0

    def _answer(self, environ: dict[str, Any]) -> Response:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_front/"):
            return endpoints.answer(self, environ)
        if path.startswith("/moto-api/reset"):
            self.reset()
            return Response('{"status": "ok"}', mimetype="application/json")
        call = identify(environ)
        if call is None:
            return self._from_moto(environ)
        return self._answer_call(call)

    def _answer_call(self, call: Call) -> Response:
        with self._lock:
            self._calls[call.name] += 1
        if self.latency:
            time.sleep(self.latency)
        fault = self.faults.answer(call)
        if fault is not None:
            return fault
        handler = self.gaps.handler(call)
        return self.pages.cut(call, lambda whole: self._whole(whole, handler))

    def _whole(self, call: Call, handler: Handler | None) -> Response:
        return handler(call, self._forward) if handler else self._forward(call)

    def _forward(self, call: Call) -> Response:
        unknown = call.error("UnknownOperationException", f"The emulator does not know {call.name}.")
        try:
            response = self._from_moto(call.environ)
            return unknown if response.get_data().startswith(b"<!doctype html>") else response
        except NotImplementedError:
            return unknown
        except Exception as error:  # noqa: BLE001  moto's own bugs reach the caller as a server's do
            _LOG.debug("moto failed on %s", call.name, exc_info=True)
            return call.error("InternalFailure", f"{call.name}: {error}", 500)

    def _from_moto(self, environ: dict[str, Any]) -> Response:
        body, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        return Response(body, status=status, headers=headers, direct_passthrough=False)
