"""Reads files ahead, several at a time and no more than a few beyond what has been asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

from auditor.integrity.shelf import MissingError, NotReadError, Shelf, Stored

T = TypeVar("T")
_TRIES = 3
Found = Stored | MissingError | NotReadError


def read(shelf: Shelf, bucket: str, key: str) -> Found:
    """Gives a file, or why there is none."""
    try:
        return tried_again(lambda: shelf.read(bucket, key))
    except (MissingError, NotReadError) as error:
        return error


def tried_again(reading: Callable[[], T]) -> T:
    """Gives what a reading gives, done anew where it breaks off for a reason that may pass.

    Raises:
        NotReadError: It broke off each time, or could not be done at all.
    """
    for _ in range(_TRIES - 1):
        try:
            return reading()
        except NotReadError as error:
            if not error.passing:
                raise
    return reading()


class Ahead:
    """Gives files one by one, while threads read those that will likely be asked for next.

    Args:
        pool: The threads.
        shelf: Where the files are.
        wanted: The bucket and key of each, in the order in which they will likely be asked for.
        depth: How many are read ahead.
    """

    def __init__(self, pool: Executor, shelf: Shelf, wanted: Iterable[tuple[str, str]], depth: int) -> None:
        self._pool = pool
        self._shelf = shelf
        self._depth = depth
        self._waiting = deque(wanted)
        self._reading: dict[tuple[str, str], Future[Found]] = {}

    def __call__(self, bucket: str, key: str) -> Found:
        """Gives a file, or why there is none; each is kept until it is asked for, and not longer."""
        self._fill()
        reading = self._reading.pop((bucket, key), None)
        return reading.result() if reading else read(self._shelf, bucket, key)

    def _fill(self) -> None:
        while self._waiting and len(self._reading) < self._depth:
            wanted = self._waiting.popleft()
            self._reading[wanted] = self._pool.submit(read, self._shelf, *wanted)


def finished(running: Iterable[Future[T]], most: int) -> Iterator[T]:
    """Gives the results in order, while no more than so many are under way: the next is only then begun."""
    under_way: deque[Future[T]] = deque()
    for one in running:
        under_way.append(one)
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
