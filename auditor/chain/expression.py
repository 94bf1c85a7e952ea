"""CloudWatch's metric math, as far as one period decides what an expression gives.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Datapoint = float | None
"""The value of a period; None where there is none."""

Result = Datapoint | list[Datapoint]
_Node = Callable[["Period"], Result]


class UndecidedError(Exception):
    """What an expression or a statistic gives is not decided by one period; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """The values from which an expression is computed.

    Attributes:
        values: The datapoint of each id.
        metrics: The ids that are metrics, not expressions.
        seconds: The length of the period.
        missing_is_zero: Whether arithmetic takes a missing datapoint for 0; else its result is missing too. The
            documentation leaves it open.
    """

    values: Mapping[str, Result]
    metrics: tuple[str, ...]
    seconds: int
    missing_is_zero: bool


_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(<=|>=|==|!=|&&|\|\||[-+*/^<>(),\[\]]))")

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "AND": lambda a, b: float(bool(a) and bool(b)),
    "OR": lambda a, b: float(bool(a) or bool(b)),
}
_LEVELS = (("OR",), ("AND",), ("==", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/"), ("^",))
_SPELT = {"&&": "AND", "||": "OR"}
_OVER_LISTS: dict[str, Callable[[list[float]], float]] = {
    "SUM": math.fsum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda found: math.fsum(found) / len(found),
}
_OF_ONE: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}


def compiled(text: str) -> Callable[[Period], Datapoint]:
    """Gives what computes an expression.

    Raises:
        UndecidedError: It uses something that one period does not decide, here or when it is computed.
    """
    node = _Parser(text).whole()

    def compute(period: Period) -> Datapoint:
        try:
            found = node(period)
        except (OverflowError, ValueError) as error:
            raise UndecidedError(f"{text} cannot be computed: {error}") from error
        if isinstance(found, list):
            raise UndecidedError(f"{text} gives several series")
        return found

    return compute


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise UndecidedError(f"{text} is not read beyond {text[:place].strip() or 'its beginning'}")
            token = found[0].strip()
            self.tokens.append(_SPELT.get(token, token))
            place = found.end()

    def whole(self) -> _Node:
        node = self._level(0)
        if self.tokens:
            raise UndecidedError(f"{self.text} is not read from {self.tokens[0]} on")
        return node

    def _level(self, level: int) -> _Node:
        if level == len(_LEVELS):
            return self._sign()
        node = self._level(level + 1)
        while self.tokens and self.tokens[0] in _LEVELS[level]:
            sign = self.tokens.pop(0)
            node = _binary(sign, node, self._level(level + 1))
        return node

    def _sign(self) -> _Node:
        if self.tokens and self.tokens[0] in "+-":
            negative = self.tokens.pop(0) == "-"
            inner = self._sign()
            return _binary("*", lambda _: -1.0, inner) if negative else inner
        return self._atom()

    def _atom(self) -> _Node:
        token = self._next()
        if token == "(":  # noqa: S105 - a parenthesis
            node = self._level(0)
            self._expect(")")
            return node
        if token == "[":  # noqa: S105 - a bracket
            return _series(self._until("]"))
        if token[0].isdigit() or token[0] == ".":
            number = float(token)
            return lambda _: number
        if self.tokens and self.tokens[0] == "(":
            self.tokens.pop(0)
            return self._call(token.upper())
        return _named(token)

    def _call(self, name: str) -> _Node:
        if name == "FILL" and self.tokens[2:3] and self.tokens[2].upper() in {"REPEAT", "LINEAR"}:
            raise UndecidedError(f"{name} with {self.tokens[2]} depends on other periods")
        arguments = self._until(")")
        return _called(name, arguments)

    def _until(self, close: str) -> list[_Node]:
        found: list[_Node] = []
        if self.tokens and self.tokens[0] == close:
            self.tokens.pop(0)
            return found
        while True:
            found.append(self._level(0))
            token = self._next()
            if token == close:
                return found
            if token != ",":  # noqa: S105 - a comma
                raise UndecidedError(f"{self.text} is not read from {token} on")

    def _next(self) -> str:
        if not self.tokens:
            raise UndecidedError(f"{self.text} ends too early")
        return self.tokens.pop(0)

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise UndecidedError(f"{self.text} lacks a {token}")


def _named(name: str) -> _Node:
    def value(period: Period) -> Result:
        if name not in period.values:
            raise UndecidedError(f"{name} is no id of the alarm")
        return period.values[name]

    return value


def _series(nodes: list[_Node]) -> _Node:
    def values(period: Period) -> Result:
        found: list[Datapoint] = []
        for node in nodes:
            value = node(period)
            found += value if isinstance(value, list) else [value]
        return found

    return values


def _binary(sign: str, left: _Node, right: _Node) -> _Node:
    compute = _ARITHMETIC[sign]

    def value(period: Period) -> Result:
        a, b = left(period), right(period)
        if isinstance(a, list) or isinstance(b, list):
            raise UndecidedError(f"{sign} between several series is not followed")
        if period.missing_is_zero:
            a, b = a or 0.0, b or 0.0
        if a is None or b is None:
            return None
        try:
            found = compute(a, b)
        except ZeroDivisionError:
            return None
        return found if isinstance(found, float) and math.isfinite(found) else None

    return value


def _called(name: str, arguments: list[_Node]) -> _Node:
    if name == "METRICS" and not arguments:
        return lambda period: [_one(period.values[metric]) for metric in period.metrics]
    if name == "PERIOD" and len(arguments) == 1:
        return lambda period: float(period.seconds)
    if name == "FILL" and len(arguments) == 2:
        return lambda period: _filled(arguments[0](period), _one(arguments[1](period)))
    if name == "IF" and len(arguments) == 3:
        return _if(*arguments)
    if name in _OVER_LISTS and len(arguments) == 1:
        return lambda period: _over(name, arguments[0](period))
    if name in _OF_ONE and len(arguments) == 1:
        return lambda period: _of_one(name, _one(arguments[0](period)))
    raise UndecidedError(f"the function {name} is not followed")


def _one(value: Result) -> Datapoint:
    if isinstance(value, list):
        raise UndecidedError("a list of series stands where one is wanted")
    return value


def _filled(value: Result, filler: Datapoint) -> Result:
    if isinstance(value, list):
        return [filler if one is None else one for one in value]
    return filler if value is None else value


def _if(condition: _Node, then: _Node, otherwise: _Node) -> _Node:
    def value(period: Period) -> Result:
        found = _one(condition(period))
        if found is None and not period.missing_is_zero:
            return None
        return then(period) if found else otherwise(period)

    return value


def _over(name: str, value: Result) -> Result:
    if not isinstance(value, list):
        raise UndecidedError(f"{name} of one series depends on other periods")
    there = [one for one in value if one is not None]
    return float(_OVER_LISTS[name](there)) if there else None


def _of_one(name: str, value: Datapoint) -> Datapoint:
    return None if value is None else float(_OF_ONE[name](value))
