"""Walks a chain of digests from the newest back to the start of a time, judging each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from auditor.integrity.digest import Digest
from auditor.integrity.judging import DigestJudge, Judged
from auditor.integrity.place import ChainPlace, DigestName
from auditor.integrity.shelf import MissingError, NotReadError, Stored
from auditor.model.integrity import Flaw, Kind, Problem, Standing

Fetch = Callable[[str, str], Stored | MissingError | NotReadError]


@dataclass(slots=True)
class Walk:
    """One walk. A valid digest names the one before; from any other it goes on with the next older one that is listed.

    What is listed and was not come by is judged at the end: a forged digest between two that are linked, or a
    second chain of a trail that was deleted and made anew under its name.

    Attributes:
        place: The chain.
        listed: The digests of the time that are there, standard ones or backfills.
        start: The start of the time.
        judge: Judges each.
        fetch: Gives what was read of a digest, by bucket and key.
        list_in: Lists the digests of the time in another bucket, where the chain leads there.
        after: The digest that follows those of the time, which is looked at for the newest one's signature only.
    """

    place: ChainPlace
    listed: Sequence[DigestName]
    start: datetime
    judge: DigestJudge
    fetch: Fetch
    list_in: Callable[[str], Sequence[DigestName]]
    after: DigestName | None = None
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def __iter__(self) -> Iterator[Judged]:
        bucket = self.place.trail.bucket
        left = _in_order(self.listed)
        name: DigestName | None = left.pop() if left else None
        newer = self._after(bucket, name) if name else None
        reached = name.end if name else self.start
        while name is not None and self.start <= reached:
            judged = self._judged(bucket, name, newer)
            yield judged
            said = judged.said
            newer = None
            following = None
            if said is not None:
                reached = said.start
                following = self._named(said, name)
            if said is None or following is None:
                name = _older(left, name.end)
                continue
            newer, (where, name) = said, following
            # A copy that does not tell its bucket has everything in one place.
            if bucket and where != bucket:
                bucket = where
                left = _in_order(self.list_in(bucket))
        yield from self._passed_by()

    def _after(self, bucket: str, newest: DigestName) -> Digest | None:
        if self.after is None:
            return None
        said = self.judge.judge(bucket, self.after, self.fetch(bucket, self.after.key), None).said
        return said if said and said.previous and said.previous[1] == newest.key else None

    def _judged(self, bucket: str, name: DigestName, newer: Digest | None) -> Judged:
        self._seen.add((bucket, name.key))
        return self.judge.judge(bucket, name, self.fetch(bucket, name.key), newer)

    def _named(self, said: Digest, name: DigestName) -> tuple[str, DigestName] | None:
        """Gives the digest before that one names; none but an older one, so that the walk ends."""
        if said.previous is None:
            return None
        bucket, key = said.previous
        found = self.place.digest(key)
        # The trail may have had another prefix then.
        end = found.end if found else said.start
        return (bucket, DigestName(key, end, name.backfill)) if end < name.end else None

    def _passed_by(self) -> Iterator[Judged]:
        bucket = self.place.trail.bucket
        for name in reversed(_in_order(self.listed)):
            if (bucket, name.key) in self._seen:
                continue
            judged = self._judged(bucket, name, None)
            yield _unlinked(judged) if judged.flaw is None else judged


def _unlinked(judged: Judged) -> Judged:
    kind = Kind.BACKFILL if judged.name.backfill else Kind.DIGEST
    flaw = Flaw(
        kind=kind,
        bucket=judged.bucket,
        key=judged.name.key,
        standing=Standing.VALID,
        problem=Problem.UNLINKED,
        told="is signed, but no digest names it as the one before",
    )
    return Judged(judged.bucket, judged.name, judged.digest, flaw=flaw)


def _in_order(listed: Sequence[DigestName]) -> list[DigestName]:
    """Gives digests by their time, whatever folders they are in."""
    return sorted(listed, key=lambda name: (name.end, name.key))


def _older(left: list[DigestName], than: datetime) -> DigestName | None:
    """Takes the newest digest that is older from a list, and those that are not older with it."""
    while left:
        name = left.pop()
        if name.end < than:
            return name
    return None
