"""Reads the `filter` of a Logs Insights query and tells whether an event meets it, apart from the package."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:
      (?P<regex>/(?:\\.|[^/\\])*/)
    | (?P<text>"[^"\\]*"|'[^'\\]*')
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?![\w.]))
    | (?P<tick>`[^`]+`)
    | (?P<word>@?[A-Za-z][A-Za-z0-9.]*)
    | (?P<sign>!=|<=|>=|[=<>()\[\],])
    )""",
    re.VERBOSE,
)
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, two: one == two,
    "!=": lambda one, two: one != two,
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
}
Row = dict[str, Any]
Test = Callable[[Row], bool]


def filtered(query: str) -> Test:
    """Gives the filter of a query of the shape that the package writes."""
    fields, *rest = query.split("\n| ")
    assert fields.startswith("fields @timestamp, ")
    assert rest[-1] == "sort @timestamp desc"
    if len(rest) == 1:
        return lambda _row: True
    assert rest[0].startswith("filter ")
    return Reader(rest[0].removeprefix("filter ")).whole()


def row_of(event: dict[str, Any], message: str = "") -> Row:
    """Gives an event's fields as Insights discovers them."""
    row: Row = {"@message": message}
    _add(row, "", event)
    return row


def _add(row: Row, path: str, value: Any) -> None:
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            _add(row, f"{path}.{name}" if path else str(name), inner)
    elif value is not None:
        row[path] = int(value) if isinstance(value, bool) else value


class Reader:
    """Reads conditions; `and` and `or` side by side without parentheses are refused, as no source ranks them."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"not understood: {text[at:]}"
            self.tokens.append((str(found.lastgroup), found.group().strip()))
            at = found.end()
        self.at = 0

    def whole(self) -> Test:
        test = self.row()
        assert self.at == len(self.tokens)
        return test

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        kind, text = self.tokens[self.at]
        assert not expected or expected in (kind, text), f"{expected}, not {text}"
        self.at += 1
        return text

    def row(self) -> Test:
        tests, joint = [self.one()], ""
        while self.peek() in ("and", "or"):
            word = self.take()
            assert joint in ("", word), "and beside or"
            joint = word
            tests.append(self.one())
        rule = any if joint == "or" else all
        return lambda row: rule(test(row) for test in tests)

    def one(self) -> Test:
        if self.peek() == "(":
            self.take()
            test = self.row()
            self.take(")")
            return test
        if self.peek() == "not":
            self.take()
            inner = self.one()
            return lambda row: not inner(row)
        if self.peek() == "ispresent":
            self.take()
            self.take("(")
            name = self.take().strip("`")
            self.take(")")
            return lambda row: name in row
        return self.comparison()

    def comparison(self) -> Test:
        name, op = self.take().strip("`"), self.take()
        if op == "in":
            return self.listed(name)
        negated = op == "not"
        if op in ("not", "like"):
            if negated:
                self.take("like")
            return self.like(name, negated=negated)
        kind, text = self.tokens[self.at]
        self.take()
        wanted = float(text) if kind == "number" else text[1:-1]
        return lambda row: name in row and comparable(row[name], wanted) and ORDERS[op](row[name], wanted)

    def listed(self, name: str) -> Test:
        self.take("[")
        words = [self.take("text")[1:-1]]
        while self.peek() == ",":
            self.take()
            words.append(self.take("text")[1:-1])
        self.take("]")
        return lambda row: row.get(name) in words

    def like(self, name: str, *, negated: bool) -> Test:
        kind, text = self.tokens[self.at]
        self.take()
        source = re.escape(text[1:-1]) if kind == "text" else text[1:-1].replace("$", r"\Z").replace(r"\\Z", r"\$")
        found = re.compile(source)
        return lambda row: name in row and (found.search(str(row[name])) is None) is negated


def comparable(one: Any, other: Any) -> bool:
    return isinstance(one, str) is isinstance(other, str)
