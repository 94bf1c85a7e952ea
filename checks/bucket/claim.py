"""What is said of a bucket, whether it is so or not, or not known."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.checking import Evidence
from auditor.checking.evidence import shown_unreadable
from auditor.model.fact import Unreadable


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about a bucket.

    Attributes:
        holds: Whether it is so; None where that is not known.
        words: What was found, as a clause that starts with ordinary words.
        evidence: The facts that it rests on.
        notes: What else one should know, a sentence each.
    """

    holds: bool | None
    words: str
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The words as a sentence of their own."""
        return f"{self.words[:1].upper()}{self.words[1:]}."


def not_known(what: str, unreadable: Unreadable) -> Claim:
    """Gives a claim that hangs on what could not be read."""
    return Claim(None, f"{what} is not known, since {unreadable.reason}", (shown_unreadable(unreadable),))
