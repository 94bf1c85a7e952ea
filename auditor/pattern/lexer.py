"""Reads the words of a filter pattern: names, numbers, quoted and bare texts, regular expressions."""

from __future__ import annotations

import re

from auditor.pattern.errors import PatternError
from auditor.pattern.model import Number, Op, Regex, Text, Value
from auditor.pattern.regex import read_regex

_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# AWS asks for quotes around all but letters, digits and `_`, yet its own examples write `123.123.*` bare, and
# the benchmarks `iam.amazonaws.com`.
_BARE = re.compile(r"[A-Za-z0-9_.*:/@#;+$?^~-]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\]?)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_REGEX = re.compile(r"%([^%]*)%")
_OPERATORS: tuple[Op, ...] = ("!=", "<=", ">=", "=", "<", ">")


class Scanner:
    """A place in a text that moves forward as words are read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.regexes = 0

    def error(self, expected: str, at: int | None = None) -> PatternError:
        """Gives the error for what should have stood at the place."""
        return PatternError(self.text, self.at if at is None else at, expected)

    def space(self) -> None:
        """Moves past white space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def ended(self) -> bool:
        """Moves past white space and tells whether the text ends there."""
        self.space()
        return self.at >= len(self.text)

    def accept(self, word: str) -> bool:
        """Moves past white space and this word, if it is next."""
        self.space()
        if not self.text.startswith(word, self.at):
            return False
        self.at += len(word)
        return True

    def expect(self, word: str, expected: str = "") -> None:
        """Moves past this word.

        Raises:
            PatternError: It is not next.
        """
        if not self.accept(word):
            raise self.error(expected or f"'{word}'")

    def match(self, wanted: re.Pattern[str]) -> str | None:
        """Gives what the expression matches here, and moves past it."""
        found = wanted.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found.group()

    def operator(self, expected: str) -> Op:
        """Reads a comparison operator.

        Raises:
            PatternError: None is next.
        """
        for op in _OPERATORS:
            if self.accept(op):
                return op
        raise self.error(expected)

    def value(self, op: Op) -> Value:
        """Reads what a field is compared with.

        Raises:
            PatternError: It is not a value, or not one that the operator takes.
        """
        self.space()
        start = self.at
        if self.at < len(self.text) and self.text[self.at] in '"%':
            found: Value = self.quoted() if self.text[self.at] == '"' else self.regex()
        else:
            found = self._bare()
        if op not in ("=", "!=") and not isinstance(found, Number):
            raise self.error(f"a number after {op}", start)
        return found

    def quoted(self) -> Text:
        """Reads a text in double quotes; a backslash keeps a quote or a backslash after it."""
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise self.error("a closing double quote", len(self.text))
        self.at = found.end()
        return Text(_ESCAPED.sub(r"\1", found.group(1)))

    def regex(self) -> Regex:
        """Reads a regular expression between percent signs."""
        start = self.at
        found = _REGEX.match(self.text, self.at)
        if found is None:
            raise self.error("a closing %", len(self.text))
        fault = read_regex(found.group(1)).fault
        if fault is not None:
            raise self.error(fault.expected, start + 1 + fault.offset)
        self.at = found.end()
        self.regexes += 1
        return Regex(found.group(1))

    def _bare(self) -> Value:
        start = self.at
        word = self.match(_BARE)
        if word is None:
            raise self.error("a number, a word, a text in double quotes or a %regular expression%")
        return self._number(word, start) if _NUMBER.fullmatch(word) else Text(word, quoted=False)

    def _number(self, word: str, start: int) -> Number:
        if float(word) in (float("inf"), float("-inf")):
            raise self.error("a number of a size that can be compared", start)
        return Number(word)
