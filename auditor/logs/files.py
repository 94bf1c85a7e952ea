"""What a place with log files gives: one file after another, each to be read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

_DELIVERED = re.compile(r"_CloudTrail_[a-z0-9-]+_(\d{8}T\d{4})Z_")
_DIGEST = re.compile(r"(?:^|[/_])CloudTrail-Digest[/_]")


class LogFileError(Exception):
    """A file could not be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A part of a place whose files could not even be listed.

    Attributes:
        name: The folder.
        reason: Why not.
    """

    name: str
    reason: str


class LogFile(Protocol):
    """One file."""

    @property
    def name(self) -> str:
        """Its path or key, as the place gives it."""
        ...

    @property
    def size(self) -> int:
        """How many bytes it has, packed as it lies there."""
        ...

    def read(self) -> bytes:
        """Gives its content as it lies there, gzip included.

        Raises:
            LogFileError: It could not be fetched.
        """
        ...


class LogFiles(Protocol):
    """The files of a place, by name; digests of log files are left out."""

    @property
    def place(self) -> str:
        """The place, as it was given."""
        ...

    @property
    def size(self) -> int | None:
        """How many bytes all files have together; None where that would have to be asked for."""
        ...

    def __iter__(self) -> Iterator[LogFile | Unlisted]: ...


def delivered_at(name: str) -> datetime | None:
    """Gives when CloudTrail delivered a log file, as its name tells; None of a file that is named otherwise.

    A file holds events from any time before.
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
    """
    found = _DELIVERED.search(name.rpartition("/")[2])
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_digest(name: str) -> bool:
    """Tells by its name whether a file is a digest of log files, which holds no events."""
    return _DIGEST.search(name) is not None
