"""Answers queries of Logs Insights over events, from the text alone and apart from the package.

It reads what the CloudWatch Logs user guide says of `fields`, `filter`, `stats`, `sort` and `limit`. Fields are texts:
a boolean is 1 or 0, a number what JSON writes, and null, an object or an array nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.pattern.insights_query import Reader, Row, Test

# What holds a bar that parts no commands: texts in quotes and regular expressions.
COMMAND = re.compile(r"""(?:"[^"]*"|'[^']*'|`[^`]*`|/(?:\\.|[^/\\])*/|[^|"'`/])+""")
COUNT, EARLIEST, LATEST = (re.compile(text) for text in (r"count\(\*\)", r"earliest\((.+)\)", r"latest\((.+)\)"))
ALIASED = re.compile(r"(\S+?)(?: as ([A-Za-z0-9]+))?")


@dataclass(frozen=True)
class LogEvent:
    """An event of a log group: when CloudWatch took it in, in milliseconds since 1970, and its text."""

    at: int
    message: str

    @property
    def row(self) -> Row:
        row: Row = {"@message": self.message, "@timestamp": stamp(self.at), "@at": self.at}
        _add(row, "", json.loads(self.message))
        return row


def stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at % 1000:03d}"


def _add(row: Row, path: str, value: Any) -> None:
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            _add(row, f"{path}.{name}" if path else str(name), inner)
    elif isinstance(value, bool):
        row[path] = "1" if value else "0"
    elif value is not None:
        row[path] = value if isinstance(value, str) else json.dumps(value)


class Texts(Reader):
    """Compares texts; a number of the query is the text that writes it."""

    def comparison(self) -> Test:
        kind, text = self.tokens[self.at + 2] if self.at + 2 < len(self.tokens) else ("", "")
        if kind != "number":
            return super().comparison()
        name = self.take().strip("`")
        assert self.take() == "="
        self.take()
        return lambda row: row.get(name) == text


def interpreted(query: str, events: Iterable[LogEvent]) -> list[dict[str, str]]:
    """Gives the rows of an answer, each with its fields; what is not there is left out."""
    found = [{**event.row, "@ptr": f"ptr-{place}"} for place, event in enumerate(events)]
    shown: list[str] = []
    grouped = False
    for command in (text.strip() for text in COMMAND.findall(query)):
        word, _, rest = command.partition(" ")
        if word == "fields":
            shown = _fields(rest, found)
        elif word == "filter":
            test = Texts(rest).whole()
            found = [row for row in found if test(row)]
        elif word == "stats":
            found, shown = _stats(rest, found)
            grouped = True
        elif word == "sort":
            field, _, way = rest.rpartition(" ")
            assert way in ("asc", "desc")
            found.sort(key=lambda row, field=field: natural(str(row.get(field, ""))), reverse=way == "desc")
        else:
            assert word == "limit", command
            found = found[: int(rest)]
    return [{name: row[name] for name in (*shown, *(() if grouped else ("@ptr",))) if name in row} for row in found]


def natural(text: str) -> tuple[Any, ...]:
    """Orders as the guide says: numbers last and by size, the rest by runs of digits and of other characters."""
    if re.fullmatch(r"[0-9]+", text):
        return (1, ((0, len(text.lstrip("0")), text.lstrip("0")),))
    return (0, tuple(_chunk(chunk) for chunk in re.findall(r"[0-9]+|[^0-9]+", text)))


def _chunk(chunk: str) -> tuple[int, int, str]:
    return (0, len(chunk), chunk) if chunk[0].isdigit() else (1, 0, chunk)


def _fields(rest: str, rows: list[Row]) -> list[str]:
    names = []
    for part in rest.split(", "):
        aliased = ALIASED.fullmatch(part)
        assert aliased, part
        field, alias = aliased[1].strip("`"), aliased[2] or aliased[1].strip("`")
        names.append(alias)
        for row in rows:
            if field in row:
                row[alias] = row[field]
    return names


def _stats(rest: str, rows: list[Row]) -> tuple[list[Row], list[str]]:
    functions, _, by = rest.partition(" by ")
    keys = by.split(", ")
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if "bin(1h)" in keys:
            row["bin(1h)"] = stamp(row["@at"] // 3_600_000 * 3_600_000)
        groups.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    made, names = [], list(keys)
    told = [_function(part) for part in functions.split(", ")]
    for key, members in groups.items():
        one = {name: value for name, value in zip(keys, key, strict=True) if value is not None}
        made.append(one | {alias: value for alias, give in told if (value := give(members)) is not None})
    return made, names + [alias for alias, _ in told]


def _function(part: str) -> tuple[str, Callable[[list[Row]], str | None]]:
    called, _, alias = part.partition(" as ")
    if COUNT.fullmatch(called):
        return alias, lambda rows: str(len(rows))
    first, last = EARLIEST.fullmatch(called), LATEST.fullmatch(called)
    assert first or last, part
    field = (first or last)[1]  # type: ignore[index]

    def end(rows: list[Row]) -> str | None:
        there = sorted((row for row in rows if field in row), key=lambda row: row["@at"])
        return there[0 if first else -1][field] if there else None

    return alias, end
