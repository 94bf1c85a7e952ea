"""Adds up what was found of one chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auditor.integrity.digest import Digest
from auditor.integrity.judging import Judged
from auditor.integrity.place import ChainPlace
from auditor.integrity.times import between, joined
from auditor.model.integrity import ChainIntegrity, Count, Flaw, Kind, Span, Standing, Uncovered

# CloudTrail puts an hour's digest there up to an hour after the hour; before that nothing is missing.
LATE = timedelta(hours=2)


@dataclass(slots=True)
class Tally:
    """What was found of one chain so far.

    Attributes:
        place: The chain.
        asked: The time that is asked for.
        now: The clock.
        named: The log files that proved digests name.
        unnamed: Log files that none names, as far as they are listed.
        unnamed_count: How many there are.
    """

    place: ChainPlace
    asked: Span
    now: datetime
    named: set[str] = field(default_factory=set)
    unnamed: tuple[str, ...] = ()
    unnamed_count: int = 0
    _counts: dict[tuple[Kind, Standing], int] = field(default_factory=dict)
    _flaws: list[Flaw] = field(default_factory=list)
    _spans: list[Span] = field(default_factory=list)
    _newer: Digest | None = None
    _starts: set[datetime] = field(default_factory=set)

    def digest(self, judged: Judged) -> None:
        """Counts a digest."""
        kind = Kind.BACKFILL if judged.name.backfill else Kind.DIGEST
        self._count(kind, judged.flaw)
        proved = judged.digest
        if proved is None:
            return
        self.named.update(log.key for log in proved.logs)
        if judged.name.backfill:
            return
        self._spans.append(Span(start=proved.start, end=proved.end))
        newer = self._newer
        if newer and newer.previous == (proved.bucket, proved.key) and proved.end < newer.start:
            # A digest that names the one before says that nothing was delivered between them.
            self._spans.append(Span(start=proved.end, end=newer.start))
        if proved.previous is None:
            self._starts.add(proved.start)
        self._newer = proved

    def log(self, flaw: Flaw | None) -> None:
        """Counts a log file."""
        self._count(Kind.LOG, flaw)

    def _count(self, kind: Kind, flaw: Flaw | None) -> None:
        standing = flaw.standing if flaw else Standing.VALID
        self._counts[kind, standing] = self._counts.get((kind, standing), 0) + 1
        if flaw:
            self._flaws.append(flaw)

    def covered(self) -> tuple[Span, ...]:
        """Gives the times that proved digests cover, beyond the time asked for too."""
        return joined(self._spans)

    def total(self) -> ChainIntegrity:
        """Gives the sum."""
        return ChainIntegrity(
            account_id=self.place.account_id,
            region=self.place.region,
            digests=self._sum(Kind.DIGEST),
            backfills=self._sum(Kind.BACKFILL),
            logs=self._sum(Kind.LOG),
            covered=tuple(_within(self.covered(), self.asked)),
            uncovered=tuple(self._uncovered()),
            flaws=tuple(self._flaws),
            unnamed=self.unnamed,
            unnamed_count=self.unnamed_count,
        )

    def _sum(self, kind: Kind) -> Count:
        valid, invalid, unknown = (self._counts.get((kind, standing), 0) for standing in Standing)
        return Count(valid=valid, invalid=invalid, unknown=unknown)

    def _uncovered(self) -> Iterable[Uncovered]:
        # Where nothing is proved at all, not even the time that is too new is left open silently.
        due = min(self.asked.end, self.now - LATE) if self._spans else self.asked.end
        if due <= self.asked.start:
            return
        covered = self.covered()
        for span in between(covered, Span(start=self.asked.start, end=due)):
            restarts = span.end in self._starts
            first = not any(one.start < span.start for one in covered)
            why = self._reason(span, due, restarts=restarts)
            yield Uncovered(start=span.start, end=span.end, reason=why, begins=first and restarts)

    def _reason(self, span: Span, due: datetime, *, restarts: bool) -> str:
        if not self._spans:
            return "there is no valid digest of that time"
        if restarts:
            return "CloudTrail began a new chain of digests after it"
        if span.end >= due:
            return "there is no valid digest after it"
        return "no valid digest is left of it"


def _within(spans: Iterable[Span], asked: Span) -> Iterable[Span]:
    for one in spans:
        start, end = max(one.start, asked.start), min(one.end, asked.end)
        if start < end:
            yield Span(start=start, end=end)
