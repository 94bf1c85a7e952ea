"""A digest file: what it says, and the text that CloudTrail signed.

Sources:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from auditor.integrity.times import read_time

# The digest of an hour with a hundred thousand log files has some fifty megabytes.
LARGEST = 512 * 1024 * 1024
GZIP = 16 + zlib.MAX_WBITS
_REQUIRED = ("digestPublicKeyFingerprint", "digestS3Bucket", "digestS3Object", "digestStartTime", "digestEndTime")


class FormatError(Exception):
    """A file is no digest; the text says why, as a clause."""


@dataclass(frozen=True, slots=True)
class NamedLog:
    """A log file as a digest names it; `digest` is the hash of its uncompressed content, in hexadecimal."""

    bucket: str
    key: str
    digest: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest file says.

    Attributes:
        start: From when on the log files that it names were delivered.
        end: Until when.
        bucket: Where CloudTrail put it.
        key: Its key there.
        fingerprint: The public key that its signature is to be verified with.
        previous: The bucket and the key of the digest before; None in a starting digest, the first of its chain.
        previous_signature: The signature of the digest before, in hexadecimal; None in a starting digest.
        logs: The log files that it names.
        signed: The text that CloudTrail signed.
        trailing: Whether more follows in the file after the digest.
    """

    start: datetime
    end: datetime
    bucket: str
    key: str
    fingerprint: str
    previous: tuple[str, str] | None
    previous_signature: str | None
    logs: tuple[NamedLog, ...]
    signed: bytes
    trailing: bool


def read_digest(body: bytes) -> Digest:
    """Gives what a digest file says; nothing of it is proved yet.

    Raises:
        FormatError: It is no digest.
    """
    content, trailing = _inflated(body)
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise FormatError("its content is not JSON") from error
    if not isinstance(said, dict):
        raise FormatError("its content is no JSON object")
    lacking = [name for name in _REQUIRED if not isinstance(said.get(name), str)]
    if lacking or "previousDigestSignature" not in said:
        raise FormatError(f"it lacks {', '.join(lacking) or 'previousDigestSignature'}")
    signature = _text(said, "previousDigestSignature")
    bucket, key = _text(said, "previousDigestS3Bucket"), _text(said, "previousDigestS3Object")
    return Digest(
        start=_time(said, "digestStartTime"),
        end=_time(said, "digestEndTime"),
        bucket=said["digestS3Bucket"],
        key=said["digestS3Object"],
        fingerprint=said["digestPublicKeyFingerprint"],
        previous=(bucket, key) if bucket is not None and key is not None else None,
        previous_signature=signature,
        logs=_logs(said),
        signed=_signed(said, content, signature),
        trailing=trailing,
    )


def _inflated(body: bytes) -> tuple[bytes, bool]:
    inflater = zlib.decompressobj(GZIP)
    try:
        content = inflater.decompress(body, LARGEST)
    except zlib.error as error:
        raise FormatError("it is not gzip") from error
    if inflater.unconsumed_tail:
        raise FormatError(f"it unpacks to more than {LARGEST // 2**20} MB")
    if not inflater.eof:
        raise FormatError("it is cut off")
    return content, bool(inflater.unused_data)


def _signed(said: Mapping[str, Any], content: bytes, previous_signature: str | None) -> bytes:
    """Gives the end time, the place, the hash of the uncompressed content and the signature before, a line each.

    A starting digest has no signature before; there CloudTrail signed the word `null`.
    """
    place = f"{said['digestS3Bucket']}/{said['digestS3Object']}"
    before = "null" if previous_signature is None else previous_signature
    return "\n".join((said["digestEndTime"], place, hashlib.sha256(content).hexdigest(), before)).encode(
        "utf-8", "surrogatepass"
    )


def _logs(said: Mapping[str, Any]) -> tuple[NamedLog, ...]:
    listed = said.get("logFiles") or ()
    try:
        return tuple(
            NamedLog(one["s3Bucket"], one["s3Object"], one["hashValue"].lower(), one.get("hashAlgorithm") or "SHA-256")
            for one in listed
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise FormatError("it names a log file without a place or a hash") from error


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise FormatError(f"its {name} is no text")
    return value


def _time(said: Mapping[str, Any], name: str) -> datetime:
    found = read_time(said[name])
    if found is None:
        raise FormatError(f"its {name} is no time")
    return found
