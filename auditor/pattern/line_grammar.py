"""Reads term patterns (`ERROR -timeout`) and space-delimited patterns (`[ip, user, ..., status = 4*]`).

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters", unstructured and space-delimited
log events:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

from __future__ import annotations

import re

from auditor.pattern.lexer import Scanner
from auditor.pattern.model import AnyFields, DelimitedPattern, FieldTest, Regex, Role, Slot, Term, TermPattern, Text

_TERM = re.compile(r'[^\s"%][^\s"]*')
_FIELD = re.compile(r"\$?[A-Za-z0-9_-]+")
_ROLES = {role.value: role for role in Role if role.value}


def term_pattern(scan: Scanner) -> TermPattern:
    """Reads a term pattern.

    Raises:
        PatternError: A phrase or a regular expression is not closed, or a sign has no term after it.
    """
    terms = []
    while not scan.ended():
        role = _ROLES.get(scan.text[scan.at], Role.WANTED)
        scan.at += role is not Role.WANTED
        terms.append(Term(_term_value(scan), role))
        if not scan.text[scan.at : scan.at + 1].isspace() and scan.at < len(scan.text):
            raise scan.error("a space between terms")
    return TermPattern(tuple(terms))


def delimited_pattern(scan: Scanner) -> DelimitedPattern:
    """Reads a space-delimited pattern.

    Raises:
        PatternError: The text is not one, or a field's conditions name another field.
    """
    scan.expect("[")
    slots: list[Slot | AnyFields] = []
    if not scan.accept("]"):
        slots.append(_slot(scan))
        while scan.accept(","):
            slots.append(_slot(scan))
        scan.expect("]", "',', ']' or a condition on the field")
    if not scan.ended():
        raise scan.error("the end of the pattern")
    return DelimitedPattern(tuple(slots))


def _term_value(scan: Scanner) -> Text | Regex:
    if scan.text.startswith('"', scan.at):
        return scan.quoted()
    if scan.text.startswith("%", scan.at):
        return scan.regex()
    word = scan.match(_TERM)
    if word is None:
        raise scan.error("a term")
    return Text(word, quoted=False)


def _slot(scan: Scanner) -> Slot | AnyFields:
    if scan.accept("..."):
        return AnyFields()
    scan.space()
    name = scan.match(_FIELD) or ""
    scan.space()
    if not name or scan.text[scan.at : scan.at + 1] in (",", "]"):
        return Slot(name)
    alternatives = [[_test(scan)]]
    while True:
        if scan.accept("||"):
            alternatives.append([])
        elif not scan.accept("&&"):
            return Slot(name, tuple(tuple(tests) for tests in alternatives))
        scan.space()
        start = scan.at
        if scan.match(_FIELD) != name:
            raise scan.error(f"'{name}': a field's conditions speak of that field only", start)
        alternatives[-1].append(_test(scan))


def _test(scan: Scanner) -> FieldTest:
    op = scan.operator("a comparison (= != < > <= >=), ',' or ']'")
    return FieldTest(op, scan.value(op))
