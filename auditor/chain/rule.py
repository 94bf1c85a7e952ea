"""The rules of composite alarms: which states of other alarms put one in ALARM.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

State = str
StateOf = Callable[[str], State]

_FUNCTIONS = ("ALARM", "OK", "INSUFFICIENT_DATA")
_TOKEN = re.compile(r'\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*("(?:[^"\\]|\\.)*"|[^()"]*?)\s*\)|(\w+|[()]))')


class RuleError(ValueError):
    """A rule cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A composite alarm's rule.

    Attributes:
        names: The names of the alarms that it looks at.
        holds: Whether it holds, given the state of each alarm.
    """

    names: frozenset[str]
    holds: Callable[[StateOf], bool]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Reads a rule; alarms are named by name or ARN.

        Raises:
            RuleError: It cannot be read.
        """
        return _Parser(text).whole()


def alarm_name(told: str) -> str:
    """Gives the name of an alarm that is told by its name or its ARN."""
    bare = told.strip().strip('"')
    return bare.split(":alarm:", 1)[1] if bare.startswith("arn:") and ":alarm:" in bare else bare


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise RuleError(f"its rule {text} is not read from {text[place:].strip()[:40]} on")
            self.tokens.append((found[1], alarm_name(found[2])) if found[1] else (found[3].upper(), ""))
            place = found.end()

    def whole(self) -> Rule:
        rule = self._either()
        if self.tokens:
            raise RuleError(f"its rule {self.text} is not read from {self.tokens[0][0]} on")
        return rule

    def _either(self) -> Rule:
        rule = self._both()
        while self._took("OR"):
            rule = _joined(rule, self._both(), lambda left, right: left or right)
        return rule

    def _both(self) -> Rule:
        rule = self._one()
        while self._took("AND"):
            rule = _joined(rule, self._one(), lambda left, right: left and right)
        return rule

    def _one(self) -> Rule:
        if not self.tokens:
            raise RuleError(f"its rule {self.text} ends too early")
        word, name = self.tokens.pop(0)
        if word in _FUNCTIONS and name:
            return Rule(frozenset({name}), lambda state: state(name) == word)
        if word in {"TRUE", "FALSE"}:
            return Rule(frozenset(), lambda _: word == "TRUE")
        if word == "NOT":
            inner = self._one()
            return Rule(inner.names, lambda state: not inner.holds(state))
        if word == "(":
            rule = self._either()
            if not self._took(")"):
                raise RuleError(f"its rule {self.text} lacks a closing parenthesis")
            return rule
        raise RuleError(f"its rule {self.text} has {word}, which is not followed")

    def _took(self, word: str) -> bool:
        if self.tokens and self.tokens[0] == (word, ""):
            self.tokens.pop(0)
            return True
        return False


def _joined(left: Rule, right: Rule, how: Callable[[bool, bool], bool]) -> Rule:
    return Rule(left.names | right.names, lambda state: how(left.holds(state), right.holds(state)))
