"""The events of a place with log files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditor.errors import UsageError
from auditor.pattern import Batch, Skipped, batches


def events_at(place: str) -> Iterator[Batch | Skipped]:
    """Gives the events of a folder or a file, a file or a piece of one at a time.

    Raises:
        UsageError: There is no such place.
    """
    path = Path(place)
    if not path.exists():
        raise UsageError(f"There is no {place}.", "Give a folder, or a file such as .json, .json.gz or .ndjson.")
    # Digests lie beside the log files, and hold no events.
    return (each for each in batches(path) if not (isinstance(each, Skipped) and "is a digest" in each.reason))
