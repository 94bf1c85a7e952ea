"""Log files in a bucket: listed a page at a time, and fetched ahead of the reader by a few threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from auditor.collect.connection import CONCURRENT_CALLS, Connection
from auditor.collect.operations import Operation
from auditor.logs.files import LogFile, LogFileError, Unlisted, delivered_at, is_digest
from auditor.model.fact import DENIED
from auditor.pattern.streams import may_hold_events

LIST_OBJECTS = Operation("s3", "ListObjectsV2", "s3:ListBucket")
GET_OBJECT = Operation("s3", "GetObject", "s3:GetObject")

# Each is held in memory until it is read; a log file of CloudTrail has a few hundred kilobytes at most.
_AHEAD = 2 * CONCURRENT_CALLS


@dataclass(frozen=True, slots=True)
class S3File:
    """An object of a bucket, which is on its way."""

    name: str
    size: int
    content: Future[bytes]

    def read(self) -> bytes:
        """Gives its content.

        Raises:
            LogFileError: It could not be fetched.
        """
        try:
            return self.content.result()
        except (ClientError, BotoCoreError, HTTPClientError) as error:
            raise LogFileError(_reason(error, GET_OBJECT)) from error


class BucketFiles:
    """The objects under a prefix that hold events by their names."""

    def __init__(self, connection: Connection, bucket: str, prefix: str, since: datetime | None = None) -> None:
        self.bucket = bucket
        self.prefix = prefix
        self.since = since
        self._client: Any = connection.client("s3", connection.region)

    @property
    def place(self) -> str:
        """The bucket and the prefix as a URL."""
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def size(self) -> None:
        """Not known before all are listed."""
        return

    def __iter__(self) -> Iterator[LogFile | Unlisted]:
        pool = ThreadPoolExecutor(CONCURRENT_CALLS, "logs")
        try:
            yield from self._fetched(pool)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _fetched(self, pool: ThreadPoolExecutor) -> Iterator[LogFile | Unlisted]:
        coming: deque[S3File] = deque()
        keys = self._keys()
        failed = None
        while True:
            try:
                key, size = next(keys)
            except StopIteration:
                break
            except (ClientError, BotoCoreError, HTTPClientError) as error:
                failed = Unlisted(self.place, _reason(error, LIST_OBJECTS))
                break
            coming.append(S3File(f"s3://{self.bucket}/{key}", size, pool.submit(self._fetch, key)))
            if len(coming) > _AHEAD:
                yield coming.popleft()
        yield from coming
        if failed is not None:
            yield failed

    def _keys(self) -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            for item in page.get("Contents", ()):
                key = str(item["Key"])
                if key == self.prefix or self._wanted(key):
                    yield key, int(item["Size"])

    def _wanted(self, key: str) -> bool:
        if is_digest(key) or not may_hold_events(key.rpartition("/")[2]):
            return False
        delivered = delivered_at(key)
        return self.since is None or delivered is None or delivered >= self.since

    def _fetch(self, key: str) -> bytes:
        content: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return content


def _reason(error: Exception, operation: Operation) -> str:
    if not isinstance(error, ClientError):
        return f"{operation.service}:{operation.name} failed: {str(error).rstrip('.')}"
    told = error.response.get("Error", {})
    code = str(told.get("Code", "Unknown"))
    if code in DENIED:
        return f"the permission {operation.permission} is missing"
    return f"{operation.service}:{operation.name} failed with {code}: {str(told.get('Message', '')).rstrip('.')}"
