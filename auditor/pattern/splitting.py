"""Splits what a field can hold into the classes that the atoms about it can tell apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from auditor.pattern.model import Atom, Compare, Number, Regex, Text
from auditor.pattern.semantics import Semantics
from auditor.pattern.separation import representatives
from auditor.pattern.values import (
    ABSENT,
    Found,
    fitting,
    holds,
    is_any,
    kind_of,
    number_in,
    pieces,
    plain,
    text_matches,
)


class Ghost(Enum):
    """The value of a class that may be empty: none was found in it, and none was shown to be missing."""

    GHOST = "ghost"


GHOST: Final = Ghost.GHOST
Member = Found | Ghost
_OTHERS: tuple[Found, ...] = (ABSENT, None, True, False, {}, [])
_NUMERIC = frozenset("0123456789+-.eE")
_MOST_MEMBERS = 200


@dataclass(slots=True)
class Split:
    """The classes of one field.

    Attributes:
        members: For each class, values that stand for it, the most natural first.
        masks: For each atom, the classes in which it holds, as bits.
        kinds: For each of absent, object, array and scalar, the classes of that kind, as bits.
    """

    members: list[list[Member]] = field(default_factory=list)
    masks: dict[Atom, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def full(self) -> int:
        """Every class."""
        return (1 << len(self.members)) - 1


def split(atoms: Iterable[Atom], semantics: Semantics, usual: Sequence[Found], *, sampled: bool = False) -> Split:
    """Gives the classes of a field's values.

    Texts are told apart by the texts and regular expressions of the atoms, numbers by the places they have
    among the atoms' numbers, and the rest by kind. Where a text may equal a number (`string_number`), each
    kind is told apart by the other's measures as well.

    Args:
        atoms: All that the patterns say about the field.
        semantics: Settled semantics.
        usual: Values that the field has in real events, preferred as members.
        sampled: Whether to look at some texts only, where looking at all takes too long; classes may then be
            missing.

    Raises:
        TooHardError: The wildcards combine in too many ways.
    """
    return _Splitter(tuple(dict.fromkeys(atoms)), semantics, sampled=sampled).split(usual)


class _Splitter:
    def __init__(self, atoms: tuple[Atom, ...], semantics: Semantics, *, sampled: bool) -> None:
        self.sampled = sampled
        self.atoms = atoms
        self.semantics = semantics
        self.star_inside = semantics.star_inside_word is not False
        values = dict.fromkeys(atom.value for atom in atoms if isinstance(atom, Compare))
        self.numbers = [value for value in values if isinstance(value, Number)]
        self.texts = [value for value in values if not isinstance(value, Number)]
        self.literals: dict[str, int] = {}
        self.wild: list[tuple[int, Text | Regex, Callable[[str], bool]]] = []
        for at, value in enumerate(self.texts):
            self._sort(1 << at, value)
        self.alike = bool(semantics.string_number)
        self.shapes: list[Atom] = []
        self.shape_of = self._shape_atoms()
        self.found: dict[tuple[str, int, tuple[bool, ...]], int] = {}
        self.marks: frozenset[int | float] = frozenset()
        self.result = Split()

    def _shape_atoms(self) -> list[int]:
        """Gives each atom the place of its shape; atoms of one shape say the same of all but texts.

        Seventeen names compared by `=` are one shape, so that null is asked about once, not seventeen times.
        """
        places: dict[object, int] = {}
        found = []
        for atom in self.atoms:
            plain_text = isinstance(atom, Compare) and not isinstance(atom.value, Number) and not is_any(atom.value)
            shape: object = atom.op if plain_text and not self.alike and isinstance(atom, Compare) else atom
            if shape not in places:
                places[shape] = len(self.shapes)
                self.shapes.append(atom)
            found.append(places[shape])
        return found

    def _sort(self, bit: int, value: Text | Regex) -> None:
        parts = pieces(value.value, self.star_inside) if isinstance(value, Text) else ()
        if len(parts) == 1:
            self.literals[parts[0]] = self.literals.get(parts[0], 0) | bit
        elif parts:
            self.wild.append((bit, value, fitting(parts)))
        else:
            self.wild.append((bit, value, lambda text: text_matches(value, text, self.semantics)))

    def split(self, usual: Sequence[Found]) -> Split:
        for value in usual:
            self._add(value)
        for text in self.literals:
            self._add(text)
        self._add_invented()
        numbers = self._number_values()
        for value in (*numbers, *_OTHERS):
            self._add(value)
        if self.alike and not self.sampled and (self.numbers or self._numeric):
            self._add_look_alikes(numbers)
        self._mask_atoms()
        return self.result

    def _matched(self, text: str) -> int:
        """Gives the texts of the atoms that match a text, as bits."""
        matched = self.literals.get(text, 0)
        for bit, _, matches in self.wild:
            if matches(text):
                matched |= bit
        return matched

    def _add(self, value: Found) -> None:
        """Puts a value in the class of its like."""
        kind = kind_of(value)
        matched = self._matched(value) if isinstance(value, str) else 0
        truths: tuple[bool, ...] = ()
        if kind != "text" or (self.alike and self.numbers):
            truths = tuple(holds(atom, value, self.semantics) for atom in self.shapes)
        self._join((kind, matched, truths), value)

    def _join(self, key: tuple[str, int, tuple[bool, ...]], member: Member) -> None:
        at = self.found.setdefault(key, len(self.result.members))
        if at == len(self.result.members):
            self.result.members.append([])
            shape = key[0] if key[0] in ("absent", "object", "array") else "scalar"
            self.result.kinds[shape] = self.result.kinds.get(shape, 0) | 1 << at
        elif member is GHOST:
            return
        if len(self.result.members[at]) < _MOST_MEMBERS:
            self.result.members[at].append(member)

    def _add_invented(self) -> None:
        """Adds a text for every combination of wildcards that no other text has."""
        if not self.wild:
            self._add(fresh_text(self.literals))
            return
        if self.sampled:
            samples = [value.value for value in self._wild_values if isinstance(value, Text)]
            for text, filling in itertools.product(samples, ("", "x")):
                self._add(filling.join(pieces(text, self.star_inside)))
            return
        # The empty text would be the shortest of most combinations, and is the least natural.
        taken = frozenset((*self.literals, ""))
        for text in (*representatives(self._wild_values, self.star_inside, taken).values(), ""):
            self._add(text)

    @property
    def _numeric(self) -> bool:
        return any(_may_match_number(value) for value in self._wild_values)

    @property
    def _wild_values(self) -> tuple[Text | Regex, ...]:
        return tuple(value for _, value, _ in self.wild)

    def _number_values(self) -> list[int | float]:
        points = {number.value for number in self.numbers}
        if self.alike:
            points |= {number for text in self.literals if (number := number_in(text)) is not None}
        marks = sorted(points)
        self.marks = frozenset(marks)
        if not marks:
            return [0]
        found = [*marks, marks[0] - max(1, abs(marks[0])), marks[-1] + max(1, abs(marks[-1]))]
        for low, high in itertools.pairwise(marks):
            whole = int(low // 1) + 1
            found.append(whole if low < whole < high else low / 2 + high / 2)
        return found

    def _add_look_alikes(self, numbers: list[int | float]) -> None:
        """Adds the texts that write numbers, and ghosts where a text's wildcards meet a number's measure."""
        signatures = self._numeral_signatures() if self.wild else []
        for number in numbers:
            spelled = plain(number)
            for zeros in range(len(self.literals) + 2):
                self._add(_spelled_longer(spelled, zeros))
            for signature in signatures:
                self._add_ghost("text", signature, spelled)
                # A mark is one number, which was added itself; between marks lie numbers of many spellings.
                if number not in self.marks:
                    self._add_ghost("number", signature, number)

    def _numeral_signatures(self) -> list[int]:
        """Gives every combination of wildcards that a text which writes a number can have, and adds one of each."""
        bits = [bit for bit, _, _ in self.wild]
        signatures = []
        for verdicts, text in representatives(
            self._wild_values, self.star_inside, frozenset(self.literals), numerals=True
        ).items():
            number = number_in(text)
            if number is not None:
                signatures.append(sum(bit for bit, yes in zip(bits, verdicts, strict=False) if yes))
                self._add(text)
                self._add(int(number) if number.is_integer() and abs(number) <= 2**53 else number)
        return signatures

    def _add_ghost(self, kind: str, signature: int, value: str | int | float) -> None:
        # A literal that a text is not is no matter; one that a number equals was given a number of its own.
        truths = tuple(self._ghost_holds(atom, kind, signature, value) for atom in self.shapes)
        self._join((kind, signature if kind == "text" else 0, truths), GHOST)

    def _ghost_holds(self, atom: Atom, kind: str, signature: int, value: str | int | float) -> bool:
        if not isinstance(atom, Compare) or isinstance(atom.value, Number):
            return holds(atom, value, self.semantics)
        place = self.texts.index(atom.value)
        wild = any(bit == 1 << place for bit, _, _ in self.wild)
        equal = bool(signature >> place & 1)
        if kind == "number" and not wild:
            return holds(atom, value, self.semantics)
        same = kind == "text" or is_any(atom.value)
        return equal if atom.op == "=" else not equal and (same or bool(self.semantics.not_equal_other_type))

    def _mask_atoms(self) -> None:
        matched = [0] * len(self.texts)
        shapes = [0] * len(self.shapes)
        texts = 0
        for (kind, bits, truths), at in self.found.items():
            texts |= (kind == "text") << at
            for place, truth in enumerate(truths):
                shapes[place] |= truth << at
            for place in _places(bits):
                matched[place] |= 1 << at
        places = {value: at for at, value in enumerate(self.texts)}
        for atom, shape in zip(self.atoms, self.shape_of, strict=True):
            others = shapes[shape] & ~texts
            if isinstance(atom, Compare) and not isinstance(atom.value, Number):
                same = matched[places[atom.value]] & texts
                others |= same if atom.op == "=" else texts & ~same
            elif self.alike and self.numbers:
                others |= shapes[shape] & texts
            elif holds(atom, "x", self.semantics):
                others |= texts
            self.result.masks[atom] = others


def _places(bits: int) -> Iterator[int]:
    """Gives the places of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _spelled_longer(spelled: str, zeros: int) -> str:
    """Gives another way to write a number: `5`, `5.0`, `5.00`, or zeros before it."""
    if not zeros:
        return spelled
    if "e" in spelled or "n" in spelled:
        return spelled
    return f"{spelled}{'' if '.' in spelled else '.'}{'0' * zeros}"


def _may_match_number(value: Text | Regex) -> bool:
    if isinstance(value, Regex):
        return True
    return set(value.value) <= _NUMERIC | {"*"} and value.value.strip("*") != ""


def fresh_text(taken: Iterable[str]) -> str:
    """Gives a text that is not one of the taken ones."""
    known = set(taken)
    text = "something-else"
    while text in known:
        text += "-else"
    return text
