"""A thin layer before moto that answers as AWS does where moto does not.

What moto lacks is kept in `auditor.demo.gaps`, one module for each service, so that whoever scans the account needs no
special case for an emulator. The layer also counts the calls and can be told to fail some of them.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import Any

from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from auditor.demo import endpoints
from auditor.demo.call import Call, Handler, Scope, identify, scope_of
from auditor.demo.callers import Caller, Callers
from auditor.demo.emulator import Emulator
from auditor.demo.faults import Faults
from auditor.demo.gaps import Gaps
from auditor.demo.mirrors import Answers, Mirrors, changes, inward, outward
from auditor.demo.paging import Pages

_SEED = 7
_LOG = logging.getLogger(__name__)


class Front:
    """Answers requests, one at a time.

    Attributes:
        faults: The faults that are set.
        pages: How lists are cut into pages.
        mirrors: Which account is answered from which.
        gaps: What moto lacks, and its state.
        latency: Seconds by which every answer is held back.
    """

    def __init__(self) -> None:
        self._emulator = Emulator()
        self.reset()

    def reset(self) -> None:
        """Empties the account and forgets calls, faults, mirrors, page sizes and latency."""
        for path in ("/moto-api/reset", "/moto-api/seed"):
            self._emulator.ask(create_environ(path, query_string={"a": str(_SEED)}, method="POST"))
        self._calls: Counter[tuple[str, str]] = Counter()
        self._callers = Callers()
        self._answers = Answers()
        self.faults = Faults()
        self.pages = Pages()
        self.mirrors = Mirrors()
        self.gaps = Gaps(self._callers, self.mirrors, self.pages)
        self.latency = 0.0

    def answer(self, environ: dict[str, Any]) -> tuple[Response, float]:
        """Answers a request whose body is a `BytesIO`, and gives by how many seconds to hold the answer back."""
        path = environ["PATH_INFO"]
        if path.startswith("/_front/"):
            self._answers.forget()
            return endpoints.answer(self, environ), 0.0
        if path.startswith("/moto-api/reset"):
            self.reset()
            return Response('{"status": "ok"}', mimetype="application/json"), 0.0
        scope = scope_of(environ)
        if scope is None:
            return self._emulator.ask(environ), 0.0
        return self._answer_signed(environ, scope)

    def calls(self, account: str = "") -> dict[str, int]:
        """Gives how often each call was made, such as `s3:GetBucketPolicy`, by one account or by all."""
        found: Counter[str] = Counter()
        for (caller, name), number in self._calls.items():
            if account in ("", caller):
                found[name] += number
        return dict(sorted(found.items()))

    def forget_calls(self) -> None:
        """Forgets the count of calls."""
        self._calls.clear()

    def _answer_signed(self, environ: dict[str, Any], scope: Scope) -> tuple[Response, float]:
        caller = self._callers.find(scope.key, environ.get("HTTP_X_MOTO_ACCOUNT_ID", ""))
        account = self.mirrors.template(caller.account, scope.service)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if account == caller.account:
            call = identify(environ, scope, caller, account)
            if call is None:
                return self._emulator.ask(environ, scope.service), 0.0
            return self._refused(call) or self._answered(call), self.latency
        inward(environ, caller.account, account)
        response, opaque = self._mirrored(environ, scope, caller, account)
        return outward(response, caller.account, account, opaque=opaque), self.latency

    def _mirrored(self, environ: dict[str, Any], scope: Scope, caller: Caller, account: str) -> tuple[Response, bool]:
        """Answers a mirrored account from its template, from memory where another one has just asked the same."""
        # What an account sees of its organization's trail hangs on its membership.
        management = self.gaps.organizations.management_of(caller.account)
        key = self._answers.key(environ, account, scope.region, scope.service, management)
        known = self._answers.find(key)
        if known is None:
            call = identify(environ, scope, caller, account)
        else:
            call = replace(known[0], caller=caller, environ=environ)
        if call is None:
            return self._emulator.ask(environ, scope.service), False
        response = self._refused(call) or (known and known[1])
        if response is None:
            response = self._answered(call)
            self._answers.keep(key, call, response)
        return response, call.name == "s3:GetObject"

    def _refused(self, call: Call) -> Response | None:
        """Counts a call and gives the error that it gets before anybody looks for what is asked."""
        self._calls[call.caller.account, call.name] += 1
        token = call.caller.session_token
        if token and call.environ.get("HTTP_X_AMZ_SECURITY_TOKEN") != token:
            return call.error("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
        return self.faults.answer(call) or self.gaps.s3.refused(call)

    def _answered(self, call: Call) -> Response:
        if changes(call):
            self._answers.forget()
        handler = self.gaps.handler(call)
        return self.pages.cut(call, lambda whole: self._whole(whole, handler))

    def _whole(self, call: Call, handler: Handler | None) -> Response:
        return handler(call, self._forward) if handler else self._forward(call)

    def _forward(self, call: Call) -> Response:
        unknown = call.error("UnknownOperationException", f"The emulator does not know {call.name}.")
        try:
            response = self._emulator.ask(call.environ, call.service)
            return unknown if response.get_data().startswith(b"<!doctype html>") else response
        except NotImplementedError:
            return unknown
        except Exception as error:  # noqa: BLE001  moto's own bugs reach the caller as a server's do
            _LOG.debug("moto failed on %s", call.name, exc_info=True)
            return call.error("InternalFailure", f"{call.name}: {error}", 500)
