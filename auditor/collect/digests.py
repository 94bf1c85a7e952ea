"""Reads what `verify-logs` needs of AWS: a trail's place, its bucket's files, and CloudTrail's public keys."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import operations as op
from auditor.collect.aws import Answer, Aws
from auditor.collect.connection import Connection
from auditor.collect.operations import Operation
from auditor.errors import CredentialsError, UnreachableError, UsageError
from auditor.integrity.place import TrailPlace, arn_parts
from auditor.integrity.shelf import MissingError, NotReadError, Stored
from auditor.model.fact import DENIED, Unreadable
from auditor.model.integrity import Span
from auditor.model.trail import Trail

LIST_OBJECTS = Operation("s3", "ListObjectsV2", "s3:ListBucket")
GET_OBJECT = Operation("s3", "GetObject", "s3:GetObject")
# A log file that is encrypted with a KMS key is decrypted with the caller's rights.
DECRYPT = Operation("kms", "Decrypt", "kms:Decrypt")
LIST_PUBLIC_KEYS = Operation("cloudtrail", "ListPublicKeys", "cloudtrail:ListPublicKeys")

# What `auditor policy --verify-logs` adds to the rights of a scan.
VERIFY = (LIST_OBJECTS, GET_OBJECT, DECRYPT, LIST_PUBLIC_KEYS)

_PIECE = 1 << 16
# What CloudTrail answers, or boto3 says, where the caller is nobody.
_NOBODY = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SignatureDoesNotMatch",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnrecognizedClientException",
    }
)
_GONE = frozenset({"NoSuchKey", "404", "NotFound"})
# A digest is signed after its time; keys are asked for as long after the time as `aws cloudtrail validate-logs` does.
_SIGNED_WITHIN = timedelta(hours=2)
_BACKFILL_WITHIN = timedelta(hours=1)
Told = Callable[[str], None]


def _silent(call: str) -> None:
    """Tells nobody of a call."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Buckets as the verification reads them: a `Shelf`.

    Attributes:
        connection: Where to read.
        region: Where the trail is at home; boto3 finds the bucket's own region from there.
        told: Told of each call that has been answered.
    """

    connection: Connection
    region: str
    told: Told = _silent
    keeps_metadata: bool = True

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Gives the names of the folders right under a prefix."""
        pages = self._pages(Bucket=bucket, Prefix=prefix, Delimiter="/")
        found = (one["Prefix"] for page in pages for one in page.get("CommonPrefixes", ()))
        return tuple(name[len(prefix) :].rstrip("/") for name in found)

    def keys(self, bucket: str, prefix: str, after: str) -> Iterator[str]:
        """Gives the keys under a prefix that come after one, in their order."""
        for page in self._pages(Bucket=bucket, Prefix=prefix, StartAfter=after):
            yield from (one["Key"] for one in page.get("Contents", ()))

    def _pages(self, **asked: str) -> Iterator[dict[str, Any]]:
        try:
            for page in self._client().get_paginator("list_objects_v2").paginate(**asked):
                self.told("s3:ListObjectsV2")
                yield page
        except (ClientError, BotoCoreError) as error:
            raise _not_read(error, LIST_OBJECTS) from error

    def read(self, bucket: str, key: str) -> Stored:
        """Gives a file with its metadata."""
        answer = self._answer(bucket, key)
        return Stored(b"".join(_body(answer)), answer["Metadata"])

    def pieces(self, bucket: str, key: str) -> Iterator[bytes]:
        """Gives a file piece by piece."""
        yield from _body(self._answer(bucket, key))

    def _answer(self, bucket: str, key: str) -> dict[str, Any]:
        client: Any = self._client()
        try:
            answer: dict[str, Any] = client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if _code(error) in _GONE:
                raise MissingError from error
            raise _not_read(error, GET_OBJECT) from error
        except BotoCoreError as error:
            raise _not_read(error, GET_OBJECT) from error
        self.told("s3:GetObject")
        return answer

    def _client(self) -> BaseClient:
        return self.connection.client("s3", self.region)


def _body(answer: dict[str, Any]) -> Iterator[bytes]:
    body = answer["Body"]
    try:
        while piece := body.read(_PIECE):
            yield piece
    except (BotoCoreError, OSError) as error:
        raise NotReadError(f"the connection broke off: {error}", passing=True) from error
    finally:
        body.close()


def _not_read(error: ClientError | BotoCoreError, operation: Operation) -> NotReadError:
    if not isinstance(error, ClientError):
        return NotReadError(f"{type(error).__name__}: {error}")
    code, message = _code(error), str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
    if code not in DENIED:
        return NotReadError(f"{code}: {message}" if message else code)
    # S3 names the key where it is KMS that refuses.
    needed = DECRYPT.permission if "kms:" in message.lower() else operation.permission
    return NotReadError(f"the permission {needed} is missing")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


@dataclass(slots=True)
class PublicKeys:
    """CloudTrail's public keys, from AWS: a `KeyRing`.

    Attributes:
        connection: Where to read.
        asked: The time whose digests are verified.
        told: Told of each call that has been answered.
    """

    connection: Connection
    asked: Span
    told: Told = _silent
    _read: dict[tuple[str, datetime, datetime], dict[str, bytes] | NotReadError] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, region: str, fingerprint: str, around: datetime | None) -> bytes | None:
        """Gives a public key in DER, or None where CloudTrail has none of that fingerprint."""
        found = self._keys(region, self.asked.start, self.asked.end + _SIGNED_WITHIN).get(fingerprint)
        if found is None and around is not None:
            found = self._keys(region, around - _BACKFILL_WITHIN, around + _BACKFILL_WITHIN).get(fingerprint)
        return found

    def _keys(self, region: str, start: datetime, end: datetime) -> dict[str, bytes]:
        with self._lock:
            if (region, start, end) not in self._read:
                self._read[region, start, end] = self._listed(region, start, end)
            found = self._read[region, start, end]
        if isinstance(found, NotReadError):
            raise found
        return found

    def _listed(self, region: str, start: datetime, end: datetime) -> dict[str, bytes] | NotReadError:
        of = f"CloudTrail's public keys in {region}"
        answer = _ask(self.connection, self.told, LIST_PUBLIC_KEYS, region, of, StartTime=start, EndTime=end)
        if isinstance(answer, Unreadable):
            return NotReadError(answer.reason)
        return {str(one["Fingerprint"]): bytes(one["Value"]) for one in answer.body.get("PublicKeyList", ())}


def trail_place(connection: Connection, arn: str, *, must_exist: bool = True) -> TrailPlace | Unreadable:
    """Gives where a trail puts its files, or why that could not be read.

    Args:
        connection: Where to read.
        arn: The trail.
        must_exist: Whether nothing can be done without it; else a trail that is gone is one that could not be read.

    Raises:
        UsageError: It is no ARN of a trail, or there is no such trail.
        CredentialsError: AWS does not accept the caller.
        UnreachableError: Nothing answers at the endpoint.
    """
    region = arn_parts(arn)[0]
    answer = _ask(connection, _silent, op.GET_TRAIL, region, arn, Name=arn)
    if not isinstance(answer, Unreadable):
        return place_of(answer.fact(Trail, {"HomeRegion": region, **answer.body["Trail"]}))
    if answer.error_code in _NOBODY:
        raise CredentialsError(
            f"AWS does not accept the credentials ({answer.error_code}): {answer.message.rstrip('.')}.",
            "Sign in again, or choose others with --profile or the AWS_* variables.",
        )
    if answer.error_code == "Unreachable":
        raise UnreachableError(
            f"AWS could not be reached in {region}: {answer.message.rstrip('.')}.",
            "Check the network and --endpoint-url.",
        )
    if answer.error_code == "TrailNotFoundException" and must_exist:
        raise UsageError(
            f"There is no trail {arn}.", "See `aws cloudtrail list-trails`; for one that is gone, give --s3-bucket."
        )
    return answer


def place_of(trail: Trail) -> TrailPlace:
    """Gives where a trail puts its files."""
    return TrailPlace(trail.arn, trail.bucket, trail.key_prefix.rstrip("/"), trail.organization, trail.multi_region)


def _ask(
    connection: Connection, told: Told, operation: Operation, region: str, of: str, **params: Any
) -> Answer | Unreadable:
    async def one() -> Answer | Unreadable:
        aws = Aws(connection, told)
        try:
            return await aws.read(operation, region, of=of, **params)
        finally:
            aws.close()

    return asyncio.run(one())
