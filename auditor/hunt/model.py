"""A named query, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.errors import UsageError
from auditor.pattern import Expression

Values = Mapping[str, str]
Row = tuple[str, ...]
# A query of Insights has at most 10,000 characters.
# Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one must or may say to ask a query.

    Attributes:
        default: What holds where nothing is said; None where something must be.
        choices: The values that there are; any where empty.
    """

    name: str
    help: str
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer.

    Attributes:
        field: The field of the event as Insights names it, such as `userIdentity.arn`.
        name: What the column is called.
    """

    field: str
    name: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Events are counted rather than listed: a row for each group that the columns make.

    Attributes:
        hourly: Whether each hour is a group of its own; else the first and the last event of each group are told.
        order: What comes first: the largest groups, or those that were first seen last.
    """

    hourly: bool = False
    order: Literal["events", "firstSeen"] = "events"


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has a name.

    Attributes:
        answers: What one learns from it.
        why: Why that matters to who hunts.
        references: Addresses of what it rests on.
        columns: What is told of each event, or what makes a group.
        where: Gives, from the values of the parameters, the condition that an event must meet.
        grouping: How events are counted; None where they are listed.
        check: The alarm check whose alarm such an event should have set off; else empty.
    """

    name: str
    title: str
    answers: str
    why: str
    columns: tuple[Column, ...]
    where: Callable[[Values], Expression]
    parameters: tuple[Parameter, ...] = ()
    references: tuple[str, ...] = ()
    grouping: Grouping | None = None
    check: str = ""

    @property
    def headings(self) -> Row:
        """The names of the answer's columns."""
        names = tuple(column.name for column in self.columns)
        if self.grouping is None:
            return names
        return ("hour", *names, "events") if self.grouping.hourly else (*names, "events", "firstSeen", "lastSeen")

    @property
    def needs(self) -> tuple[str, ...]:
        """The parameters without which it cannot be asked."""
        return tuple(one.name for one in self.parameters if one.default is None)

    def search(self, given: Values) -> Search:
        """Gives the query with its parameters filled in.

        Raises:
            UsageError: A parameter is missing, there is none of that name, or it does not take that value.
        """
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                has = f"It has {', '.join(known)}." if known else "It has none."
                raise UsageError(f"The query {self.name} has no parameter {name!r}.", has)
        values = {name: _value(self, one, given) for name, one in known.items()}
        return Search(self, values, self.where(values))


@dataclass(frozen=True, slots=True)
class Search:
    """A query whose parameters are filled in; from it both texts are written."""

    query: Query
    values: Values
    where: Expression


def _value(query: Query, parameter: Parameter, given: Values) -> str:
    value = given.get(parameter.name, parameter.default)
    if value is None:
        raise UsageError(
            f"The query {query.name} needs {parameter.name}: {parameter.help}", f"Give -p {parameter.name}=VALUE."
        )
    if parameter.choices and value not in parameter.choices:
        raise UsageError(
            f"{parameter.name} of {query.name} is not {value!r}.", f"Choose one of {', '.join(parameter.choices)}."
        )
    if parameter.default is None and not value:
        raise UsageError(f"{parameter.name} of {query.name} is empty.", "Every event would have it.")
    if len(value) > _LONGEST:
        raise UsageError(f"{parameter.name} of {query.name} has more than {_LONGEST:,} characters.", "Shorten it.")
    if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
        raise UsageError(f"{parameter.name} of {query.name} holds a character that no event holds.", "Leave it out.")
    return value


@dataclass(frozen=True, slots=True)
class Hits:
    """What a query found.

    Attributes:
        rows: The newest event first, or the groups in their order; a field that is not there is an empty text.
        missing: Why there may be more than these, a sentence each; empty where this is all.
        scanned: How many bytes CloudWatch read for it, which is what it charges; 0 for files.
        events: How many events were looked at.
        files: How many files were read, in whole or in part.
    """

    columns: Row
    rows: tuple[Row, ...]
    missing: tuple[str, ...] = ()
    scanned: int = 0
    events: int = 0
    files: int = 0


def in_order(query: Query, rows: list[Row]) -> tuple[Row, ...]:
    """Gives rows in the order in which they are told, which no order of theirs before has any part in."""
    found = sorted(rows)
    headings = query.headings
    grouping = query.grouping
    if grouping is None:
        time = headings.index("eventTime")
        found.sort(key=lambda row: row[time], reverse=True)
    elif grouping.hourly:
        found.sort(key=lambda row: row[0], reverse=True)
    elif grouping.order == "firstSeen":
        first = headings.index("firstSeen")
        found.sort(key=lambda row: row[first], reverse=True)
    else:
        events = headings.index("events")
        found.sort(key=lambda row: int(row[events]), reverse=True)
    return tuple(found)
