"""Verifies a trail's log files: every chain of digests, and every log file that a proved digest names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auditor.integrity.ahead import Ahead, finished
from auditor.integrity.digest import NamedLog
from auditor.integrity.judging import DigestJudge, Judged, judge_log
from auditor.integrity.place import ChainPlace, DigestName
from auditor.integrity.search import Search
from auditor.integrity.shelf import KeyRing, NotReadError
from auditor.integrity.signature import require_cryptography
from auditor.integrity.tally import Tally
from auditor.integrity.walk import Walk
from auditor.model.integrity import Flaw, LogIntegrity, Span

THREADS = 16
# A log file may bear a time some minutes before it was delivered, and waits up to an hour for its digest.
_NAMED_EARLY = timedelta(minutes=15)
_DIGESTED_LATE = timedelta(hours=1)
_UNNAMED_KEPT = 1000
Progress = Callable[[int, int], None]


def _silent(done: int, known: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What is verified, and by what.

    Attributes:
        search: Where the files are.
        keys: CloudTrail's public keys.
        now: The clock.
        progress: Told after each file how many are done, and how many are known of so far.
        threads: How many files are read at a time.
    """

    search: Search
    keys: KeyRing
    now: datetime
    progress: Progress = _silent
    threads: int = THREADS

    def run(self) -> LogIntegrity:
        """Verifies.

        Raises:
            ConfigurationError: The package that verifies signatures is not installed.
        """
        require_cryptography()
        trail = self.search.trail
        pool = ThreadPoolExecutor(self.threads, "verify")
        try:
            tallies, unread = _Run(self, pool).tallies()
        finally:
            pool.shutdown(cancel_futures=True)
        chains = tuple(tally.total() for tally in tallies)
        return LogIntegrity(
            trail_arn=trail.arn, bucket=trail.bucket, asked=self.search.asked, chains=chains, unread=tuple(unread)
        )


@dataclass(slots=True)
class _Chain:
    place: ChainPlace
    listed: Sequence[DigestName]
    tally: Tally


@dataclass(slots=True)
class _Run:
    task: Verification
    pool: ThreadPoolExecutor
    unread: list[str] = field(default_factory=list)
    done: int = 0
    known: int = 0

    def tallies(self) -> tuple[list[Tally], list[str]]:
        chains = self._chains()
        self.known = sum(len(chain.listed) for chain in chains)
        bucket, shelf = self.task.search.trail.bucket, self.task.search.shelf
        wanted = [(bucket, name.key) for chain in chains for name in _as_walked(chain.listed)]
        fetch = Ahead(self.pool, shelf, wanted, depth=2 * self.task.threads)
        # The digests of one chain are walked while the log files of those before are still read.
        for tally, flaw in finished(self._log_files(chains, fetch), most=4 * self.task.threads):
            tally.log(flaw)
            self._tell()
        for chain, (unnamed, count) in zip(chains, self.pool.map(self._unnamed, chains), strict=True):
            chain.tally.unnamed, chain.tally.unnamed_count = unnamed, count
        return [chain.tally for chain in chains], self.unread

    def _chains(self) -> list[_Chain]:
        search = self.task.search
        try:
            places = search.places()
        except NotReadError as error:
            self.unread.append(f"the folders of the bucket could not be listed: {error}")
            return []
        found = self.pool.map(self._listed, places)
        return [
            _Chain(place, listed, Tally(place, search.asked, self.task.now))
            for place, listed in zip(places, found, strict=True)
            if listed is not None
        ]

    def _listed(self, place: ChainPlace) -> Sequence[DigestName] | None:
        """Gives a chain's digests; None where it has none and need not have any."""
        search = self.task.search
        try:
            found = search.digests(place)
            return found if found or search.expects(place) else None
        except NotReadError as error:
            self.unread.append(f"{place.digests} could not be listed: {error}")
            return None

    def _log_files(self, chains: Iterable[_Chain], fetch: Ahead) -> Iterator[Future[tuple[Tally, Flaw | None]]]:
        for chain in chains:
            for judged in self._digests(chain, fetch):
                chain.tally.digest(judged)
                logs = judged.digest.logs if judged.digest else ()
                self.known += len(logs)
                self._tell()
                for log in logs:
                    yield self.pool.submit(self._log, log, chain.tally)

    def _log(self, log: NamedLog, tally: Tally) -> tuple[Tally, Flaw | None]:
        return tally, judge_log(self.task.search.shelf, log)

    def _digests(self, chain: _Chain, fetch: Ahead) -> Iterator[Judged]:
        search = self.task.search
        judge = DigestJudge(chain.place.region, self.task.keys, search.shelf.keeps_metadata)
        for backfill in (False, True):

            def listed(names: Iterable[DigestName], wanted: bool = backfill) -> list[DigestName]:
                return [name for name in names if name.backfill is wanted]

            def elsewhere(bucket: str, place: ChainPlace = chain.place) -> list[DigestName]:
                try:
                    return listed(search.digests(place, bucket))
                except NotReadError as error:
                    self.unread.append(f"{place.digests} of the bucket {bucket} could not be listed: {error}")
                    return []

            names = listed(chain.listed)
            after = self._after(chain, names)
            yield from Walk(chain.place, names, search.asked.start, judge, fetch, elsewhere, after)

    def _after(self, chain: _Chain, names: Sequence[DigestName]) -> DigestName | None:
        """Gives the digest after those of the time, where only it has the newest one's signature."""
        search = self.task.search
        if search.shelf.keeps_metadata or not names:
            return None
        return search.after(chain.place, max(names, key=lambda name: name.end))

    def _unnamed(self, chain: _Chain) -> tuple[tuple[str, ...], int]:
        """Gives the log files within the covered times that no proved digest names, and how many there are."""
        kept: list[str] = []
        count = 0
        try:
            for span in chain.tally.covered():
                start, end = span.start + _NAMED_EARLY, span.end - _DIGESTED_LATE
                if start >= end:
                    continue
                for key, _ in self.task.search.logs(chain.place, Span(start=start, end=end)):
                    if key not in chain.tally.named:
                        count += 1
                        kept += [key] if len(kept) < _UNNAMED_KEPT else []
        except NotReadError as error:
            self.unread.append(f"{chain.place.logs} could not be listed: {error}")
        return tuple(kept), count

    def _tell(self) -> None:
        self.done += 1
        self.task.progress(self.done, self.known)


def _as_walked(listed: Sequence[DigestName]) -> list[DigestName]:
    """Gives digests in the order in which a walk comes by them: the newest first, backfills last."""
    newest_first = sorted(listed, key=lambda name: name.end, reverse=True)
    return sorted(newest_first, key=lambda name: name.backfill)
