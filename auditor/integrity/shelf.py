"""Where files are read from: a bucket or a copy of one, as the engine sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class MissingError(Exception):
    """The file does not exist."""


class NotReadError(Exception):
    """The file may exist, but could not be read; the text says why, as a clause.

    Attributes:
        passing: Whether it may work if tried again.
    """

    def __init__(self, why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was read, with the metadata that S3 keeps beside it."""

    body: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)


class Shelf(Protocol):
    """A bucket, or a copy of one. Used from several threads."""

    @property
    def keeps_metadata(self) -> bool:
        """Whether it has the objects' metadata, where CloudTrail puts a digest's signature."""

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:
        """Gives the names of the folders right under a prefix.

        Raises:
            NotReadError: They could not be listed.
        """

    def keys(self, bucket: str, prefix: str, after: str) -> Iterator[str]:
        """Gives the keys under a prefix that come after one, in their order.

        Raises:
            NotReadError: They could not be listed.
        """

    def read(self, bucket: str, key: str) -> Stored:
        """Gives a file.

        Raises:
            MissingError: It does not exist.
            NotReadError: It could not be read.
        """

    def pieces(self, bucket: str, key: str) -> Iterator[bytes]:
        """Gives a file piece by piece; it raises what `read` raises."""


class KeyRing(Protocol):
    """CloudTrail's public keys."""

    def find(self, region: str, fingerprint: str, around: datetime | None) -> bytes | None:
        """Gives a public key in DER, or None where CloudTrail has none of that fingerprint.

        Args:
            region: The region whose digest it is; each region has keys of its own.
            fingerprint: The key's fingerprint, as a digest names it.
            around: When a backfill digest was made, where that is known: later than the time that it covers.

        Raises:
            NotReadError: The keys could not be read.
        """
