"""Tells what kind of place a text names."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import UsageError
from auditor.logs.files import LogFiles
from auditor.logs.folder import FolderFiles

if TYPE_CHECKING:
    from auditor.collect.connection import Connection

_S3 = "s3://"


def log_files(place: str, connection: Connection | None = None, *, since: datetime | None = None) -> LogFiles:
    """Gives the log files of a place.

    Args:
        place: A folder, a file, or `s3://bucket/prefix`.
        connection: The account by whose rights a bucket is read.
        since: Files that CloudTrail delivered before then, by their names, are left out.

    Raises:
        UsageError: There is no such place, or a bucket is named without a connection.
    """
    if place.startswith(_S3):
        if connection is None:
            raise UsageError(f"{place} is read from AWS.", "Give a connection.")
        from auditor.logs.bucket import BucketFiles

        bucket, _, prefix = place.removeprefix(_S3).partition("/")
        if not bucket:
            raise UsageError(f"{place} names no bucket.", "Give a place such as s3://bucket/AWSLogs/.")
        return BucketFiles(connection, bucket, prefix, since)
    path = Path(place)
    if not path.exists():
        raise UsageError(f"There is no {place}.", "Give a folder, a file, or s3://bucket/prefix.")
    return FolderFiles(path, since)
