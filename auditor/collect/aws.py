"""One call to AWS: its answer, or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as NotConnectedError,
)

from auditor.collect.connection import CONCURRENT_CALLS, Connection
from auditor.collect.operations import Operation
from auditor.model.fact import Fact, Source, Unreadable

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS answered, all pages of it.

    Attributes:
        body: The answer's fields under AWS's names; empty where it was "not set".
        absent: The error code that said "not set", else empty.
    """

    source: Source
    body: Mapping[str, Any]
    absent: str = ""

    def fact(self, model: type[F], fields: Mapping[str, Any] | None = None) -> F:
        """Gives the answer, or fields taken from it, as a fact."""
        return model.model_validate({**(self.body if fields is None else fields), "source": self.source})

    def facts(self, key: str, model: type[F]) -> tuple[F, ...]:
        """Gives each item of a list in the answer as a fact."""
        return tuple(self.fact(model, item) for item in self.body.get(key) or ())


Progress = Callable[[str], None]


def _silent(call: str) -> None:
    """Tells nobody of a call."""


@dataclass(slots=True)
class Aws:
    """Makes calls, each of them once, at most `CONCURRENT_CALLS` at a time.

    Attributes:
        connection: Where to.
        progress: Told of each call that has been answered, such as `s3:GetBucketAcl`.
    """

    connection: Connection
    progress: Progress = _silent
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(CONCURRENT_CALLS, "aws"))
    _asked: dict[tuple[object, ...], asyncio.Task[Answer | Unreadable]] = field(default_factory=dict)

    async def read(
        self,
        operation: Operation,
        region: str,
        *,
        of: str,
        account_id: str = "",
        **params: Any,
    ) -> Answer | Unreadable:
        """Gives the answer to a call; the same call is sent once, whoever asks.

        Args:
            operation: What to call.
            region: Where.
            of: The resource that is read, for the message where it cannot be.
            account_id: The account that owns the resource, where it is not the caller's.
            **params: The call's parameters.
        """
        key = (operation.service, operation.name, region, repr(sorted(params.items())))
        if key not in self._asked:
            call = _Call(operation, region, of, account_id, params)
            self._asked[key] = asyncio.ensure_future(self._in_thread(call))
        return await self._asked[key]

    def prepare(self, services: Iterable[str], region: str) -> None:
        """Begins to make clients that will be asked for, in this order, while the first calls are under way."""

        def make() -> None:
            for service in services:
                self.connection.client(service, region)

        self._pool.submit(make)

    async def _in_thread(self, call: _Call) -> Answer | Unreadable:
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, _send, self.connection, call)
        self.progress(answer.source.call)
        return answer

    def close(self) -> None:
        """Lets the threads go."""
        self._pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Call:
    operation: Operation
    region: str
    of: str
    account_id: str
    params: Mapping[str, Any]

    def source(self, request_id: str = "") -> Source:
        return Source(
            service=self.operation.service,
            operation=self.operation.name,
            region=self.region,
            at=datetime.now(UTC),
            request_id=request_id,
        )

    def unreadable(self, code: str, message: str, request_id: str = "") -> Unreadable:
        return Unreadable(
            source=self.source(request_id),
            error_code=code,
            message=message,
            permission=self.operation.permission,
            resource=self.of,
            account_id=self.account_id,
        )


def _send(connection: Connection, call: _Call) -> Answer | Unreadable:
    unsettled = call.operation.recent and connection.endpoint_url is not None
    try:
        client = connection.client(call.operation.service, call.region, patient=not unsettled)
        body = _all_pages(client, xform_name(call.operation.name), call.params)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        request_id = error.response.get("ResponseMetadata", {}).get("RequestId", "")
        # A bare status is an answer that is not AWS's.
        if code in call.operation.absent or (unsettled and code.isdigit()):
            return Answer(call.source(request_id), {}, absent=code)
        return call.unreadable(code, error.response.get("Error", {}).get("Message", ""), request_id)
    except (NotConnectedError, HTTPClientError) as error:
        return call.unreadable("Unreachable", str(error))
    except BotoCoreError as error:
        return call.unreadable(type(error).__name__, str(error))
    return Answer(call.source(body.get("ResponseMetadata", {}).get("RequestId", "")), body)


def _all_pages(client: BaseClient, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Gives the answer with the lists of all its pages joined."""
    if not client.can_paginate(method):
        answer: dict[str, Any] = getattr(client, method)(**params)
        return answer
    pages: Iterator[dict[str, Any]] = iter(client.get_paginator(method).paginate(**params))
    joined = dict(next(pages))
    for page in pages:
        for key, value in page.items():
            if isinstance(value, list):
                joined[key] = [*joined.get(key, ()), *value]
    return joined


def elsewhere(operation: Operation, resource: str, account_id: str, source: Source) -> Unreadable:
    """Gives the fact that a resource of another account was not read, since no call of the caller's could.

    Args:
        operation: What would have been called there.
        resource: The ARN of the resource.
        account_id: The account that owns it.
        source: The call that named the resource.
    """
    return Unreadable(
        source=source,
        error_code="OtherAccount",
        message="",
        permission=operation.permission,
        resource=resource,
        account_id=account_id,
    )
