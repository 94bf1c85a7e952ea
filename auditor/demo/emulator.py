"""Asks moto, past its Flask application where that can be: most of an answer's time went there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import moto.core.responses
from botocore.exceptions import ClientError
from moto.backends import get_backend, list_of_moto_modules
from moto.core.base_backend import BackendDict
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

_Dispatch = Callable[[Any, str, dict[str, str]], Any]


class _Request(Request):
    from_wsgi_server = True


class Emulator:
    """Moto, as a function from a request to a response."""

    def __init__(self) -> None:
        self._application = DomainDispatcherApplication(create_backend_app)
        # Moto lists the methods of a class anew for each call.
        vars(moto.core.responses)["method_names_from_class"] = cache(method_names_from_class)

    def ask(self, environ: dict[str, Any], service: str = "") -> Response:
        """Gives moto's response.

        Args:
            environ: The WSGI environment.
            service: The service as boto3 names it; empty where the request is not an API call.

        Raises:
            NotImplementedError: Moto does not know the operation.
            Exception: Moto has a bug.
        """
        path = environ["PATH_INFO"]
        dispatch = next((found for pattern, found in _dispatchers(service) if pattern.match(path)), None)
        if dispatch is None:
            body, status, headers = run_wsgi_app(self._application, environ, buffered=True)
            return Response(b"".join(body), status=status, headers=headers)
        request = _Request(environ)
        try:
            result = dispatch(request, request.raw_url, dict(request.headers))
        except HTTPException as error:
            return Response.from_app(error.get_response(environ), environ)
        except ClientError as error:
            return Response(error.response["Error"]["Message"], status=400)
        status, headers, body = result if len(result) == 3 else (200, {}, result)
        response = Response(body, status=status, headers=headers)
        if request.method == "HEAD" and "content-length" in headers:
            response.headers["Content-Length"] = headers["content-length"]
        return response


@cache
def _dispatchers(service: str) -> tuple[tuple[re.Pattern[str], _Dispatch], ...]:
    """Gives what moto answers a service's paths with; nothing for a service that goes by another name there."""
    if service not in list_of_moto_modules():
        return ()
    backends: Any = get_backend(service)  # type: ignore[call-overload]
    if not isinstance(backends, BackendDict):
        return ()
    account = backends[DEFAULT_ACCOUNT_ID]
    backend = account["us-east-1" if "us-east-1" in account else "aws"]
    # Some of moto's paths are Flask's; they match nothing as patterns, and beside each there is one that does.
    return tuple((re.compile(path), dispatch) for path, dispatch in backend.url_paths.items() if "<path:" not in path)
