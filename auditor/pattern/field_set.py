"""The values of one field of which conditions hold, so that conditions on a field can be joined into one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.pattern.automaton import RUN, Chain
from auditor.pattern.errors import CannotExpressError
from auditor.pattern.model import (
    Atom,
    Compare,
    IsFalse,
    IsKind,
    IsNull,
    IsTrue,
    NotExists,
    Number,
    Op,
    Regex,
    Text,
    Value,
)
from auditor.pattern.number_set import EVERY_NUMBER, NO_NUMBER, NumberSet
from auditor.pattern.semantics import Semantics
from auditor.pattern.text_set import EVERY_TEXT, NO_TEXT, TextSet
from auditor.pattern.values import Pieces, fits, is_any, language, number_in, pieces

ABSENT, NULL, TRUE, FALSE = "absent", "null", "true", "false"
SINGLE = frozenset((ABSENT, NULL, TRUE, FALSE))
_STATES = {NotExists: ABSENT, IsNull: NULL, IsTrue: TRUE, IsFalse: FALSE}


@dataclass(frozen=True, slots=True)
class FieldSet:
    """A set of values, of absence among them; arrays and objects are never in it.

    Attributes:
        single: Which of absence, null, true and false are in it.
        numbers: The numbers in it.
        texts: The texts in it.
    """

    single: frozenset[str] = frozenset()
    numbers: NumberSet = NO_NUMBER
    texts: TextSet = NO_TEXT

    def __invert__(self) -> FieldSet:
        return FieldSet(SINGLE - self.single, ~self.numbers, ~self.texts)

    def __and__(self, other: FieldSet) -> FieldSet:
        return FieldSet(self.single & other.single, self.numbers & other.numbers, self.texts & other.texts)

    def __or__(self, other: FieldSet) -> FieldSet:
        return FieldSet(self.single | other.single, self.numbers | other.numbers, self.texts | other.texts)

    def __bool__(self) -> bool:
        return bool(self.single or self.numbers or self.texts)


EVERYTHING = FieldSet(SINGLE, EVERY_NUMBER, EVERY_TEXT)


def field_set(atom: Atom, semantics: Semantics) -> FieldSet:
    """Gives the values of which an atom holds; semantics must be settled.

    Raises:
        CannotExpressError: They are not to be named with wildcards and intervals.
    """
    if isinstance(atom, IsKind):
        return _of_kinds(atom)
    if not isinstance(atom, Compare):
        return FieldSet(frozenset((_STATES[type(atom)],)))
    if atom.op not in ("=", "!="):
        return _number(atom.op, atom.value, semantics)
    equal = _equal(atom.value, semantics)
    if atom.op == "=":
        return equal
    kept = EVERYTHING if semantics.not_equal_other_type else _same_type(atom.value)
    absence = frozenset((ABSENT,) if semantics.not_equal_absent else ())
    return ~equal & replace(kept, single=kept.single - {ABSENT} | absence)


def _of_kinds(atom: IsKind) -> FieldSet:
    kinds = set(atom.kinds)
    if kinds & {"object", "array"}:
        raise CannotExpressError("a condition that a field is an object or an array")
    single = kinds & {ABSENT, NULL} | ({TRUE, FALSE} if "boolean" in kinds else set())
    return FieldSet(
        frozenset(single),
        EVERY_NUMBER if "number" in kinds else NO_NUMBER,
        EVERY_TEXT if "text" in kinds else NO_TEXT,
    )


def _number(op: Op, wanted: Value, semantics: Semantics) -> FieldSet:
    if semantics.string_number:
        raise CannotExpressError("a comparison with a number that texts of digits meet as well (string_number)")
    return FieldSet(numbers=NumberSet.of(op, wanted.value if isinstance(wanted, Number) else 0))


def _equal(wanted: Value, semantics: Semantics) -> FieldSet:
    if isinstance(wanted, Number):
        return _number("=", wanted, semantics)
    if is_any(wanted):
        booleans = (TRUE, FALSE) if semantics.string_number else ()
        return FieldSet(frozenset(booleans), EVERY_NUMBER, EVERY_TEXT)
    globs = _globs(wanted, semantics)
    texts = TextSet.of(globs)
    if not semantics.string_number:
        return FieldSet(texts=texts)
    if any(len(glob) > 1 for glob in globs):
        raise CannotExpressError("a wildcard that numbers meet as well (string_number)")
    single = frozenset(name for name in (TRUE, FALSE) if any(fits(glob, name) for glob in globs))
    numbers = NO_NUMBER
    for glob in globs:
        number = number_in(glob[0])
        numbers |= NO_NUMBER if number is None else NumberSet.of("=", number)
    return FieldSet(single, numbers, texts)


def _same_type(wanted: Value) -> FieldSet:
    if isinstance(wanted, Number):
        return FieldSet(numbers=EVERY_NUMBER)
    if is_any(wanted):
        return FieldSet(frozenset((TRUE, FALSE)), EVERY_NUMBER, EVERY_TEXT)
    return FieldSet(texts=EVERY_TEXT)


def _globs(wanted: Text | Regex, semantics: Semantics) -> list[Pieces]:
    if isinstance(wanted, Text):
        return [pieces(wanted.value, semantics.star_inside_word is not False)]
    return [_glob(chain, wanted) for chain in language(wanted, True)]


def _glob(chain: Chain, wanted: Regex) -> Pieces:
    """Gives a chain of single characters and runs of any as the parts between its runs."""
    parts = [""]
    for item in chain:
        if item == RUN:
            parts.append("")
            continue
        ranges = item.chars.ranges
        if item.least != 1 or item.most != 1 or len(ranges) != 1 or ranges[0][0] != ranges[0][1]:
            raise CannotExpressError(f"the regular expression %{wanted.source}% says more than wildcards can")
        parts[-1] += chr(ranges[0][0])
    return (parts[0], *(part for part in parts[1:-1] if part), parts[-1]) if len(parts) > 1 else (parts[0],)
