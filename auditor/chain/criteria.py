"""A metric filter's field selection criteria: which accounts' and regions' log events it looks at.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r'\s*(?:"(?P<text>[^"]*)"|(?P<field>@aws\.(?:account|region))|(?P<sign>!=|=|[()\[\],])|(?P<word>AND|OR|NOT|IN)\b)',
    re.IGNORECASE,
)


class CriteriaError(ValueError):
    """Field selection criteria cannot be read; the message says where."""


def selects(criteria: str, fields: Mapping[str, str]) -> bool:
    """Says whether criteria take in log events whose system fields have these values.

    Raises:
        CriteriaError: They cannot be read.
    """
    return _Criteria(criteria, fields).whole()


class _Criteria:
    def __init__(self, text: str, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise CriteriaError(f"{text} is not read from {text[place:].strip()[:40]} on")
            kind = str(found.lastgroup)
            self.tokens.append((kind, found[kind].upper() if kind == "word" else found[kind]))
            place = found.end()

    def whole(self) -> bool:
        answer = self._either()
        if self.tokens:
            raise CriteriaError(f"nothing should follow {self.tokens[0][1]}")
        return answer

    def _either(self) -> bool:
        answer = self._both()
        while self._took("OR"):
            answer = self._both() or answer
        return answer

    def _both(self) -> bool:
        answer = self._one()
        while self._took("AND"):
            answer = self._one() and answer
        return answer

    def _one(self) -> bool:
        if self._took("("):
            answer = self._either()
            self._expect(")")
            return answer
        value = self.fields.get(self._next("field"), "")
        if self._took("NOT"):
            self._expect("IN")
            return value not in self._values()
        if self._took("IN"):
            return value in self._values()
        if self._took("!="):
            return value != self._next("text")
        self._expect("=")
        return value == self._next("text")

    def _values(self) -> list[str]:
        self._expect("[")
        found = [self._next("text")]
        while self._took(","):
            found.append(self._next("text"))
        self._expect("]")
        return found

    def _next(self, kind: str) -> str:
        if not self.tokens or self.tokens[0][0] != kind:
            raise CriteriaError(f"a {kind} is missing")
        return self.tokens.pop(0)[1]

    def _took(self, token: str) -> bool:
        if self.tokens and self.tokens[0] in {("sign", token), ("word", token)}:
            self.tokens.pop(0)
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._took(token):
            raise CriteriaError(f"{token} is missing")
