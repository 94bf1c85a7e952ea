"""What changed from one run to another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from auditor.findings import Verdict
from auditor.model.fact import Frozen


class Kind(StrEnum):
    """What became of a finding, the worst first."""

    FAILS = "fails"
    UNKNOWN = "unknown"
    MENDED = "mended"
    WAIVED = "waived"
    UNWAIVED = "unwaived"
    MOVED = "moved"
    GONE = "gone"
    UNCHECKED = "unchecked"
    OTHER = "other"


class Earlier(Frozen):
    """The run that another is compared with."""

    id: str
    finished_at: datetime
    benchmark: str
    tool: str
    score: int


class Change(Frozen):
    """A finding of which something else is said than before.

    Attributes:
        kind: What became of it.
        finding: The finding's id.
        before: The verdict before; None where there was no such finding.
        after: The verdict now; None where there is no such finding any more.
        reason: What is said now, or was said last.
    """

    kind: Kind
    finding: str
    check_id: str
    resource: str
    title: str
    before: Verdict | None
    after: Verdict | None
    reason: str


class Changes(Frozen):
    """What changed since an earlier run.

    Attributes:
        since: The earlier run.
        still: How many findings that failed then fail still.
        items: The findings of which something else is said, by kind.
    """

    since: Earlier
    still: int
    items: tuple[Change, ...] = ()
