"""Writes reports, each whole or not at all."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from auditor.errors import ConfigurationError, OutputError
from auditor.render.registry import render, renderer
from auditor.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELSEWHERE = "Choose another folder with --out."
_ADVICE = {
    errno.EEXIST: f"It is a file, not a folder. {_ELSEWHERE}",
    errno.ENOTDIR: f"Part of that path is a file, not a folder. {_ELSEWHERE}",
    errno.EISDIR: "A folder of that name is in the way. Move it, or choose another folder with --out.",
    errno.EACCES: f"You may not write there. {_ELSEWHERE}",
    errno.EPERM: f"You may not write there. {_ELSEWHERE}",
    errno.EROFS: f"That file system is read-only. {_ELSEWHERE}",
    errno.ENOSPC: "The disk is full. Make room, or choose another folder with --out.",
    errno.EDQUOT: "Your disk quota is used up. Make room, or choose another folder with --out.",
    errno.ENAMETOOLONG: f"The path is too long. {_ELSEWHERE}",
}


def write(report: Report, names: Iterable[str], out_dir: Path, variant: str | None = None) -> tuple[Path, ...]:
    """Writes the report in each of the named formats into a folder, which is made if need be.

    All formats are rendered before the first file is touched. Each file then takes the place of an older one in a
    single step, so that a reader sees either the old report or the new one.

    Args:
        report: What to write.
        names: The formats.
        out_dir: The folder.
        variant: That of the formats that have several.

    Returns:
        The files, in the order of the names; a name given twice counts once.

    Raises:
        UsageError: No such format.
        ConfigurationError: A format needs something that is not installed, does not work, or shares its file's name
            with another one.
        OutputError: The folder cannot be written to.
    """
    rendered = files_of(report, names, variant)
    for name, content in rendered.items():
        replace_file(out_dir / name, content)
    return tuple(out_dir / name for name in rendered)


def files_of(report: Report, names: Iterable[str], variant: str | None = None) -> dict[str, bytes]:
    """Gives the report in each of the named formats, by the name of the file that it is written to.

    Raises:
        UsageError: No such format.
        ConfigurationError: A format needs something that is not installed, does not work, or shares its file's name
            with another one.
    """
    chosen = [renderer(name, variant) for name in dict.fromkeys(names)]
    claimed: dict[str, str] = {}
    for each in chosen:
        other = claimed.setdefault(each.file_name, each.name)
        if other != each.name:
            raise ConfigurationError(
                f"The formats {other!r} and {each.name!r} both write {each.file_name}.", "Write them to two folders."
            )
    return {each.file_name: render(each, report) for each in chosen}


def prepare(out_dir: Path) -> None:
    """Makes the folder if need be and tries whether files can be made there, before any work is done.

    Raises:
        OutputError: The folder cannot be written to.
    """
    with _told(out_dir):
        out_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out_dir):
            pass


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all; its folder is made if need be.

    Raises:
        OutputError: It cannot be written.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says in plain words what the operating system said."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}. {_ELSEWHERE}")
        raise OutputError(f"{path} cannot be written.", advice) from error
