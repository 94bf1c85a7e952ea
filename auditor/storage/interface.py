"""What a place for files has to offer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Storage(Protocol):
    """A place for files that are named by relative paths with `/`.

    A file is written whole or not at all: whoever reads it sees what was there before, or all that is there now.
    """

    @property
    def place(self) -> str:
        """Where it is, as a person would name it: a folder, or `s3://bucket/prefix`."""

    def prepare(self) -> None:
        """Sees to it that files can be written, before any work is done.

        Raises:
            OutputError: They cannot.
        """

    def write(self, name: str, content: bytes) -> None:
        """Writes a file; one of that name is replaced.

        Raises:
            OutputError: It cannot be written.
        """

    def read(self, name: str) -> bytes | None:
        """Gives a file's content, or None where there is no such file.

        Raises:
            OutputError: It is there and cannot be read.
        """

    def names(self, prefix: str) -> Iterator[str]:
        """Gives the names of all files that begin with a prefix that ends in `/`, in any order.

        Raises:
            OutputError: They cannot be listed.
        """
