"""Finds one text for every way in which several languages can divide the texts between them.

This is what makes comparing exact: two texts that the same languages accept cannot be told apart by any pattern
built of those languages, so one of them stands for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache

from auditor.pattern.automaton import Automaton, Chain, Item, Language
from auditor.pattern.charset import DIGIT, CharSet
from auditor.pattern.model import Regex, Text
from auditor.pattern.values import language

# Steps of the joint automaton, about a tenth of a second of them.
_MOST_STEPS = 60_000
# Characters to stand for their kind, the most natural first.
_NATURAL = "xyzwvutsrqponmlkjihgfedcbaXYZWVUTSRQPONMLKJIHGFEDCBA0123456789-_. :/@"
Signature = tuple[bool, ...]
_SIGN = Item(CharSet.of("+-"), 0, 1)
_DIGITS = Item(DIGIT, 1, None)
_POINT = Item(CharSet.of("."))
_EXPONENT: Chain = (Item(CharSet.of("eE")), _SIGN, _DIGITS)
_MANTISSAS: tuple[Chain, ...] = (
    (_SIGN, _DIGITS),
    (_SIGN, _DIGITS, _POINT, Item(DIGIT, 0, None)),
    (_SIGN, _POINT, _DIGITS),
)
_NUMERALS: Language = tuple(mantissa + exponent for mantissa in _MANTISSAS for exponent in ((), _EXPONENT))


class TooHardError(Exception):
    """A question that takes more steps than were granted."""


def representatives(
    values: tuple[Text | Regex, ...], star_inside: bool, taken: frozenset[str], *, numerals: bool = False
) -> dict[Signature, str]:
    """Gives, for every combination of values that some text matches, a shortest such text that is not taken.

    A combination that only taken texts have is left out.

    Args:
        values: The texts with wildcards, and the regular expressions.
        star_inside: Whether `*` in the middle of a text is a wildcard.
        taken: Texts that stand for themselves.
        numerals: Whether to tell apart, last in each combination, the texts that write a number.

    Raises:
        TooHardError: The joint automaton has too many states.
    """
    found = _representatives(values, star_inside, taken, numerals)
    if found is None:
        raise TooHardError("the wildcards of the patterns combine in too many ways")
    return found


@lru_cache(maxsize=256)
def _representatives(
    values: tuple[Text | Regex, ...], star_inside: bool, taken: frozenset[str], numerals: bool
) -> dict[Signature, str] | None:
    """Gives the texts, or None where there are too many states; that answer is worth keeping too."""
    languages = [language(value, star_inside) for value in values]
    automaton = Automaton([*languages, _NUMERALS] if numerals else languages)
    letters = _letters([*automaton.edges, *automaton.loops], taken)
    most = 1
    while True:
        walked = _walk(automaton, letters, taken, most)
        if walked is None:
            return None
        found, short = walked
        # A state met `most` times may lead to more texts than were looked at, and one of those may be free.
        if not short or most > len(taken):
            return found
        most = min(2 * most, len(taken) + 1)


def _walk(
    automaton: Automaton, letters: list[str], taken: frozenset[str], most: int
) -> tuple[dict[Signature, str], bool] | None:
    """Walks texts from the shortest, at most `most` to a state, unless there are too many.

    Tells too whether a combination had no free text.
    """
    found: dict[Signature, str] = {}
    met: set[Signature] = set()
    visits: dict[int, int] = {automaton.start: 1}
    waiting = deque([("", automaton.start)])
    steps = 0
    while waiting:
        text, states = waiting.popleft()
        signature = automaton.verdicts(states)
        met.add(signature)
        if signature not in found and text not in taken:
            found[signature] = text
        # Steps over many states are long ones.
        steps += len(letters) * (1 + len(automaton.edges) // 256)
        if steps > _MOST_STEPS:
            return None
        for letter in letters:
            after = automaton.step(states, letter)
            count = visits.get(after, 0)
            if count < most:
                visits[after] = count + 1
                waiting.append((text + letter, after))
    return found, len(found) < len(met)


def _letters(sets: Iterable[CharSet], taken: frozenset[str]) -> list[str]:
    """Gives one character for every kind of character that the sets or the taken texts can tell apart."""
    distinct = {chars for chars in sets if chars.ranges}
    singles = {char for text in taken for char in text}
    bounds = {0}
    for chars in distinct:
        for first, last in chars.ranges:
            bounds |= {first, last + 1}
    for char in singles:
        bounds |= {ord(char), ord(char) + 1}
    # Neither a surrogate nor a control character is a natural stand-in, so plain ones are offered first.
    offered = [*_NATURAL, *(chr(code) for code in sorted(bounds) if code < 0xD800 or 0xDFFF < code < 0x110000)]
    kinds: dict[tuple[object, ...], str] = {}
    for char in offered:
        kind = (char if char in singles else None, *(char in chars for chars in distinct))
        kinds.setdefault(kind, char)
    return list(kinds.values())
