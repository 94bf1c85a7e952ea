"""Matches term patterns and space-delimited patterns against the text of an event.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters", unstructured and space-delimited
log events, and API reference, `TestMetricFilter`, examples:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from auditor.pattern.model import AnyFields, DelimitedPattern, Number, Regex, Role, Slot, Term, TermPattern, Text
from auditor.pattern.regex import regex_automaton
from auditor.pattern.semantics import Semantics
from auditor.pattern.values import Found, compare_holds, number_in

LineCheck = Callable[[str], bool]
# A run in brackets or in double quotes is one field.
_FIELD = re.compile(r'\[([^\]]*)\]|"([^"]*)"|(\S+)')


def match_terms(pattern: TermPattern, _semantics: Semantics) -> LineCheck:
    """Gives a function that tells whether a text has the terms.

    Optional terms count only where there are no others: the guide says that beside other terms they are
    ignored. A blank phrase matches every event.
    """
    wanted = [_finds(term) for term in pattern.terms if term.role is Role.WANTED]
    excluded = [_finds(term) for term in pattern.terms if term.role is Role.EXCLUDED]
    optional = [_finds(term) for term in pattern.terms if term.role is Role.OPTIONAL]
    if wanted or excluded or not optional:
        return lambda text: all(found(text) for found in wanted) and not any(found(text) for found in excluded)
    return lambda text: any(found(text) for found in optional)


def matches_everything(pattern: TermPattern | DelimitedPattern) -> bool:
    """Tells whether the pattern is one that the guide says matches every event."""
    if isinstance(pattern, DelimitedPattern):
        return all(isinstance(slot, AnyFields) for slot in pattern.slots)
    counting = [term for term in pattern.terms if term.role is not Role.OPTIONAL]
    if counting or not pattern.terms:
        return all(term.role is Role.WANTED and _is_blank(term) for term in counting)
    return any(_is_blank(term) for term in pattern.terms)


def _is_blank(term: Term) -> bool:
    return isinstance(term.value, Text) and not term.value.value.strip()


def _finds(term: Term) -> LineCheck:
    value = term.value
    if isinstance(value, Regex):
        return regex_automaton(value.source).accepts
    if _is_blank(term):
        return lambda _text: True
    wanted = value.value
    return lambda text: wanted in text


def match_delimited(pattern: DelimitedPattern, semantics: Semantics) -> LineCheck:
    """Gives a function that tells whether the fields of a text meet the slots in order.

    An ellipsis takes any number of fields. Without one, fields beyond the last slot are not looked at, as in
    the guide's `[w1!=ERROR && w1!=WARNING, w2]`, which matches lines of six fields.
    """
    slots = pattern.slots
    if not any(isinstance(slot, AnyFields) for slot in slots):
        slots = (*slots, AnyFields())

    def check(text: str) -> bool:
        fields = split_fields(text)
        # The places in the slots that the fields so far may have led to.
        places = _past_ellipses({0}, slots)
        for field in fields:
            places = _past_ellipses(_moved(places, slots, field, semantics), slots)
            if not places:
                return False
        return len(slots) in places

    return check


def split_fields(text: str) -> list[str]:
    """Gives the fields of a space-delimited line; brackets and quotes around a field are left out."""
    return [next(part for part in found.groups() if part is not None) for found in _FIELD.finditer(text)]


def _past_ellipses(places: set[int], slots: tuple[Slot | AnyFields, ...]) -> set[int]:
    found = set(places)
    for place in sorted(places):
        at = place
        while at < len(slots) and isinstance(slots[at], AnyFields):
            at += 1
            found.add(at)
    return found


def _moved(places: set[int], slots: tuple[Slot | AnyFields, ...], field: str, semantics: Semantics) -> set[int]:
    moved = set()
    for place in places:
        if place == len(slots):
            continue
        slot = slots[place]
        if isinstance(slot, AnyFields):
            moved.add(place)
        elif _meets(slot, field, semantics):
            moved.add(place + 1)
    return moved


def _meets(slot: Slot, field: str, semantics: Semantics) -> bool:
    if not slot.tests:
        return True
    number = number_in(field)
    for tests in slot.tests:
        values: list[Found] = [
            number if isinstance(test.value, Number) and number is not None else field for test in tests
        ]
        if all(compare_holds(test.op, test.value, value, semantics) for test, value in zip(tests, values, strict=True)):
            return True
    return False
