"""The events of a place with log files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.logs import LogFileError, LogFiles, Unlisted, log_files, opened
from auditor.pattern import Batch, Skipped
from auditor.pattern.streams import BrokenFileError, DigestError, pieces

if TYPE_CHECKING:
    from auditor.collect import Connection


def events_at(place: str, connection: Connection | None = None) -> Iterator[Batch | Skipped]:
    """Gives the events of a folder, a file or `s3://bucket/prefix`, a file or a piece of one at a time.

    Args:
        place: What was named.
        connection: By whose rights a bucket is read.

    Raises:
        UsageError: There is no such place.
    """
    return _events(log_files(place, connection))


def _events(files: LogFiles) -> Iterator[Batch | Skipped]:
    for file in files:
        path = Path(file.name)
        if isinstance(file, Unlisted):
            yield Skipped(path, file.reason)
            continue
        try:
            with opened(file) as (stream, size):
                yield from (Batch(path, events) for events in pieces(stream, path.name, size))
        except DigestError:
            # Digests lie beside the log files, and hold no events.
            continue
        except (LogFileError, BrokenFileError) as error:
            yield Skipped(path, str(error))
