"""What a check says of one subject."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.findings import Candidate, ChainLink, Event, Evidence, Status
from auditor.remediation import Remediation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says of one subject; the finding is made of this and of the check's own declaration.

    Attributes:
        status: PASS, FAIL, UNKNOWN or NOT_APPLICABLE.
        reason: Why, in one sentence.
        evidence: The facts that it rests on.
        notes: What else one should know, a sentence each.
        chain: For a chain: its links.
        candidates: For a chain: the others that were looked at.
        witness: An event that gets lost.
        remediation: What mends a failure.
        resource: What the verdict is about, where it is not the subject itself.
        region: Where that is.
        owner: The account in which it is mended, where it is not the subject's owner.
    """

    status: Status
    reason: str
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    witness: Event | None = None
    remediation: Remediation | None = None
    resource: str | None = None
    region: str | None = None
    owner: str | None = None


def passed(reason: str, *evidence: Evidence, notes: tuple[str, ...] = ()) -> Verdict:
    """Gives a PASS."""
    return Verdict(Status.PASS, reason, evidence, notes)


def failed(
    reason: str, *evidence: Evidence, remediation: Remediation | None = None, notes: tuple[str, ...] = ()
) -> Verdict:
    """Gives a FAIL, with what mends it."""
    return Verdict(Status.FAIL, reason, evidence, notes, remediation=remediation)


def unknown(reason: str, *evidence: Evidence, notes: tuple[str, ...] = ()) -> Verdict:
    """Gives an UNKNOWN: something could not be read or decided."""
    return Verdict(Status.UNKNOWN, reason, evidence, notes)


def not_applicable(reason: str, *evidence: Evidence) -> Verdict:
    """Gives a NOT_APPLICABLE: there is nothing to judge."""
    return Verdict(Status.NOT_APPLICABLE, reason, evidence)
