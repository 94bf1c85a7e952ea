"""Reads log files into a tally, in this process or in several."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from auditor.backtest.plan import Plan
from auditor.backtest.replay import Replay
from auditor.backtest.tally import Tally
from auditor.logs import LogFile, LogFileError, LogFiles, Unlisted, opened
from auditor.logs.files import delivered_at
from auditor.logs.folder import LocalFile
from auditor.pattern.streams import BrokenFileError, DigestError, pieces

Progress = Callable[[int], None]
"""Told of the bytes that have been read."""

# Files are handed to a process together, until they have so many bytes or are so many.
_PACKET_BYTES, _PACKET_FILES = 4 << 20, 200
# A second process pays from so many bytes on, packed as they lie there.
_WORTH_IT = 16 << 20

_Packet = list[tuple[str, Path | bytes]]


def read_logs(plan: Plan, files: LogFiles, *, by_delivery: bool, workers: int, progress: Progress) -> Tally:
    """Replays all events of log files; a broken file is taken down and the others are read.

    Args:
        plan: What to evaluate.
        files: The files.
        by_delivery: Whether an event counts at the time when its file was delivered, where the file's name tells.
        workers: How many processes; 0 for as many as pay.
        progress: Told of the bytes of each file that has been read.
    """
    size = files.size
    several = workers or (multiprocessing.cpu_count() if size is not None and size >= _WORTH_IT else 1)
    if several > 1:
        return _in_processes(plan, files, by_delivery, several, progress)
    reader = _Reader(plan, by_delivery=by_delivery)
    for file in files:
        if isinstance(file, Unlisted):
            reader.replay.tally.skip(file.name, file.reason)
            continue
        reader.read(file)
        progress(file.size)
    return reader.replay.tally


class _Reader:
    """Reads files into one replay."""

    def __init__(self, plan: Plan, *, by_delivery: bool) -> None:
        self.replay = Replay(plan)
        self.by_delivery = by_delivery

    def read(self, file: LogFile) -> None:
        """Reads a file; a local one of lines is read a piece at a time."""
        tally = self.replay.tally
        tally.size += file.size
        try:
            with opened(file) as (stream, size):
                self._take(stream, file.name, size)
        except DigestError:
            tally.aside["digest files"] += 1
            return
        except (LogFileError, BrokenFileError) as error:
            tally.skip(file.name, str(error))
        tally.files += 1

    def take(self, name: str, content: Path | bytes) -> None:
        """Reads a file that was handed over, by its path or whole."""
        self.read(_Handed(name, content) if isinstance(content, bytes) else LocalFile(content, _size(content)))

    def _take(self, stream: io.BufferedReader, name: str, size: int) -> None:
        delivered = delivered_at(name) if self.by_delivery else None
        at = None if delivered is None else int(delivered.timestamp()) // 60
        for events in pieces(stream, name.rpartition("/")[2], size):
            self.replay.take(events, at)


class _Handed:
    """A file whose content is here already."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.content = content

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self) -> bytes:
        return self.content


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _in_processes(plan: Plan, files: LogFiles, by_delivery: bool, workers: int, progress: Progress) -> Tally:
    """Hands packets of files to other processes, each of which gives back what it counted."""
    total = Tally()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(plan, by_delivery)) as pool:
        running: dict[Future[Tally], int] = {}
        try:
            for packet, size in _packets(files, total):
                running[pool.submit(_count, packet)] = size
                if len(running) >= 2 * workers:
                    _gather(running, total, progress)
            while running:
                _gather(running, total, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return total


def _gather(running: dict[Future[Tally], int], total: Tally, progress: Progress) -> None:
    for one in wait(running, return_when=FIRST_COMPLETED).done:
        total.add(one.result())
        progress(running.pop(one))


def _packets(files: Iterable[LogFile | Unlisted], total: Tally) -> Iterator[tuple[_Packet, int]]:
    packet: _Packet = []
    size = 0
    for file in files:
        if isinstance(file, Unlisted):
            total.skip(file.name, file.reason)
            continue
        try:
            packet.append((file.name, file.path if isinstance(file, LocalFile) else file.read()))
        except LogFileError as error:
            total.skip(file.name, str(error))
            continue
        size += file.size
        if size >= _PACKET_BYTES or len(packet) >= _PACKET_FILES:
            yield packet, size
            packet, size = [], 0
    if packet:
        yield packet, size


_READERS: list[_Reader] = []


def _begin(plan: Plan, by_delivery: bool) -> None:
    """Makes a process ready: what is to be evaluated is compiled once."""
    _READERS[:] = [_Reader(plan, by_delivery=by_delivery)]


def _count(packet: Sequence[tuple[str, Path | bytes]]) -> Tally:
    (reader,) = _READERS
    for name, content in packet:
        reader.take(name, content)
    return reader.replay.handed_over()
