"""Mirrored accounts: many accounts that are answered from one, so that a thousand cost no more than it does.

Ids of accounts are twelve digits, so one can stand in another's place wherever it occurs and every length holds.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from io import BytesIO
from typing import Any, AnyStr

from werkzeug.wrappers import Response

from auditor.demo.call import Call

_NAMES = ("PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI")
_KEPT = {"HTTP_AUTHORIZATION", "HTTP_X_AMZ_SECURITY_TOKEN", "HTTP_X_MOTO_ACCOUNT_ID"}
_ELSEWHERE = {"sts", "organizations"}
_UNTIMELY = {"HTTP_X_AMZ_DATE", "HTTP_X_AMZ_CONTENT_SHA256", "HTTP_X_AMZ_SECURITY_TOKEN"}
_READS = ("Describe", "Get", "List", "Test")
_REMEMBERED = {
    "cloudtrail", "cloudwatch", "events", "iam", "kms", "logs", "s3", "s3control", "securityhub", "sns",
}  # fmt: skip
_SECONDS = 5.0


class Mirrors:
    """Which account is answered from which."""

    def __init__(self) -> None:
        self._templates: dict[str, str] = {}

    def add(self, of: str, accounts: Iterable[str]) -> None:
        """Lets accounts be answered from a template account.

        Raises:
            ValueError: An id is not twelve digits.
        """
        found = list(accounts)
        for account in (of, *found):
            if len(account) != 12 or not account.isdigit():
                raise ValueError(f"{account} is no account id: it has twelve digits.")
        self._templates.update(dict.fromkeys(found, of))

    def template(self, account: str, service: str = "") -> str:
        """Gives the account whose state answers for an account; itself where it is no mirror, or for STS and the like.

        Calls of STS and Organizations speak of several accounts, each of which is meant as it is.
        """
        return account if service in _ELSEWHERE else self._templates.get(account, account)


def inward(environ: dict[str, Any], account: str, template: str) -> None:
    """Swaps the ids of account and template in all that a request says; the template is a stranger to the account."""
    for name, value in environ.items():
        if (name in _NAMES or name.startswith("HTTP_")) and name not in _KEPT:
            environ[name] = _swapped(value, account, template)
    # What came compressed is passed on as it is: only metric data does.
    if "HTTP_CONTENT_ENCODING" not in environ:
        body = environ["wsgi.input"].getvalue()
        environ["wsgi.input"] = BytesIO(_swapped(body, account.encode(), template.encode()))


def outward(response: Response, account: str, template: str, *, opaque: bool) -> Response:
    """Gives a response with the ids of account and template swapped; an opaque body stays as it is."""
    headers = [(name, _swapped(value, account, template)) for name, value in response.headers]
    body = response.get_data()
    if not opaque:
        body = _swapped(body, account.encode(), template.encode())
    return Response(body, response.status_code, headers)


def _swapped(text: AnyStr, one: AnyStr, other: AnyStr) -> AnyStr:
    if one not in text and other not in text:
        return text
    return other.join(part.replace(other, one) for part in text.split(one))


class Answers:
    """Remembers for a moment what mirrored accounts were told, since all of them ask the same."""

    def __init__(self) -> None:
        self._found: dict[Any, tuple[float, Call, Response | None]] = {}

    def forget(self) -> None:
        """Forgets all, as after a change."""
        self._found.clear()

    def key(self, environ: dict[str, Any], *more: str) -> tuple[Any, ...]:
        """Gives what tells requests apart."""
        headers = [
            (name, value) for name, value in environ.items() if name.startswith("HTTP_X_AMZ") and name not in _UNTIMELY
        ]
        body = environ["wsgi.input"].getvalue()
        asked = (environ["REQUEST_METHOD"], environ["RAW_URI"], environ.get("CONTENT_TYPE"), body)
        return (*more, *asked, *sorted(headers))

    def find(self, key: tuple[Any, ...]) -> tuple[Call, Response | None] | None:
        """Gives the call that a request is, and its answer where that is known and fresh."""
        found = self._found.get(key)
        if found is None:
            return None
        told, call, response = found
        return call, response if time.monotonic() - told < _SECONDS else None

    def keep(self, key: tuple[Any, ...], call: Call, response: Response) -> None:
        """Remembers an answer to a call that only reads."""
        if call.service in _REMEMBERED and call.operation.startswith(_READS) and call.operation != "GetObject":
            self._found[key] = (time.monotonic(), call, response)


def changes(call: Call) -> bool:
    """Gives whether a call may change what others are told."""
    return not call.operation.startswith((*_READS, "Head", "Filter")) and call.service != "sts"
