"""Filter patterns as trees.

Every tree prints as the pattern it stands for, and that text parses to the same tree again. `Not`, `Always`
and `Never` have no spelling in the language: they serve those who build expressions to compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Op = Literal["=", "!=", "<", ">", "<=", ">="]
JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]
Event = dict[str, JsonValue]


class Wild(Enum):
    """A step of a selector that stands for every child."""

    NAME = ".*"
    INDEX = "[*]"


Step = str | int | Wild


@dataclass(frozen=True, slots=True)
class Selector:
    """The way to a field of a JSON event, such as `$.userIdentity.type`.

    Attributes:
        steps: A name is a property, a number an index of an array.
    """

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, text: str) -> Selector:
        """Gives the selector that a text such as `$.a[0].b` writes down.

        Raises:
            PatternError: The text is not a selector.
        """
        from auditor.pattern.json_grammar import selector_of

        return selector_of(text)

    @property
    def has_wildcard(self) -> bool:
        """Whether it may stand for several fields."""
        return any(isinstance(step, Wild) for step in self.steps)

    def __str__(self) -> str:
        from auditor.pattern.printing import selector_text

        return selector_text(self)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to compare with, in which `*` is a wildcard.

    Attributes:
        value: The text, without its quotes.
        quoted: Whether it was written in quotes; only a bare `*` means something else without them.
    """

    value: str
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A number to compare with.

    Attributes:
        text: The number as written.
    """

    text: str

    @property
    def value(self) -> int | float:
        """The number itself; whole numbers that a float holds exactly are given as such."""
        number = float(self.text)
        return int(number) if number.is_integer() and abs(number) <= 2**53 else number


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression, without its percent signs."""

    source: str


Value = Text | Number | Regex


@dataclass(frozen=True, slots=True)
class Compare:
    """A field compared with a value.

    Raises:
        ValueError: An order such as `<` is given something other than a number.
    """

    selector: Selector
    op: Op
    value: Value

    def __post_init__(self) -> None:
        if self.op not in ("=", "!=") and not isinstance(self.value, Number):
            raise ValueError(f"{self.op} compares with a number")

    @classmethod
    def of(cls, selector: str, op: Op, value: str | int | float) -> Compare:
        """Gives the comparison of a selector in words with a text or a number.

        Raises:
            PatternError: The selector is not one.
            TypeError: The value is a boolean, for which there are IsTrue and IsFalse.
        """
        if isinstance(value, bool):
            raise TypeError("a boolean is compared with IsTrue or IsFalse")
        made = Text(value) if isinstance(value, str) else Number(repr(value))
        return cls(Selector.of(selector), op, made)


@dataclass(frozen=True, slots=True)
class IsNull:
    """The field is there and is null."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class IsTrue:
    """The field is the boolean true."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class IsFalse:
    """The field is the boolean false."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class NotExists:
    """The field is not there."""

    selector: Selector


Kind = Literal["absent", "null", "boolean", "number", "text", "object", "array"]


@dataclass(frozen=True, slots=True)
class IsKind:
    """The field is one of these kinds of value; no pattern can say so, but facts about events do."""

    selector: Selector
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class And:
    """Every term holds."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one term holds."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold; the language itself cannot say so."""

    term: Expression


@dataclass(frozen=True, slots=True)
class Always:
    """Every event."""


@dataclass(frozen=True, slots=True)
class Never:
    """No event."""


Atom = Compare | IsNull | IsTrue | IsFalse | NotExists | IsKind
Expression = Atom | And | Or | Not | Always | Never


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """A pattern over JSON events: `{ $.eventName = "ConsoleLogin" }`."""

    expression: Expression

    def __str__(self) -> str:
        from auditor.pattern.printing import json_text

        return json_text(self)


class Role(Enum):
    """What a term does in a term pattern, by the character before it."""

    WANTED = ""
    OPTIONAL = "?"
    EXCLUDED = "-"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a term pattern."""

    value: Text | Regex
    role: Role = Role.WANTED


@dataclass(frozen=True, slots=True)
class TermPattern:
    """A pattern of words that an event's text has or has not; without terms it matches every event."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        from auditor.pattern.printing import terms_text

        return terms_text(self)


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A field of a space-delimited event compared with a value."""

    op: Op
    value: Value


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a space-delimited pattern.

    Attributes:
        name: The field's name, which may be empty.
        tests: Alternatives, each of tests that must all hold; none at all takes any field.
    """

    name: str
    tests: tuple[tuple[FieldTest, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class AnyFields:
    """Any number of fields, none too: `...`."""


@dataclass(frozen=True, slots=True)
class DelimitedPattern:
    """A pattern over space-delimited events: `[ip, user, ..., status = 4*]`."""

    slots: tuple[Slot | AnyFields, ...]

    def __str__(self) -> str:
        from auditor.pattern.printing import delimited_text

        return delimited_text(self)


Pattern = JsonPattern | TermPattern | DelimitedPattern
