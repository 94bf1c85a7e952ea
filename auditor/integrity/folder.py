"""A local copy of a trail's bucket, as `aws s3 sync` makes it: without the metadata that holds the signatures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from auditor.errors import ConfigurationError
from auditor.integrity.place import ROOT
from auditor.integrity.shelf import MissingError, NotReadError, Stored

_PIECE = 1 << 20
# A prefix of a few levels may stand before AWSLogs in a copy of a whole bucket.
_DEEPEST = 5


class Folder:
    """A copy of a bucket. All files are taken for one bucket's, whatever bucket their digests name.

    Args:
        root: The copy: a folder that holds `AWSLogs`, itself or some levels below, or `AWSLogs` itself.
        prefix: What stands before `AWSLogs/` in the bucket's keys; None for what the copy shows.
    """

    keeps_metadata = False

    def __init__(self, root: Path, prefix: str | None = None) -> None:
        logs = _awslogs(root)
        self._logs = logs
        shown = "" if logs == root else logs.parent.relative_to(root).as_posix().removeprefix(".")
        self.prefix = shown if prefix is None else prefix.strip("/")

    @property
    def _before(self) -> str:
        return f"{self.prefix}/{ROOT}" if self.prefix else ROOT

    def folders(self, bucket: str, prefix: str) -> tuple[str, ...]:  # noqa: ARG002 - a copy is of one bucket
        """Gives the names of the folders right under a prefix."""
        path = self._path(prefix)
        if path is None or not path.is_dir():
            return ()
        try:
            return tuple(sorted(one.name for one in path.iterdir() if one.is_dir()))
        except OSError as error:
            raise NotReadError(str(error)) from error

    def keys(self, bucket: str, prefix: str, after: str) -> Iterator[str]:  # noqa: ARG002 - a copy is of one bucket
        """Gives the keys under a prefix that come after one, in their order."""
        path = self._path(prefix)
        if path is None or not path.is_dir():
            return
        yield from (key for key in self._under(path) if key > after)

    def _under(self, path: Path) -> Iterator[str]:
        try:
            # S3 orders keys by their bytes, so that a folder counts with its slash.
            found = sorted(os.scandir(path), key=lambda one: f"{one.name}/" if one.is_dir() else one.name)
        except OSError as error:
            raise NotReadError(str(error)) from error
        for one in found:
            if one.is_dir(follow_symlinks=False):
                yield from self._under(Path(one.path))
            else:
                yield f"{self._before}{Path(one.path).relative_to(self._logs).as_posix()}"

    def read(self, bucket: str, key: str) -> Stored:
        """Gives a file."""
        return Stored(b"".join(self.pieces(bucket, key)))

    def pieces(self, bucket: str, key: str) -> Iterator[bytes]:  # noqa: ARG002 - a copy is of one bucket
        """Gives a file piece by piece."""
        path = self._path(key)
        if path is None:
            raise MissingError
        try:
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingError from error
        except OSError as error:
            raise NotReadError(error.strerror or str(error)) from error

    def _path(self, key: str) -> Path | None:
        """Gives where a key's file is; None where it lies outside of the copy, whatever the key says."""
        if not key.startswith(self._before):
            return None
        rest = PurePosixPath(key[len(self._before) :])
        return None if ".." in rest.parts or rest.is_absolute() or "\0" in key else self._logs / rest


def _awslogs(root: Path) -> Path:
    name = ROOT.rstrip("/")
    if root.name == name and root.is_dir():
        return root
    for depth in range(_DEEPEST):
        found = sorted(path for path in root.glob("*/" * depth + name) if path.is_dir())
        if len(found) > 1:
            told = " and ".join(str(path) for path in found[:2])
            raise ConfigurationError(f"{root} holds several copies: {told}.", "Give --logs the folder of one of them.")
        if found:
            return found[0]
    raise ConfigurationError(
        f"{root} holds no folder {name}.", "Give --logs a copy of the trail's bucket: aws s3 sync s3://BUCKET FOLDER."
    )
