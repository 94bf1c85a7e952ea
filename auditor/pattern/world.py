"""What is known of CloudTrail records: facts that every possible record meets, and what records look like.

The facts lie in cloudtrail.json and event_sources.json, each with its source. A fact that is missing makes an
answer weaker; a fact that is wrong would make it false, so only what a source states is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from auditor.pattern.evaluation import Check, compile_expression
from auditor.pattern.model import (
    Compare,
    Event,
    Expression,
    IsFalse,
    IsKind,
    JsonPattern,
    JsonValue,
    Not,
    Or,
    Selector,
    Text,
)
from auditor.pattern.parsing import parse
from auditor.pattern.semantics import LIKELIEST
from auditor.pattern.values import ABSENT, Found

_NAME = Selector(("eventName",))
_SOURCE = Selector(("eventSource",))
_TYPE = Selector(("eventType",))
_READ_ONLY = Selector(("readOnly",))
Example = dict[Selector, Found]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds of every CloudTrail record.

    Attributes:
        says: The fact in words.
        expression: What holds.
        source: Where it is stated.
    """

    says: str
    expression: Expression
    source: str


@dataclass(frozen=True)
class World:
    """The CloudTrail records that are possible in a partition.

    Network activity events, which a trail logs only if asked to, are left out: they repeat a call that is
    recorded as a management event as well, and lack some of its fields.

    Attributes:
        partition: `aws`, or another; some facts are known of one partition only.
    """

    partition: str = "aws"

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact."""
        book = _book(self.partition)
        return book.general + tuple(fact for facts in book.named.values() for fact in facts)

    def broken(self, event: Event) -> tuple[Fact, ...]:
        """Gives the facts that an event does not meet; none for a possible CloudTrail record."""
        book = _book(self.partition)
        found = [fact for fact, check in book.checks if not check(event)]
        name = event.get("eventName")
        if isinstance(name, str):
            found += [
                fact for fact in book.named.get(name, ()) if not compile_expression(fact.expression, LIKELIEST)(event)
            ]
        return tuple(found)


CLOUDTRAIL = World()


@dataclass(frozen=True, slots=True)
class _Book:
    general: tuple[Fact, ...]
    checks: tuple[tuple[Fact, Check], ...]
    named: dict[str, tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class Customs:
    """What records usually look like, to make examples natural; nothing is proved from it.

    Attributes:
        usual: Values of fields, the most usual first.
        examples: Records in outline.
        identities: The `userIdentity` of each type.
        by_name: The outlines by their eventName.
    """

    usual: dict[Selector, tuple[Found, ...]]
    examples: tuple[Example, ...]
    identities: dict[str, Event]

    by_name: dict[str, tuple[Example, ...]]

    def of_name(self, name: Found) -> tuple[Example, ...]:
        """Gives the outlines of records with an eventName."""
        return self.by_name.get(name, ()) if isinstance(name, str) else ()

    def usual_values(self, selector: Selector) -> Sequence[Found]:
        """Gives the usual values of a field."""
        return self.usual.get(selector, ())


@cache
def customs() -> Customs:
    """Gives what records usually look like."""
    data = _data("cloudtrail.json")
    outlines = [*data["examples"][:1], *_named_outlines(), *data["examples"][1:]]
    examples = tuple(
        {_TYPE: "AwsApiCall", **{_selector(path): _found(value) for path, value in outline.items()}}
        for outline in outlines
    )
    usual = {_selector(path): tuple(_found(value) for value in values) for path, values in data["usual"].items()}
    usual[_NAME] = tuple(dict.fromkeys(str(example[_NAME]) for example in examples))
    by_name = {name: tuple(each for each in examples if each[_NAME] == name) for name in usual[_NAME]}
    return Customs(usual, examples, data["identities"], {str(name): found for name, found in by_name.items()})


def _named_outlines() -> Iterator[dict[str, JsonValue]]:
    for name, sources in _data("event_sources.json")["names"].items():
        for source in sources:
            yield {"$.eventName": name, "$.eventSource": source, "$.readOnly": False, "$.errorCode": None}


@cache
def _book(partition: str) -> _Book:
    data = _data("cloudtrail.json")
    general = [
        Fact(f"{path[2:]} {entry['says']}", IsKind(_selector(path), tuple(entry["kinds"])), entry["source"])
        for entry in data["kinds"]
        for path in entry["paths"]
    ]
    for rule in data["rules"]:
        if rule.get("partition", partition) == partition:
            expression = Or((Not(_expression(rule["if"])), _expression(rule["then"])))
            general.append(Fact(rule["says"], expression, rule["source"]))
    sources = _data("event_sources.json")
    checks = tuple((fact, compile_expression(fact.expression, LIKELIEST)) for fact in general)
    named = {name: tuple(_facts_of_name(name, found, sources["source"])) for name, found in sources["names"].items()}
    return _Book(tuple(general), checks, named)


def _facts_of_name(name: str, sources: list[str], origin: str) -> Iterator[Fact]:
    other = Not(Compare(_NAME, "=", Text(name)))
    choices = tuple(Compare(_SOURCE, "=", Text(source)) for source in sources)
    listed = sources[0] if len(sources) == 1 else f"{', '.join(sources[:-1])} or {sources[-1]}"
    yield Fact(f"{name} comes only from {listed}", Or((other, *choices)), origin)
    yield Fact(f"{name} has readOnly false, as it changes something", Or((other, IsFalse(_READ_ONLY))), origin)


def _expression(text: str) -> Expression:
    pattern = parse(text)
    if not isinstance(pattern, JsonPattern):
        raise TypeError(f"not a JSON pattern: {text}")
    return pattern.expression


@cache
def _selector(path: str) -> Selector:
    return Selector.of(path)


def _found(value: JsonValue) -> Found:
    # In the data files null says that the field is not there.
    return ABSENT if value is None else value


def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return loaded
