"""Asks a query of CloudTrail's log files, through DuckDB.

Python opens the files, so that one that is broken is named and the rest go on; DuckDB, which is kept away from files
and network, picks from some thousand events at a time. What it picked goes to disk where it is much: memory stays flat.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from auditor.errors import ConfigurationError
from auditor.hunt.model import Hits, Search
from auditor.hunt.period import Period
from auditor.hunt.sql import SHOWN, columns_of, picking, telling
from auditor.hunt.sql_condition import literal, quoted
from auditor.pattern import Batch, Skipped

if TYPE_CHECKING:
    import duckdb

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DIGEST = "digestS3Bucket"
_AT_ONCE = 2048
_MOST_CHARACTERS = 64 << 20
_GIVEN = "(SELECT unnest(?::VARCHAR[])::JSON AS event)"


def hunt_files(
    search: Search,
    found: Iterable[Batch | Skipped],
    period: Period | None = None,
    told: Callable[[int], None] | None = None,
) -> Hits:
    """Gives what a query finds in files.

    Args:
        search: The query.
        found: Their events, as `auditor.pattern.batches` gives them.
        period: Of which time; all where None.
        told: Told how many events have been looked at.

    Raises:
        ConfigurationError: DuckDB is not installed.
    """
    events, timeless, lines = 0, 0, 0
    files, missing = set[Path](), list[str]()

    def counted() -> Iterator[str]:
        nonlocal events, timeless, lines
        for each in found:
            if isinstance(each, Skipped):
                missing.append(f"{each.path} was not read to its end: {each.reason}.")
                continue
            # A digest of log files that is written on one line looks like a line that holds an event.
            decoded = [event for event in each.events if isinstance(event, dict) and _DIGEST not in event]
            lines += sum(isinstance(event, str) for event in each.events)
            if not decoded and each.events:
                continue
            files.add(each.path)
            timeless += sum(not _TIME.fullmatch(str(event.get("eventTime"))) for event in decoded) if period else 0
            texts = [orjson.dumps(event).decode() for event in decoded]
            events += len(texts)
            yield from texts

    with tempfile.TemporaryDirectory(prefix="auditor-hunt-") as folder:
        database = _database(Path(folder))
        try:
            names = ", ".join(f"{quoted(name)} VARCHAR" for name in columns_of(search))
            database.execute(f"CREATE TABLE hits ({names})")
            pick = f"INSERT INTO hits {picking(search, _GIVEN, period)}"
            for texts in _portions(counted()):
                database.execute(pick, [texts])
                if told:
                    told(events)
            rows = database.execute(telling(search, "hits")).fetchall()
        finally:
            database.close()
    if lines and files:
        missing.append(f"{lines:,} {'line is' if lines == 1 else 'lines are'} no JSON object, and no event.")
    if timeless:
        has = "event has" if timeless == 1 else "events have"
        missing.append(f"{timeless:,} {has} no eventTime that can be read, and are in no period.")
    return Hits(search.query.headings, tuple(rows), tuple(missing), events=events, files=len(files))


def _portions(texts: Iterable[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    size = 0
    for text in texts:
        portion.append(text)
        size += len(text)
        if len(portion) >= _AT_ONCE or size >= _MOST_CHARACTERS:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _database(folder: Path) -> duckdb.DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise ConfigurationError(
            "Queries over files need DuckDB, which is not installed.", "pip install 'trail-auditor[hunt]'"
        ) from error
    database = duckdb.connect()
    for setting in (
        f"temp_directory = {literal(str(folder))}",
        "preserve_insertion_order = false",
        "memory_limit = '512MB'",
        "enable_progress_bar = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        database.execute(f"SET {setting}")
    database.execute(SHOWN)
    return database
