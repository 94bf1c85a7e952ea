"""Automata for texts with wildcards and for regular expressions, many of them walked at once.

Everything the filter language can say about a text is a choice of chains, and a chain a row of character sets
with counts. Their states are the bits of one integer, so no pattern, however many stars it has, makes a walk
slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from auditor.pattern.charset import ANY, NONE, CharSet


@dataclass(frozen=True, slots=True)
class Item:
    """A character set that repeats at least `least` times, and at most `most` times unless that is None."""

    chars: CharSet
    least: int = 1
    most: int | None = 1


Chain = tuple[Item, ...]
Language = tuple[Chain, ...]
RUN = Item(ANY, 0, None)


def literal_chain(text: str) -> Chain:
    """Gives the chain that one text alone matches."""
    return tuple(Item(_single(char)) for char in text)


@lru_cache(maxsize=512)
def _single(char: str) -> CharSet:
    return CharSet.of(char)


def size(language: Language) -> int:
    """Gives the number of states that an automaton for the language needs."""
    return sum(1 + sum(_states(item) for item in chain) for chain in language)


def _states(item: Item) -> int:
    return item.least + 1 if item.most is None else item.most


class Automaton:
    """Languages side by side; a set of states is the bits of an integer.

    State i goes to i + 1 by a character of its edge, or by none if it is in `skips`, and stays by a character
    of its loop. Chains lie one after the other and their last states have no way out.
    """

    def __init__(self, languages: Iterable[Language]) -> None:
        self.edges: list[CharSet] = []
        self.loops: list[CharSet] = []
        self.skips = 0
        self.accepting: list[int] = []
        start = 0
        for language in languages:
            accepting = 0
            for chain in language:
                start |= 1 << len(self.edges)
                for item in chain:
                    self._append(item)
                accepting |= 1 << len(self.edges)
                self._state(NONE, NONE)
            self.accepting.append(accepting)
        self._masks: dict[str, tuple[int, int]] = {}
        self._known: dict[tuple[int, str], int] = {}
        self.start = self._settled(start)

    def step(self, states: int, char: str) -> int:
        """Gives the states after one character."""
        key = (states, char)
        known = self._known.get(key)
        if known is None:
            edges, loops = self._mask(char)
            known = self._settled((states & edges) << 1 | (states & loops))
            # The memory is bounded: a long text of many characters would else be kept whole.
            if len(self._known) < 4096:
                self._known[key] = known
        return known

    def after(self, text: str) -> int:
        """Gives the states after a whole text."""
        states = self.start
        for char in text:
            states = self.step(states, char)
        return states

    def accepts(self, text: str) -> bool:
        """Tells whether the text is in the first of the languages."""
        states, last = self.start, self.accepting[0]
        for char in text:
            states = self.step(states, char)
            if not states:
                return False
        return bool(states & last)

    def verdicts(self, states: int) -> tuple[bool, ...]:
        """Tells of each language whether a text that led to these states is in it."""
        return tuple(bool(states & accepting) for accepting in self.accepting)

    def _append(self, item: Item) -> None:
        for _ in range(item.least):
            self._state(item.chars, NONE)
        if item.most is None:
            self.skips |= 1 << len(self.edges)
            self._state(NONE, item.chars)
            return
        for _ in range(item.most - item.least):
            self.skips |= 1 << len(self.edges)
            self._state(item.chars, NONE)

    def _state(self, edge: CharSet, loop: CharSet) -> None:
        self.edges.append(edge)
        self.loops.append(loop)

    def _settled(self, states: int) -> int:
        while True:
            grown = states | (states & self.skips) << 1
            if grown == states:
                return states
            states = grown

    def _mask(self, char: str) -> tuple[int, int]:
        known = self._masks.get(char)
        if known is None:
            known = (_bits(self.edges, char), _bits(self.loops, char))
            if len(self._masks) < 1024:
                self._masks[char] = known
        return known


def _bits(sets: list[CharSet], char: str) -> int:
    found = 0
    for at, chars in enumerate(sets):
        if chars.ranges and char in chars:
            found |= 1 << at
    return found
