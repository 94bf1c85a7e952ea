"""A folder of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import OutputError
from auditor.render.writing import prepare, replace_file


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder, which is made if need be.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def place(self) -> str:
        """The folder's path."""
        return str(self.path)

    def prepare(self) -> None:
        """Makes the folder and tries whether files can be made there.

        Raises:
            OutputError: They cannot.
        """
        prepare(self.path)

    def write(self, name: str, content: bytes) -> None:
        """Writes a file, whole or not at all.

        Raises:
            OutputError: It cannot be written.
        """
        replace_file(self.path / name, content)

    def read(self, name: str) -> bytes | None:
        """Gives a file's content, or None where there is no such file.

        Raises:
            OutputError: It is there and cannot be read.
        """
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise OutputError(f"{self.path / name} cannot be read: {error.strerror}.", "See who owns it.") from error

    def names(self, prefix: str) -> Iterator[str]:
        """Gives the names of all files below a folder; drafts of files that were never finished are left out."""
        for path in (self.path / prefix).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.path).as_posix()
