"""Log files in a folder of this machine, and in the folders within it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.logs.files import LogFile, LogFileError, Unlisted, delivered_at, is_digest
from auditor.pattern.streams import may_hold_events


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this machine."""

    path: Path
    size: int

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def read(self) -> bytes:
        """Gives its content.

        Raises:
            LogFileError: It cannot be read.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise LogFileError(error.strerror or str(error)) from error


class FolderFiles:
    """The files of a folder that hold events by their names; a file that is named itself is read in any case."""

    def __init__(self, path: Path, since: datetime | None = None) -> None:
        self.path = path
        self.since = since
        self._found: list[LocalFile | Unlisted] | None = None

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    @property
    def size(self) -> int:
        """How many bytes all files have together."""
        return sum(each.size for each in self._all() if isinstance(each, LocalFile))

    def __iter__(self) -> Iterator[LogFile | Unlisted]:
        yield from self._all()

    def _all(self) -> list[LocalFile | Unlisted]:
        if self._found is None:
            self._found = list(self._walk()) if self.path.is_dir() else [_file(self.path)]
        return self._found

    def _walk(self) -> Iterator[LocalFile | Unlisted]:
        unreadable: list[OSError] = []
        for folder, inner, names in os.walk(self.path, onerror=unreadable.append):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                if may_hold_events(name) and self._wanted(os.path.join(folder, name)):  # noqa: PTH118 - for its speed
                    yield _file(Path(folder, name))
        for error in unreadable:
            yield Unlisted(str(error.filename), error.strerror or str(error))

    def _wanted(self, name: str) -> bool:
        delivered = delivered_at(name)
        return not is_digest(name) and (self.since is None or delivered is None or delivered >= self.since)


def _file(path: Path) -> LocalFile:
    try:
        return LocalFile(path, path.stat().st_size)
    except OSError:
        return LocalFile(path, 0)
