"""What goes wrong with filter patterns: a text that is none, and one that another language cannot say."""

from __future__ import annotations


class PatternError(ValueError):
    """A text that is not a filter pattern.

    Attributes:
        text: The whole text.
        offset: Where in it the fault lies, counted in characters from 0.
        expected: What should have stood there.
    """

    def __init__(self, text: str, offset: int, expected: str) -> None:
        self.text = text
        self.offset = min(max(offset, 0), len(text))
        self.expected = expected
        super().__init__(f"line {self.line}, column {self.column}: expected {expected}")

    @property
    def line(self) -> int:
        """The line of the fault, from 1."""
        return self.text.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        """The column of the fault, from 1."""
        return self.offset - self._line_start + 1

    @property
    def drawing(self) -> str:
        """The line of the fault with a caret under the place, at most 72 characters wide."""
        start = self._line_start
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)]
        cut = max(0, self.column - 48)
        shown = "".join(char if char.isprintable() else " " for char in line[cut : cut + 72])
        return f"{shown}\n{' ' * (self.column - 1 - cut)}^ expected {self.expected}"

    @property
    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.offset) + 1


class CannotExpressError(ValueError):
    """A pattern that says what another language cannot.

    Attributes:
        reason: What it is that cannot be said.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
