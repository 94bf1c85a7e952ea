"""A prefix of an S3 bucket. The bucket's own settings decide on encryption and retention."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect.operations import Operation
from auditor.errors import OutputError, UsageError

PUT_OBJECT = Operation("s3", "PutObject", "s3:PutObject")
GET_OBJECT = Operation("s3", "GetObject", "s3:GetObject")
LIST_OBJECTS = Operation("s3", "ListObjectsV2", "s3:ListBucket")
# What a run over many accounts does with its reports, by what its permissions are granted on.
ON_OBJECTS = (GET_OBJECT, PUT_OBJECT)
ON_BUCKET = (LIST_OBJECTS,)

_PROBE = ".trail-auditor"
_ABSENT = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, slots=True)
class S3Prefix:
    """Objects below a prefix.

    Attributes:
        client: An S3 client whose credentials may write there.
        bucket: The bucket.
        prefix: Empty, or what comes before each name, with a `/` at its end.
    """

    client: Any  # the stubs of a service are a package of their own each
    bucket: str
    prefix: str

    @property
    def place(self) -> str:
        """The prefix as a URL."""
        return f"s3://{self.bucket}/{self.prefix}"

    def prepare(self) -> None:
        """Writes an object that holds nothing, and takes it away again where that is allowed.

        Raises:
            OutputError: It cannot be written.
        """
        self.write(_PROBE, b"")
        try:
            self.client.delete_object(Bucket=self.bucket, Key=self._key(_PROBE))
        except (ClientError, BotoCoreError):
            # To delete is a right that a place for evidence has good reason to withhold.
            return

    def write(self, name: str, content: bytes) -> None:
        """Puts an object.

        Raises:
            OutputError: It cannot be put.
        """
        kind = _KINDS.get(name.rpartition(".")[2]) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        try:
            self.client.put_object(Bucket=self.bucket, Key=self._key(name), Body=content, ContentType=kind)
        except (ClientError, BotoCoreError) as error:
            raise self._failed(name, "written", PUT_OBJECT, error) from error

    def read(self, name: str) -> bytes | None:
        """Gives an object's content, or None where there is no such object.

        Raises:
            OutputError: It cannot be read.
        """
        try:
            content: bytes = self.client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _ABSENT:
                return None
            raise self._failed(name, "read", GET_OBJECT, error) from error
        except BotoCoreError as error:
            raise self._failed(name, "read", GET_OBJECT, error) from error
        return content

    def names(self, prefix: str) -> Iterator[str]:
        """Gives the names of all objects below a prefix.

        Raises:
            OutputError: They cannot be listed.
        """
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._key(prefix)):
                yield from (found["Key"].removeprefix(self.prefix) for found in page.get("Contents", ()))
        except (ClientError, BotoCoreError) as error:
            raise self._failed(prefix, "listed", LIST_OBJECTS, error) from error

    def _key(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def _failed(self, name: str, done: str, operation: Operation, error: ClientError | BotoCoreError) -> OutputError:
        said = str(error).rstrip(".")
        return OutputError(
            f"{self.place}{name} cannot be {done}: {said}.",
            f"See that the caller has {operation.permission} on the bucket.",
        )


# What a browser shows rather than saves; what the standard library does not know by its ending.
_KINDS = {
    "html": "text/html; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def bucket_and_prefix(url: str) -> tuple[str, str]:
    """Gives the bucket and the prefix, which is empty or ends in `/`, of `s3://bucket/prefix`.

    Raises:
        UsageError: The URL names no bucket.
    """
    parts = urlsplit(url)
    if not parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{url!r} names no place in S3.", "Give one such as s3://bucket/prefix.")
    prefix = parts.path.strip("/")
    return parts.netloc, f"{prefix}/" if prefix else ""
