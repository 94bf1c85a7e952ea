"""Opens a log file as a stream, be it one of this machine, which is read in pieces, or one that was fetched whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.logs.files import LogFile, LogFileError
from auditor.logs.folder import LocalFile


@contextmanager
def opened(file: LogFile) -> Iterator[tuple[io.BufferedReader, int]]:
    """Gives a file at its start, and how many bytes it has.

    Raises:
        LogFileError: It could not be fetched or read.
    """
    if isinstance(file, LocalFile):
        try:
            with file.path.open("rb") as stream:
                yield stream, file.size
        except OSError as error:
            raise LogFileError(error.strerror or str(error)) from error
        return
    content = file.read()
    stream = io.BufferedReader(io.BytesIO(content))  # type: ignore[arg-type,unused-ignore] # it reads from any stream
    yield stream, len(content)
