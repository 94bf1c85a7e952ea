"""The settings of the filter language that no source settles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

QUESTIONS = {
    "star_inside_word": "whether `*` in the middle of a text is a wildcard",
    "not_equal_absent": "whether `!=` matches an event that lacks the field",
    "string_number": "whether a text equals a number or boolean that looks the same",
    "not_equal_other_type": "whether `!=` matches null, a boolean, or a value of another type",
}


@dataclass(frozen=True, slots=True)
class Semantics:
    """How the language is read where sources conflict or are silent; None leaves a question open.

    An open question is decided both ways when patterns are compared. Where a single answer is wanted, on one
    event, the likelier reading is taken (see `settled`).

    Attributes:
        star_inside_word: Whether `*` in the middle of a text is a wildcard. The user guide of 2018 says that
            it is literal, the present one speaks of a wildcard only.
        not_equal_absent: Whether `!=` matches an event that lacks the field. AWS's console says no:
            https://github.com/DataBiosphere/azul/issues/5884
        string_number: Whether the text "3" equals the number 3, and "true" the boolean; no source.
        not_equal_other_type: Whether `!=` matches null, a boolean, or a value of another type; no source.
    """

    star_inside_word: bool | None = None
    not_equal_absent: bool | None = False
    string_number: bool | None = None
    not_equal_other_type: bool | None = None

    def open_questions(self) -> tuple[str, ...]:
        """Gives the names of the settings that are left open."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is None)

    def settled(self) -> Semantics:
        """Gives the likeliest reading: open questions answered by the newest text, else by the plainest rule."""
        likely = {name: getattr(LIKELIEST, name) for name in self.open_questions()}
        return replace(self, **likely) if likely else self

    def readings(self, questions: tuple[str, ...]) -> Iterator[Semantics]:
        """Gives every reading that answers these questions, and the rest as is likeliest; the likeliest first."""
        base = self.settled()
        likely = [getattr(base, name) for name in questions]
        for flips in itertools.product((False, True), repeat=len(questions)):
            answers = {name: value != flip for name, value, flip in zip(questions, likely, flips, strict=True)}
            yield replace(base, **answers) if answers else base


LIKELIEST = Semantics(star_inside_word=True, not_equal_absent=False, string_number=False, not_equal_other_type=True)
