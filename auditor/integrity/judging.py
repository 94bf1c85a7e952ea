"""Judges one digest file, and one log file."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.integrity.ahead import tried_again
from auditor.integrity.digest import GZIP, Digest, FormatError, NamedLog, read_digest
from auditor.integrity.place import DigestName
from auditor.integrity.shelf import KeyRing, MissingError, NotReadError, Shelf, Stored
from auditor.integrity.signature import UnusableKeyError, is_signed
from auditor.integrity.times import read_time
from auditor.model.integrity import Flaw, Kind, Problem, Standing

_SIGNATURE = "signature"
_ALGORITHM = "signature-algorithm"
_GENERATED = "backfill-generation-timestamp"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A digest file that was judged.

    Attributes:
        bucket: Where it is looked for.
        name: What its key tells.
        digest: What it says, where its signature proves that CloudTrail wrote it; else None.
        claimed: What it says in a copy that has no signature for it: nothing that it says is proved.
        flaw: What is wrong with it; None where it is valid.
    """

    bucket: str
    name: DigestName
    digest: Digest | None = None
    claimed: Digest | None = None
    flaw: Flaw | None = None

    @property
    def said(self) -> Digest | None:
        """What it says, proved or not."""
        return self.digest or self.claimed


@dataclass(frozen=True, slots=True)
class DigestJudge:
    """Judges the digests of one region.

    Attributes:
        region: The region, whose keys they are signed with.
        keys: The public keys.
        keeps_metadata: Whether where they are read from has the metadata that holds their signatures.
    """

    region: str
    keys: KeyRing
    keeps_metadata: bool

    def judge(
        self, bucket: str, name: DigestName, stored: Stored | MissingError | NotReadError, newer: Digest | None
    ) -> Judged:
        """Judges a digest.

        Args:
            bucket: Where it is; empty where a copy does not tell.
            name: Its key.
            stored: What was read of it.
            newer: The digest that names it as the one before, where one does.
        """
        bare = Judged(bucket, name)
        if isinstance(stored, MissingError):
            return _flawed(bare, Standing.INVALID, Problem.MISSING, "is not there")
        if isinstance(stored, NotReadError):
            return _flawed(bare, Standing.UNKNOWN, Problem.UNREADABLE, f"could not be read: {stored}")
        try:
            digest = read_digest(stored.body)
        except FormatError as error:
            return _flawed(bare, Standing.INVALID, Problem.FORMAT, f"is no digest: {error}")
        if digest.key != name.key or (bucket and digest.bucket != bucket):
            told = f"is not where CloudTrail put it: it says that it is s3://{digest.bucket}/{digest.key}"
            return _flawed(bare, Standing.INVALID, Problem.MOVED, told)
        try:
            return self._proved(bare, digest, stored.metadata, newer)
        except NotReadError as error:
            return _flawed(bare, Standing.UNKNOWN, Problem.UNREADABLE, f"cannot be judged: {error}")

    def _proved(self, bare: Judged, digest: Digest, metadata: Mapping[str, str], newer: Digest | None) -> Judged:
        signature = self._signature(metadata, newer)
        if signature is None and self.keeps_metadata:
            return _flawed(bare, Standing.INVALID, Problem.UNSIGNED, "has no signature in its metadata")
        if bare.name.backfill and self.keeps_metadata and _GENERATED not in metadata:
            return _flawed(bare, Standing.INVALID, Problem.FORMAT, f"has no {_GENERATED} in its metadata")
        if signature is None:
            told = (
                "cannot be proved: this copy has no digest after it, where its signature would stand; "
                f"so neither can the {len(digest.logs)} log files that it names"
            )
            return replace(_flawed(bare, Standing.UNKNOWN, Problem.UNSIGNED, told), claimed=digest)
        key = self.keys.find(self.region, digest.fingerprint, _generated(metadata))
        if key is None:
            told = f"is signed with a key that CloudTrail does not have in {self.region}: {digest.fingerprint}"
            return _flawed(bare, Standing.INVALID, Problem.KEY, told)
        try:
            genuine = is_signed(digest.signed, signature, key)
        except UnusableKeyError as error:
            told = f"cannot be judged: the public key {digest.fingerprint} does not load: {error}"
            return _flawed(bare, Standing.INVALID, Problem.KEY, told)
        if not genuine:
            return _flawed(bare, Standing.INVALID, Problem.SIGNATURE, "is not what CloudTrail signed")
        return _linked(replace(bare, digest=digest), digest, signature, newer)

    def _signature(self, metadata: Mapping[str, str], newer: Digest | None) -> str | None:
        """Gives the signature in the metadata, or for a copy without, the one in the digest after."""
        if self.keeps_metadata:
            return metadata.get(_SIGNATURE) if _ALGORITHM in metadata else None
        return metadata.get(_SIGNATURE) or (newer.previous_signature if newer else None)


def _linked(judged: Judged, digest: Digest, signature: str, newer: Digest | None) -> Judged:
    """Gives what else is wrong with a digest that CloudTrail wrote; what it says of log files holds all the same."""
    if newer and (newer.previous_signature or "").lower() != signature.lower():
        told = f"is signed, but not the digest that the one after it names: {newer.key} has another signature for it"
        return _flawed(judged, Standing.INVALID, Problem.LINK, told)
    if digest.trailing:
        return _flawed(judged, Standing.INVALID, Problem.TRAILING, "has something after the end of its gzip data")
    return judged


def _generated(metadata: Mapping[str, str]) -> datetime | None:
    return read_time(metadata.get(_GENERATED, ""))


def _flawed(judged: Judged, standing: Standing, problem: Problem, told: str) -> Judged:
    kind = Kind.BACKFILL if judged.name.backfill else Kind.DIGEST
    flaw = Flaw(kind=kind, bucket=judged.bucket, key=judged.name.key, standing=standing, problem=problem, told=told)
    return replace(judged, flaw=flaw)


def judge_log(shelf: Shelf, log: NamedLog) -> Flaw | None:
    """Judges a log file by the hash that its digest has for it; None where it is as it was delivered."""

    def flaw(standing: Standing, problem: Problem, told: str) -> Flaw:
        return Flaw(kind=Kind.LOG, bucket=log.bucket, key=log.key, standing=standing, problem=problem, told=told)

    if log.algorithm != "SHA-256":
        told = f"cannot be judged: its digest names the hash algorithm {log.algorithm}"
        return flaw(Standing.UNKNOWN, Problem.UNREADABLE, told)
    try:
        found = tried_again(lambda: _hash(shelf, log))
    except MissingError:
        return flaw(Standing.INVALID, Problem.MISSING, "is not there")
    except NotReadError as error:
        return flaw(Standing.UNKNOWN, Problem.UNREADABLE, f"could not be read: {error}")
    except zlib.error:
        return flaw(Standing.INVALID, Problem.FORMAT, "is not gzip")
    except _TrailingError:
        return flaw(Standing.INVALID, Problem.TRAILING, "has something after the end of its gzip data")
    if found != log.digest:
        return flaw(Standing.INVALID, Problem.HASH, "is not what CloudTrail delivered: its hash is another")
    return None


class _TrailingError(Exception):
    """Something follows the gzip stream."""


def _hash(shelf: Shelf, log: NamedLog) -> str:
    """Gives the hash of what a log file unpacks to."""
    inflater = zlib.decompressobj(GZIP)
    content = hashlib.sha256()
    for piece in shelf.pieces(log.bucket, log.key):
        rest = piece
        # However far a piece unpacks, no more than this is held at once.
        while rest:
            content.update(inflater.decompress(rest, _PIECE))
            rest = inflater.unconsumed_tail
    content.update(inflater.flush())
    if inflater.unused_data:
        raise _TrailingError
    return content.hexdigest()
