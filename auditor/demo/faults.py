"""Faults that a test may ask the front for: calls that are denied, throttled or broken, and slow answers."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from werkzeug.wrappers import Response

from auditor.demo.call import Call

_JSON_DENIED = {"logs", "kms", "cloudtrail", "cloudwatch", "securityhub", "organizations"}


@dataclass
class Fault:
    """A fault.

    Attributes:
        operation: The call it strikes, such as `s3:GetBucketPolicy`; `s3:*` and `*` strike more.
        error: `AccessDenied`, `Throttling` or `InternalError`, each told as the service tells it, or a code
            that is passed on as it is.
        times: How many calls it strikes; None for all.
        match: Text that must occur in the call's arguments; empty for any.
        region: The only region that it strikes; empty for any.
        account: The only account whose calls it strikes; empty for any.
        status: The HTTP status of a code that is passed on.
    """

    operation: str
    error: str
    times: int | None = None
    match: str = ""
    region: str = ""
    status: int = 400
    account: str = ""

    def strikes(self, call: Call) -> bool:
        """Gives whether this fault is meant for a call."""
        wanted = (call.name, f"{call.service}:*", "*")
        if self.operation not in wanted or self.region not in ("", call.region):
            return False
        if self.account not in ("", call.caller.account):
            return False
        # The arguments of a mirrored account's call name its template.
        return not self.match or self.match in repr(call.params).replace(call.account, call.caller.account)


class Faults:
    """The faults that are set. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Sets a fault beside those that are set already."""
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        """Takes all faults away."""
        with self._lock:
            self._set.clear()

    def answer(self, call: Call) -> Response | None:
        """Gives the error that strikes a call, or None."""
        with self._lock:
            fault = next((one for one in self._set if one.strikes(call)), None)
            if fault is None:
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._set.remove(fault)
        return _told(fault, call)


def _told(fault: Fault, call: Call) -> Response:
    if fault.error == "AccessDenied":
        return _denied(call)
    if fault.error == "Throttling":
        if call.service in ("s3", "s3control"):
            return call.error("SlowDown", "Please reduce your request rate.", 503)
        code = "Throttling" if call.protocol == "query" else "ThrottlingException"
        return call.error(code, "Rate exceeded", 400)
    if fault.error == "InternalError":
        return call.error("InternalFailure", "The request processing has failed.", 500)
    return call.error(fault.error, f"The call was answered with {fault.error}.", fault.status)


def _denied(call: Call) -> Response:
    prefix = {"s3control": "s3", "cloudwatch": "cloudwatch"}.get(call.service, call.service)
    message = f"User: {call.who} is not authorized to perform: {prefix}:{call.operation}"
    if call.service == "sns":
        return call.error("AuthorizationError", message, 403)
    if call.service in _JSON_DENIED and call.protocol != "query":
        return call.error("AccessDeniedException", message, 400)
    return call.error("AccessDenied", message, 403)
