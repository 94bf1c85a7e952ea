"""Opens the place that a person names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.storage.folder import Folder

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.storage.interface import Storage

SCHEME = "s3://"


def storage_at(place: str, connection: Connection | None = None) -> Storage:
    """Gives the storage at a folder's path or an `s3://bucket/prefix`.

    Args:
        place: What was named.
        connection: Whose credentials write to S3; the ordinary ones where it is None.

    Raises:
        UsageError: The URL names no bucket.
    """
    if not place.startswith(SCHEME):
        return Folder(Path(place))
    from auditor.collect import connect
    from auditor.storage.s3 import S3Prefix, bucket_and_prefix

    bucket, prefix = bucket_and_prefix(place)
    chosen = connection or connect()
    return S3Prefix(chosen.client("s3", chosen.region), bucket, prefix)
