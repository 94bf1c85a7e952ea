"""Reads events from files: CloudTrail's log files, JSON lines and plain log lines, as they are or in gzip.

Nothing is kept from one file to the next. A file of lines is read in pieces; a CloudTrail log file is decoded
whole, as it is one JSON document, and of a size that CloudTrail bounds.
"""

from __future__ import annotations

import gzip
import io
import itertools
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from auditor.pattern.evaluation import compile_expression, compile_pattern
from auditor.pattern.model import DelimitedPattern, Event, Expression, JsonPattern, Pattern, TermPattern
from auditor.pattern.semantics import Semantics

LogEvent = Event | str
_DEFAULT = Semantics()
# What a folder's files must end with to be read as events; a file that is named itself is always read.
ENDINGS = (".json", ".jsonl", ".ndjson", ".log", ".txt")
_OF_LINES = (".jsonl", ".ndjson", ".log", ".txt")
# How much of a file is looked at to tell what it is; CloudTrail's records have up to 256 KB.
_WINDOW = 1 << 18
_GZIP = b"\x1f\x8b"
# No log file of CloudTrail comes near this; a small file that unpacks to more is an attack or a mistake.
_LARGEST = 512 * 1024 * 1024
# CloudWatch Logs takes events of up to 1 MB.
_LONGEST_LINE = 16 * 1024 * 1024
_LINES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, or not to its end.

    Attributes:
        path: The file.
        reason: What is wrong with it.
    """

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that lie together in one file.

    Attributes:
        path: The file.
        events: Decoded events, and as texts those that are not JSON objects.
    """

    path: Path
    events: list[LogEvent]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of matching a pattern with the events of files.

    Attributes:
        events: How many events there were.
        matched: How many of them the pattern matches.
        files: How many files were read, in whole or in part.
        skipped: Those that could not be, or not to their end.
        examples: The first events that match.
    """

    events: int
    matched: int
    files: int
    skipped: tuple[Skipped, ...]
    examples: tuple[LogEvent, ...]


class BrokenFileError(Exception):
    """A file's content is not what it should be; the message says how."""


class DigestError(BrokenFileError):
    """A file is a digest of log files, which holds no events."""


def tally(
    pattern: Pattern | Expression, path: Path, semantics: Semantics = _DEFAULT, *, most_examples: int = 0
) -> Tally:
    """Counts the events of a file or folder that a pattern matches.

    Args:
        pattern: A parsed pattern, or an expression of one.
        path: A file, or a folder whose files are read, those of its folders too.
        semantics: How unsettled questions are read; open ones are read as is likeliest.
        most_examples: How many matching events to give back.
    """
    select = _selection(pattern, semantics)
    # A pattern of words is about a line as it stands.
    decoded = isinstance(pattern, JsonPattern | Expression)
    events = matched = 0
    files: set[Path] = set()
    skipped: list[Skipped] = []
    examples: list[LogEvent] = []
    for found in batches(path, decoded=decoded):
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        files.add(found.path)
        hits = select(found.events)
        events += len(found.events)
        matched += len(hits)
        examples += hits[: most_examples - len(examples)]
        # Else they would stay until the next file is decoded.
        del found, hits
    return Tally(events, matched, len(files), tuple(skipped), tuple(examples))


def _selection(pattern: Pattern | Expression, semantics: Semantics) -> Callable[[list[LogEvent]], list[LogEvent]]:
    """Gives a function that picks the events that match; a text is no match of a JSON pattern."""
    if isinstance(pattern, TermPattern | DelimitedPattern):
        matches = compile_pattern(pattern, semantics)
        return lambda events: [event for event in events if matches(event)]
    expression = pattern.expression if isinstance(pattern, JsonPattern) else pattern
    check = compile_expression(expression, semantics.settled())
    return lambda events: [event for event in events if type(event) is dict and check(event)]


def batches(path: Path, *, decoded: bool = True) -> Iterator[Batch | Skipped]:
    """Gives the events of a file or folder, a file or a piece of one at a time.

    Args:
        path: A file, or a folder whose files are read, those of its folders too.
        decoded: Whether a line that holds a JSON object is given as such, or else as its text.
    """
    for file in _files(path):
        if isinstance(file, Skipped):
            yield file
            continue
        try:
            with file.open("rb") as opened:
                size = os.fstat(opened.fileno()).st_size
                yield from map(Batch, itertools.repeat(file), pieces(opened, file.name, size, decoded=decoded))
        except BrokenFileError as error:
            yield Skipped(file, str(error))
        except OSError as error:
            yield Skipped(file, error.strerror or str(error))


def _files(path: Path) -> Iterator[Path | Skipped]:
    """Gives the files of a folder that hold events by their names, in order; or the file itself."""
    if not path.is_dir():
        yield path
        return
    unreadable: list[OSError] = []
    for folder, inner, names in os.walk(path, onerror=unreadable.append):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if may_hold_events(name):
                yield Path(folder, name)
    for error in unreadable:
        yield Skipped(Path(error.filename), error.strerror or str(error))


def may_hold_events(name: str) -> bool:
    """Tells by a file's name whether a folder that is read as events is meant to have it read."""
    return not name.startswith(".") and name.lower().removesuffix(".gz").endswith(ENDINGS)


def pieces(file: io.BufferedReader, name: str, size: int, *, decoded: bool = True) -> Iterator[list[LogEvent]]:
    """Gives the events of one open file, all at once or a piece at a time.

    Args:
        file: The file, at its start.
        name: Its name, whose ending says whether it is one of lines.
        size: How many bytes it has.
        decoded: Whether a line that holds a JSON object is given as such, or else as its text.

    Raises:
        BrokenFileError: It is broken; what could be read of it has been given before.
    """
    packed = file.peek(2).startswith(_GZIP)
    if _is_document(file, name, packed=packed):
        if size > _LARGEST:
            raise _too_large()
        yield _document(_unpacked(file.read()) if packed else file.read())
    else:
        yield from _lines(gzip.GzipFile(fileobj=file) if packed else file, decoded=decoded)


def _is_document(file: io.BufferedReader, name: str, *, packed: bool) -> bool:
    """Tells whether a file is one JSON document rather than lines; the file stays at its start."""
    start = _start(file.peek(64), 64, packed=packed)
    if start.startswith(b'{"Records"'):
        return True
    if not start.startswith((b"{", b"[")) or name.lower().removesuffix(".gz").endswith(_OF_LINES):
        return False
    first = _start(file.read(_WINDOW), _WINDOW * 4, packed=packed).partition(b"\n")[0]
    file.seek(0)
    if first.strip() in (b"{", b"["):
        return True
    try:
        found = orjson.loads(first)
    except orjson.JSONDecodeError:
        # A document goes on in the next line, or is too long to be seen whole; a line in brackets goes on with a word.
        return first.startswith((b"{", b"[{", b"[ {"))
    return isinstance(found, list) or "Records" in found


def _start(start: bytes, size: int, *, packed: bool) -> bytes:
    if packed:
        try:
            start = zlib.decompressobj(31).decompress(start, size)
        except zlib.error as error:
            raise BrokenFileError(f"it is not gzip throughout: {error}") from None
    return start.lstrip()


def _unpacked(packed: bytes) -> bytes:
    """Unpacks a whole file, as far as it may reasonably go."""
    parts, size = [], 0
    while packed:
        member = zlib.decompressobj(31)
        try:
            parts.append(member.decompress(packed, _LARGEST + 1 - size))
        except zlib.error as error:
            raise BrokenFileError(f"it is not gzip throughout: {error}") from None
        size += len(parts[-1])
        if size > _LARGEST:
            raise _too_large()
        if not member.eof:
            raise BrokenFileError("it ends in the middle of its gzip data")
        packed = member.unused_data.lstrip(b"\0")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large() -> BrokenFileError:
    return BrokenFileError(f"it is larger than {_LARGEST >> 20} MB")


def _document(content: bytes) -> list[LogEvent]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BrokenFileError(f"it is not JSON: {error}") from None
    if isinstance(found, dict) and "digestS3Bucket" in found:
        raise DigestError("it is a digest of log files, which holds no events")
    events = found.get("Records", [found]) if isinstance(found, dict) else found
    if not isinstance(events, list) or not set(map(type, events)) <= {dict}:
        raise BrokenFileError("its records are not a list of JSON objects")
    return events


def _lines(file: io.BufferedReader | gzip.GzipFile, *, decoded: bool) -> Iterator[list[LogEvent]]:
    read: Callable[[bytes], LogEvent] = _event if decoded else _text
    events: list[LogEvent] = []
    try:
        while line := file.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise BrokenFileError(f"it has a line of more than {_LONGEST_LINE >> 20} MB")
            if not line.isspace():
                events.append(read(line))
            if len(events) >= _LINES_AT_ONCE:
                yield events
                events = []
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield events
        raise BrokenFileError(f"its end is not to be read: {error}") from None
    yield events


def _event(line: bytes) -> LogEvent:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _text(line)
    return found if isinstance(found, dict) else _text(line)


def _text(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "replace")
