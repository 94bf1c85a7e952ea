"""Reads JSON patterns, `{ $.selector = value && ... }`.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters", JSON log events:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from __future__ import annotations

import re

from auditor.pattern.lexer import Scanner
from auditor.pattern.model import (
    And,
    Compare,
    Expression,
    IsFalse,
    IsNull,
    IsTrue,
    JsonPattern,
    NotExists,
    Or,
    Selector,
    Step,
    Wild,
)

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_INDEX = re.compile(r"[0-9]{1,9}(?=\s*\])")
_BRACKETED = re.compile(r"'[^'\n]+'")
_WORD = re.compile(r"[A-Za-z]+")
_STATES: dict[str, type[IsNull | IsTrue | IsFalse]] = {"NULL": IsNull, "TRUE": IsTrue, "FALSE": IsFalse}
_DEEPEST = 60
MAX_WILDCARD_SELECTORS = 3


class _Group:
    """What stands between one pair of parentheses: alternatives of terms that must all hold."""

    def __init__(self) -> None:
        self.alternatives: list[list[Expression]] = [[]]
        self.depth = 0

    def add(self, term: Expression, depth: int = 0) -> None:
        self.alternatives[-1].append(term)
        self.depth = max(self.depth, depth)

    def close(self) -> tuple[Expression, int]:
        terms = [found[0] if len(found) == 1 else And(tuple(found)) for found in self.alternatives]
        if len(terms) > 1:
            return Or(tuple(terms)), self.depth + 1
        return terms[0], self.depth + (len(self.alternatives[0]) > 1)


def json_pattern(scan: Scanner) -> JsonPattern:
    """Reads a whole JSON pattern. Open groups are kept in a list, so no depth of nesting exhausts the stack.

    Raises:
        PatternError: The text is not a JSON pattern.
    """
    scan.expect("{")
    groups = [_Group()]
    while True:
        while scan.accept("("):
            groups.append(_Group())
        groups[-1].add(_condition(scan))
        _close_groups(scan, groups)
        if scan.accept("||"):
            groups[-1].alternatives.append([])
        elif not scan.accept("&&"):
            break
    scan.expect("}" if len(groups) == 1 else ")", f"'&&', '||' or '{'}' if len(groups) == 1 else ')'}'")
    if not scan.ended():
        raise scan.error("the end of the pattern")
    expression, _ = groups[0].close()
    _count_wildcards(scan, expression)
    return JsonPattern(expression)


def selector_of(text: str) -> Selector:
    """Reads a selector that stands alone.

    Raises:
        PatternError: The text is not a selector.
    """
    scan = Scanner(text)
    found = _selector(scan)
    if not scan.ended():
        raise scan.error("the end of the selector")
    return found


def _close_groups(scan: Scanner, groups: list[_Group]) -> None:
    while len(groups) > 1 and scan.accept(")"):
        term, depth = groups.pop().close()
        if depth > _DEEPEST:
            raise scan.error(f"at most {_DEEPEST} groups inside one another")
        groups[-1].add(term, depth)


def _condition(scan: Scanner) -> Expression:
    selector = _selector(scan)
    scan.space()
    start = scan.at
    word = (scan.match(_WORD) or "").upper()
    if word in ("IS", "NOT"):
        return _state(scan, selector, word)
    scan.at = start
    op = scan.operator("a comparison (= != < > <= >=), IS NULL, IS TRUE, IS FALSE or NOT EXISTS")
    return Compare(selector, op, scan.value(op))


def _state(scan: Scanner, selector: Selector, first: str) -> Expression:
    scan.space()
    start = scan.at
    second = (scan.match(_WORD) or "").upper()
    if first == "NOT" and second == "EXISTS":
        return NotExists(selector)
    if first == "IS" and second in _STATES:
        return _STATES[second](selector)
    raise scan.error("EXISTS" if first == "NOT" else "NULL, TRUE or FALSE", start)


def _selector(scan: Scanner) -> Selector:
    scan.expect("$", "a selector such as $.eventName")
    start, steps = scan.at, [_step(scan)]
    while scan.text.startswith((".", "["), scan.at):
        steps.append(_step(scan))
    selector = Selector(tuple(steps))
    if sum(isinstance(step, Wild) for step in steps) > 1:
        raise scan.error("at most 1 wildcard in a selector", start)
    return selector


def _step(scan: Scanner) -> Step:
    dotted = scan.text.startswith(".", scan.at)
    scan.at += dotted
    if scan.text.startswith("[", scan.at):
        scan.at += 1
        return _bracket(scan)
    if not dotted:
        raise scan.error("'.' and a field's name")
    if scan.text.startswith("*", scan.at):
        scan.at += 1
        return Wild.NAME
    name = scan.match(_NAME)
    if name is None:
        raise scan.error("a field's name")
    return name


def _bracket(scan: Scanner) -> Step:
    scan.space()
    found: Step
    if scan.accept("*"):
        found = Wild.INDEX
    elif index := scan.match(_INDEX):
        found = int(index)
    elif name := scan.match(_BRACKETED):
        found = name[1:-1]
    else:
        raise scan.error("an index, * or a name in single quotes")
    scan.expect("]")
    return found


def _count_wildcards(scan: Scanner, expression: Expression) -> None:
    waiting, count = [expression], 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting += node.terms
        elif isinstance(node, Compare | IsNull | IsTrue | IsFalse | NotExists):
            count += node.selector.has_wildcard
    if count > MAX_WILDCARD_SELECTORS:
        raise scan.error(f"at most {MAX_WILDCARD_SELECTORS} wildcard selectors in a pattern", 0)
