"""A trail's bucket as CloudTrail would fill it, signed with keys of our own, and held in memory.

Nothing here uses the product's own reading of digests, so that both cannot be wrong in the same way.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.integrity import MissingError, NotReadError, Stored

ACCOUNT = "123456789012"
HOME = "us-east-1"
NAME = "management-trail"
ARN = f"arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{NAME}"
BUCKET = "acme-trail-logs"
START = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@cache
def private_key(name: str) -> RSAPrivateKey:  # noqa: ARG001 - another name, another key
    """A key of this name, the same for as long as the tests run."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_key(name: str) -> bytes:
    return private_key(name).public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)


def fingerprint(name: str) -> str:
    return hashlib.md5(public_key(name), usedforsecurity=False).hexdigest()


def sign(name: str, text: str) -> str:
    return private_key(name).sign(text.encode(), PKCS1v15(), SHA256()).hex()


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


@dataclass
class Objects:
    """A bucket, or several, in memory: a `Shelf` too.

    Attributes:
        files: What is in them, by bucket and key.
        unreadable: What may not be read.
    """

    files: dict[tuple[str, str], Stored] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    keeps_metadata: bool = True

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        names = {
            key[len(prefix) :].partition("/")[0] for key in self._under(bucket, prefix) if "/" in key[len(prefix) :]
        }
        return tuple(sorted(names))

    def keys(self, bucket: str, prefix: str, after: str) -> Iterator[str]:
        yield from (key for key in sorted(self._under(bucket, prefix)) if key > after)

    def _under(self, bucket: str, prefix: str) -> list[str]:
        return [key for where, key in self.files if where == bucket and key.startswith(prefix)]

    def read(self, bucket: str, key: str) -> Stored:
        if key in self.unreadable:
            raise NotReadError("the permission s3:GetObject is missing")
        if (bucket, key) not in self.files:
            raise MissingError
        found = self.files[bucket, key]
        return found if self.keeps_metadata else Stored(found.body)

    def pieces(self, bucket: str, key: str) -> Iterator[bytes]:
        body = self.read(bucket, key).body
        yield from (body[at : at + 100] for at in range(0, len(body), 100))


@dataclass(frozen=True)
class Written:
    """A digest that was written: its key and those of the log files that it names."""

    key: str
    logs: tuple[str, ...]


@dataclass
class Chain:
    """Writes one chain of digests, an hour each.

    Attributes:
        objects: Where to.
        key: The name of the private key.
    """

    objects: Objects
    region: str = HOME
    account: str = ACCOUNT
    name: str = NAME
    home: str = HOME
    bucket: str = BUCKET
    before: str = "AWSLogs/"
    key: str = "cloudtrail"
    written: list[Written] = field(default_factory=list)
    backfills: list[Written] = field(default_factory=list)
    _last: dict[str, Any] | None = None

    def hours(self, count: int, logs: int = 2, start: datetime = START) -> Chain:
        """Writes so many digests, the first of them a starting one unless the chain has begun."""
        for hour in range(count):
            self.digest(start + hour * HOUR, logs)
        return self

    def digest(self, start: datetime, logs: int, **changed: Any) -> Written:
        """Writes the digest of the hour from `start` on."""
        end = start + HOUR
        named = [self.log(start + timedelta(minutes=5 * number + 5), number) for number in range(logs)]
        return self.put(start, end, named, **changed)

    def backfill(self, start: datetime, logs: int, generated: datetime, **changed: Any) -> Written:
        """Writes a backfill digest of the hour from `start` on; each stands alone."""
        end = start + HOUR
        named = [self.log(start + timedelta(minutes=5 * number + 5), 900 + number) for number in range(logs)]
        kept, self._last = self._last, None
        written = self.put(start, end, named, generated=generated, **changed)
        self._last = kept
        self.written.remove(written)
        self.backfills.append(written)
        return written

    def restart(self) -> Chain:
        """Lets the next digest be a starting one, as after validation was off."""
        self._last = None
        return self

    def log(self, delivered: datetime, number: int) -> dict[str, Any]:
        """Puts a log file there, and gives what a digest says of it."""
        key = (
            f"{self.before}{self.account}/CloudTrail/{self.region}/{delivered:%Y/%m/%d}/"
            f"{self.account}_CloudTrail_{self.region}_{delivered:%Y%m%dT%H%M}Z_{number:016d}.json.gz"
        )
        content = self.content(delivered, number)
        self.objects.files[self.bucket, key] = Stored(packed(content))
        return {
            "s3Bucket": self.bucket,
            "s3Object": key,
            "hashValue": hashlib.sha256(content).hexdigest(),
            "hashAlgorithm": "SHA-256",
            "newestEventTime": iso(delivered),
            "oldestEventTime": iso(delivered),
        }

    def content(self, delivered: datetime, number: int) -> bytes:
        """Gives what a log file holds before it is packed."""
        record = {"eventTime": iso(delivered), "eventName": "DescribeTrails", "number": number, "region": self.region}
        return json.dumps({"Records": [record]}).encode()

    def digest_key(self, end: datetime, *, backfill: bool = False) -> str:
        return (
            f"{self.before}{self.account}/CloudTrail-Digest/{self.region}/{end:%Y/%m/%d}/{self.account}_CloudTrail-Digest_"
            f"{self.region}_{self.name}_{self.home}_{end:%Y%m%dT%H%M%SZ}{'_backfill' if backfill else ''}.json.gz"
        )

    def put(
        self,
        start: datetime,
        end: datetime,
        named: list[dict[str, Any]],
        generated: datetime | None = None,
        **changed: Any,
    ) -> Written:
        """Signs a digest and puts it there, with fields changed before it is signed."""
        key = self.digest_key(end, backfill=generated is not None)
        last = self._last or {}
        said = {
            "awsAccountId": self.account,
            "digestStartTime": iso(start),
            "digestEndTime": iso(end),
            "digestS3Bucket": self.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": fingerprint(self.key),
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": None,
            "oldestEventTime": None,
            "previousDigestS3Bucket": last.get("bucket"),
            "previousDigestS3Object": last.get("key"),
            "previousDigestHashValue": last.get("hash"),
            "previousDigestHashAlgorithm": "SHA-256" if last else None,
            "previousDigestSignature": last.get("signature"),
            "logFiles": named,
            **changed,
        }
        content = json.dumps(said).encode()
        digest = hashlib.sha256(content).hexdigest()
        place = f"{said['digestS3Bucket']}/{said['digestS3Object']}"
        before = said["previousDigestSignature"]
        text = f"{said['digestEndTime']}\n{place}\n{digest}\n{'null' if before is None else before}"
        signature = sign(self.key, text)
        metadata = {"signature": signature, "signature-algorithm": "SHA256withRSA"}
        if generated is not None:
            metadata["backfill-generation-timestamp"] = iso(generated)
        self.objects.files[self.bucket, key] = Stored(packed(content), metadata)
        self._last = {"bucket": self.bucket, "key": key, "hash": digest, "signature": signature}
        written = Written(key, tuple(log["s3Object"] for log in named))
        self.written.append(written)
        return written


def recent(hours: int) -> tuple[Chain, datetime]:
    """A chain whose newest digest is of the last full hour."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return Chain(Objects()).hours(hours, start=now - hours * HOUR), now
