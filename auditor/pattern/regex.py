"""Regular expressions as CloudWatch Logs takes them between percent signs.

The subset has no groups, so an expression is a choice of rows of repeated character sets. It is read into an
automaton, never given to `re`: a row such as `a*a*a*a*b` would make a backtracking matcher run for ever.

Source: CloudWatch Logs user guide, "Supported regular expressions (regex) syntax":
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache

from auditor.pattern.automaton import RUN, Automaton, Chain, Item, Language, size
from auditor.pattern.charset import DIGIT, NOT_NEWLINE, SPACE, WORD, CharSet

_PLAIN = frozenset(string.ascii_letters + string.digits + ":_#=@/;,- ")
_OPERATORS = "^$?[]{}|\\*+."
_CLASSES = {"d": DIGIT, "D": ~DIGIT, "s": SPACE, "S": ~SPACE, "w": WORD, "W": ~WORD}
_COUNTS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_MOST_STATES = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """Where an expression leaves AWS's subset, and what would stay in it."""

    offset: int
    expected: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of an expression: its language, or the fault that kept it from having one."""

    language: Language = ()
    fault: Fault | None = None


class _RefusalError(Exception):
    def __init__(self, offset: int, expected: str) -> None:
        self.fault = Fault(offset, expected)
        super().__init__(expected)


@lru_cache(maxsize=1024)
def read_regex(source: str) -> Reading:
    """Gives the texts in which the expression finds something, as a language of whole texts."""
    try:
        return Reading(_Reader(source).language())
    except _RefusalError as refusal:
        return Reading(fault=refusal.fault)


@lru_cache(maxsize=256)
def regex_automaton(source: str) -> Automaton:
    """Gives the automaton of an expression."""
    return Automaton((regex_language(source),))


def regex_language(source: str) -> Language:
    """Gives the texts in which an expression finds something.

    Raises:
        ValueError: It is not an expression that AWS takes; `parse` lets none through.
    """
    reading = read_regex(source)
    if reading.fault is not None:
        raise ValueError(f"not a regular expression of the filter language: {source}")
    return reading.language


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0

    def language(self) -> Language:
        chains = [self._chain()]
        while self._accept("|"):
            chains.append(self._chain())
        if self.at < len(self.source):
            raise _RefusalError(self.at, "^ at the start of an alternative, $ at its end")
        language = tuple(chains)
        if size(language) > _MOST_STATES:
            raise _RefusalError(0, "an expression with fewer repetitions")
        return language

    def _chain(self) -> Chain:
        items: list[Item] = [] if self._accept("^") else [RUN]
        while self.at < len(self.source) and self.source[self.at] not in "^$|":
            items.append(self._repeated(self._chars()))
        if not self._accept("$"):
            items.append(RUN)
        return tuple(items)

    def _accept(self, char: str) -> bool:
        found = self.source.startswith(char, self.at)
        self.at += found
        return found

    def _chars(self) -> CharSet:
        char = self.source[self.at]
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._brackets()
        if char == ".":
            self.at += 1
            return NOT_NEWLINE
        if char not in _PLAIN:
            raise _RefusalError(self.at, "a letter, a digit, one of : _ # = @ / ; , - or an operator")
        self.at += 1
        return CharSet.of(char)

    def _escape(self) -> CharSet:
        self.at += 1
        char = self.source[self.at : self.at + 1]
        if char == "x":
            code = self.source[self.at + 1 : self.at + 3]
            if len(code) != 2 or not set(code) <= set(string.hexdigits):
                raise _RefusalError(self.at, "two hexadecimal digits after \\x")
            self.at += 3
            return CharSet.of(chr(int(code, 16)))
        if char in _CLASSES and char:
            self.at += 1
            return _CLASSES[char]
        if not char or char not in _OPERATORS + "()-/":
            raise _RefusalError(self.at, "one of d D s S w W x or an operator after \\")
        self.at += 1
        return CharSet.of(char)

    def _brackets(self) -> CharSet:
        opened = self.at
        self.at += 1
        inverted = self._accept("^")
        found = CharSet(())
        while not self._accept("]"):
            if self.at >= len(self.source):
                raise _RefusalError(opened, "a closing ]")
            found |= self._range()
        if not found.ranges:
            raise _RefusalError(opened, "a character between [ and ]")
        return ~found if inverted else found

    def _range(self) -> CharSet:
        start = self.at
        first = self._member()
        rest = self.source[self.at : self.at + 2]
        if len(rest) < 2 or rest[0] != "-" or rest[1] == "]":
            return first
        self.at += 1
        last = self._member()
        (low, low_end), (high, high_end) = first.ranges[0], last.ranges[-1]
        if low != low_end or high != high_end or low > high:
            raise _RefusalError(start, "a range from one character to a later one")
        return CharSet(((low, high),))

    def _member(self) -> CharSet:
        char = self.source[self.at]
        if char == "\\":
            return self._escape()
        if char not in _PLAIN and char not in "^$?[{}|*+.":
            raise _RefusalError(self.at, "a letter, a digit, one of : _ # = @ / ; , - or an operator")
        self.at += 1
        return CharSet.of(char)

    def _repeated(self, chars: CharSet) -> Item:
        sign = self.source[self.at : self.at + 1]
        if sign in _COUNTS and sign:
            self.at += 1
            least, most = _COUNTS[sign]
        elif sign == "{":
            least, most = self._counts()
        else:
            return Item(chars)
        if self.source[self.at : self.at + 1] in ("*", "+", "?", "{"):
            raise _RefusalError(self.at, "one repetition after a character")
        return Item(chars, least, most)

    def _counts(self) -> tuple[int, int | None]:
        start = self.at
        end = self.source.find("}", start)
        low, comma, high = self.source[start + 1 : end].partition(",") if end > 0 else ("", "", "")
        counts = [part for part in (low, high) if part]
        fine = low and all(part.isascii() and part.isdigit() and len(part) < 5 for part in counts)
        least = int(low) if fine else 0
        most = (int(high) if high else None) if comma and fine else least
        if not fine or (most is not None and most < least) or max(least, most or 0) > _MOST_STATES:
            raise _RefusalError(start, "a repetition such as {3}, {3,} or {3,5}")
        self.at = end + 1
        return least, most
