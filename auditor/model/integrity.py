"""Whether a trail's log files are as CloudTrail delivered them: what `verify-logs` found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from auditor.model.fact import Frozen, Source


class Standing(StrEnum):
    """How a file stands: as it was delivered, not so, or not known since it could not be read."""

    VALID = "valid"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"


class Kind(StrEnum):
    """What kind of file it is; a backfill digest names log files that came too late for their hour's own."""

    DIGEST = "digest file"
    BACKFILL = "backfill digest file"
    LOG = "log file"


class Problem(StrEnum):
    """What is wrong with a file."""

    MISSING = "missing"
    MOVED = "moved"
    FORMAT = "format"
    SIGNATURE = "signature"
    UNSIGNED = "unsigned"
    KEY = "public key"
    LINK = "link"
    TRAILING = "trailing data"
    HASH = "hash"
    UNREADABLE = "unreadable"
    # Not wrong by itself: no digest names it as the one before, as where a trail is deleted and made anew.
    UNLINKED = "unlinked"


class Flaw(Frozen):
    """A file that is not plainly valid.

    Attributes:
        bucket: The bucket; empty where a local copy does not tell.
        key: The object's key.
        told: What is wrong, as a clause that follows the file's name.
    """

    kind: Kind
    bucket: str
    key: str
    standing: Standing
    problem: Problem
    told: str

    @property
    def address(self) -> str:
        """Where the file is."""
        return f"s3://{self.bucket}/{self.key}" if self.bucket else self.key


class Count(Frozen):
    """Files counted by how they stand."""

    valid: int = 0
    invalid: int = 0
    unknown: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return self.valid + self.invalid + self.unknown


class Span(Frozen):
    """A time from `start` to `end`, in UTC."""

    start: datetime
    end: datetime


class Uncovered(Span):
    """A time that no valid digest covers.

    Attributes:
        reason: Why, as a clause.
        begins: Whether a signed digest says that CloudTrail only began after it, so that nothing is amiss.
    """

    reason: str
    begins: bool = False


class ChainIntegrity(Frozen):
    """One chain of digests: those of one account in one region.

    Attributes:
        covered: The times that valid digests cover.
        uncovered: The times asked for that none covers.
        flaws: Each file that is not valid, and what is odd about those that are.
        flaws_left_out: How many more there are, where a report keeps only some.
        unnamed: Log files of the covered times that no digest names.
        unnamed_count: How many there are.
    """

    account_id: str
    region: str
    digests: Count = Count()
    backfills: Count = Count()
    logs: Count = Count()
    covered: tuple[Span, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    flaws_left_out: int = 0
    unnamed: tuple[str, ...] = ()
    unnamed_count: int = 0

    @property
    def invalid(self) -> int:
        """How many files are not as CloudTrail delivered them."""
        return self.digests.invalid + self.backfills.invalid + self.logs.invalid

    @property
    def unknown(self) -> int:
        """How many files could not be judged."""
        return self.digests.unknown + self.backfills.unknown + self.logs.unknown

    @property
    def open_times(self) -> tuple[Uncovered, ...]:
        """The uncovered times that nothing accounts for."""
        return tuple(span for span in self.uncovered if not span.begins)


class LogIntegrity(Frozen):
    """What the verification of one trail's log files gave.

    Attributes:
        trail_arn: The trail.
        bucket: Where its log files are; empty where a local copy does not tell.
        asked: The time that was asked for.
        source: The calls that it rests on, told as one; None for a local copy.
        unread: Why more could not be looked at, a clause each, such as a folder that may not be listed.
    """

    trail_arn: str
    bucket: str
    asked: Span
    source: Source | None = None
    chains: tuple[ChainIntegrity, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """INVALID where a file is; UNKNOWN where one is, or a time is not covered, or nothing was found."""
        if any(chain.invalid for chain in self.chains):
            return Standing.INVALID
        if self.unread or not self.chains or any(chain.unknown or chain.open_times for chain in self.chains):
            return Standing.UNKNOWN
        return Standing.VALID

    def shortened(self, limit: int) -> LogIntegrity:
        """Gives the same with at most so many flaws and unnamed files a chain, the gravest first."""
        return self.model_copy(update={"chains": tuple(_shortened(chain, limit) for chain in self.chains)})


def _shortened(chain: ChainIntegrity, limit: int) -> ChainIntegrity:
    ranked = sorted(chain.flaws, key=lambda flaw: _GRAVEST.index(flaw.standing))
    left_out = max(0, len(ranked) - limit)
    return chain.model_copy(
        update={"flaws": tuple(ranked[:limit]), "flaws_left_out": left_out, "unnamed": chain.unnamed[:limit]}
    )


_GRAVEST = (Standing.INVALID, Standing.UNKNOWN, Standing.VALID)
