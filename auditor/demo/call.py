"""One AWS API call as the front sees it: what is asked, and how to answer in the caller's own protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.sax.saxutils import escape

from botocore.parsers import create_parser
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from auditor.demo.callers import Caller

Forward = Callable[["Call"], Response]
Handler = Callable[["Call", Forward], Response]

_SERVICES = {"monitoring": "cloudwatch"}
"""Signing names that are not the name boto3 gives a service."""

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_JSON_TYPE = "application/x-amz-json-1.1"
_XML = {"query", "ec2", "rest-xml"}


@dataclass(frozen=True, slots=True)
class Call:
    """One API call.

    Attributes:
        service: The service as boto3 names it, such as `s3control`.
        operation: The operation, such as `GetPublicAccessBlock`.
        account: The account whose state answers: the caller's own, or the template where that is a mirror.
        region: The region that the call is signed for.
        params: The arguments, under the names that boto3 takes them by.
        environ: The WSGI environment, its body not yet read.
        model: The operation's model.
        protocol: The wire protocol, such as `json`.
        caller: Who calls.
    """

    service: str
    operation: str
    account: str
    region: str
    params: dict[str, Any]
    environ: dict[str, Any]
    model: Any
    protocol: str
    caller: Caller

    @property
    def name(self) -> str:
        """Gives service and operation, such as `s3:GetBucketPolicy`."""
        return f"{self.service}:{self.operation}"

    @property
    def who(self) -> str:
        """Gives the ARN of the caller as an answer is to tell it, in which a mirror still goes by its template's id."""
        return self.caller.arn.replace(self.caller.account, self.account)

    def reply(self, result: dict[str, Any]) -> Response:
        """Gives the response that carries a result in the caller's protocol."""
        serializer = get_serializer_class(self.service, self.protocol)
        wire = serializer(operation_model=self.model).serialize(result)
        kind = "text/xml" if self.protocol in _XML else _JSON_TYPE
        headers = {**wire["headers"], "Content-Type": kind, "x-amzn-RequestId": _REQUEST_ID}
        return Response(wire["body"], status=int(wire["status_code"]), headers=headers)

    def error(self, code: str, message: str, status: int = 400) -> Response:
        """Gives an error response in the caller's protocol."""
        headers = {"x-amzn-RequestId": _REQUEST_ID}
        if self.protocol not in _XML:
            headers["X-Amzn-Errortype"] = code
            body = json.dumps({"__type": code, "message": message})
            return Response(body, status, headers, content_type=_JSON_TYPE)
        told = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        if self.service != "s3":
            told = f"<ErrorResponse>{told}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
        return Response(told, status, headers, content_type="text/xml")

    def read(self, response: Response) -> dict[str, Any]:
        """Gives what a successful response says, as boto3 would give it."""
        wire = {
            "status_code": response.status_code,
            "headers": {key.lower(): value for key, value in response.headers.items()},
            "body": response.get_data(),
        }
        parsed: dict[str, Any] = create_parser(self.protocol).parse(wire, self.model.output_shape)
        parsed.pop("ResponseMetadata", None)
        return parsed

    def changed(self, response: Response, change: Callable[[dict[str, Any]], None]) -> Response:
        """Gives a response with its result changed in place; errors pass as they are."""
        if response.status_code >= 300:
            return response
        result = self.read(response)
        change(result)
        return self.reply(result)

    def seen_by(self, account: str) -> Call:
        """Gives the call as one that an account's state answers, such as the one that owns what is asked for."""
        return replace(self, account=account, environ={**self.environ, "HTTP_X_MOTO_ACCOUNT_ID": account})

    def without(self, *names: str) -> Call:
        """Gives the call without some of its arguments, for a protocol whose body holds them."""
        found = [name for name in names if name in self.params]
        if not found:
            return self
        body = self.environ["wsgi.input"].read()
        if self.protocol == "query":
            fields = [field for field in parse_qsl(body.decode()) if field[0] not in found]
            rest = urlencode(fields).encode()
        else:
            rest = json.dumps({k: v for k, v in json.loads(body).items() if k not in found}).encode()
        environ = {**self.environ, "wsgi.input": BytesIO(rest), "CONTENT_LENGTH": str(len(rest))}
        params = {name: value for name, value in self.params.items() if name not in found}
        return replace(self, params=params, environ=environ)


class Scope(NamedTuple):
    """What a signature says it is for.

    Attributes:
        key: The access key's id.
        region: The region.
        service: The service as boto3 names it.
    """

    key: str
    region: str
    service: str


def scope_of(environ: dict[str, Any]) -> Scope | None:
    """Gives what a request's signature is for; None for a request that carries none."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    if len(scope) != 5:
        return None
    key, _, region, signing_name, _ = scope
    service = _SERVICES.get(signing_name, signing_name)
    if service == "s3" and environ.get("PATH_INFO", "").startswith("/v20180820/"):
        service = "s3control"
    return Scope(key, region, service)


def identify(environ: dict[str, Any], scope: Scope, caller: Caller, account: str) -> Call | None:
    """Gives the API call that a request is, or None where the request is not one that is understood.

    Args:
        environ: The WSGI environment; its body can be read again afterwards.
        scope: What the signature is for.
        caller: Who calls.
        account: The account whose state answers.
    """
    request = Request({**environ, "wsgi.input": BytesIO(environ["wsgi.input"].getvalue())})
    try:
        model, labels = get_service_router(scope.service).match(request)
    except (NotFound, NotImplementedError):
        return None
    protocol = determine_request_protocol(model.service_model, request.content_type)
    params = _params(request, model, protocol, labels)
    return Call(scope.service, str(model.name), account, scope.region, params, environ, model, protocol, caller)


def _params(request: Request, model: Any, protocol: str, labels: dict[str, Any]) -> dict[str, Any]:
    if protocol == "rest-xml" and request.method == "PUT" and not _speaks_xml(request):
        return dict(labels)
    parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": urlsplit(request.url).path,
            "url_params": labels,
        }
    )
    return {**labels, **parsed}


def _speaks_xml(request: Request) -> bool:
    return request.get_data().lstrip().startswith(b"<")
