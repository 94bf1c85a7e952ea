"""Whether a pattern matches an event, compiled once into closures."""

from __future__ import annotations

from collections.abc import Callable

from auditor.pattern.line_matching import match_delimited, match_terms
from auditor.pattern.model import (
    Always,
    And,
    Atom,
    Compare,
    DelimitedPattern,
    Event,
    Expression,
    JsonPattern,
    JsonValue,
    Never,
    Not,
    NotExists,
    Or,
    Pattern,
    Selector,
    Step,
    TermPattern,
    Text,
    Wild,
)
from auditor.pattern.semantics import Semantics
from auditor.pattern.values import ABSENT, Found, fitting, holds, pieces

Check = Callable[[Event], bool]
Getter = Callable[[Event], Found]
_DEFAULT = Semantics()


def evaluate(pattern: Pattern | Expression, event: Event | str, semantics: Semantics = _DEFAULT) -> bool:
    """Tells whether a pattern matches an event.

    Args:
        pattern: A parsed pattern, or an expression of one.
        event: A decoded JSON event, or the text of a log event.
        semantics: How unsettled questions are read; open ones are read as is likeliest.
    """
    return compile_pattern(pattern, semantics)(event)


def compile_pattern(pattern: Pattern | Expression, semantics: Semantics = _DEFAULT) -> Callable[[Event | str], bool]:
    """Gives a function that tells whether the pattern matches an event.

    A JSON pattern given a text decodes it first, and does not match a text that is not a JSON object. The
    other patterns given a decoded event read it as compact JSON, which is how CloudTrail writes it.

    Args:
        pattern: A parsed pattern, or an expression of one.
        semantics: How unsettled questions are read; open ones are read as is likeliest.
    """
    settled = semantics.settled()
    if isinstance(pattern, TermPattern):
        terms = match_terms(pattern, settled)
        return lambda event: terms(as_text(event))
    if isinstance(pattern, DelimitedPattern):
        fields = match_delimited(pattern, settled)
        return lambda event: fields(as_text(event))
    expression = pattern.expression if isinstance(pattern, JsonPattern) else pattern
    check = compile_expression(expression, settled)

    def decoded(event: Event | str) -> bool:
        if isinstance(event, str):
            found = _decoded(event)
            return found is not None and check(found)
        return check(event)

    return decoded


def as_text(event: Event | str) -> str:
    """Gives an event as one line of compact JSON."""
    if isinstance(event, str):
        return event
    import json

    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def _decoded(text: str) -> Event | None:
    import json

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def compile_expression(node: Expression, semantics: Semantics) -> Check:
    """Gives a function that tells whether an expression holds of a decoded event; semantics must be settled."""
    if isinstance(node, And):
        return _all([compile_expression(term, semantics) for term in node.terms])
    if isinstance(node, Or):
        return _any(_alternatives(node, semantics))
    if isinstance(node, Not):
        inner = compile_expression(node.term, semantics)
        return lambda event: not inner(event)
    if isinstance(node, Always):
        return lambda _event: True
    if isinstance(node, Never):
        return lambda _event: False
    return _atom(node, semantics)


def _all(checks: list[Check]) -> Check:
    if len(checks) == 2:
        first, second = checks
        return lambda event: first(event) and second(event)
    if len(checks) == 3:
        first, second, third = checks
        return lambda event: first(event) and second(event) and third(event)

    def every(event: Event) -> bool:
        for check in checks:  # noqa: SIM110 - a generator would cost half the speed
            if not check(event):
                return False
        return True

    return every


def _any(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda event: first(event) or second(event)

    def some(event: Event) -> bool:
        for check in checks:  # noqa: SIM110 - a generator would cost half the speed
            if check(event):
                return True
        return False

    return some


def _alternatives(node: Or, semantics: Semantics) -> list[Check]:
    """Compiles alternatives; plain texts for one field become one look-up in a set."""
    words: dict[Selector, list[str]] = {}
    rest: list[Check] = []
    for term in node.terms:
        word = _plain_word(term, semantics)
        if word is None or not isinstance(term, Compare):
            rest.append(compile_expression(term, semantics))
        else:
            words.setdefault(term.selector, []).append(word)
    return [_one_of(selector, frozenset(found)) for selector, found in words.items()] + rest


def _plain_word(term: Expression, semantics: Semantics) -> str | None:
    if not isinstance(term, Compare) or term.op != "=" or not isinstance(term.value, Text):
        return None
    if semantics.string_number or term.selector.has_wildcard:
        return None
    parts = pieces(term.value.value, semantics.star_inside_word is not False)
    return parts[0] if len(parts) == 1 else None


def _one_of(selector: Selector, words: frozenset[str]) -> Check:
    steps = selector.steps
    if len(words) == 1:
        (word,) = words
        if len(steps) == 1 and isinstance(field := steps[0], str):
            return lambda event: event.get(field) == word
        only = _getter(selector)
        return lambda event: only(event) == word
    if len(steps) == 1 and isinstance(name := steps[0], str):

        def top_level(event: Event) -> bool:
            value = event.get(name)
            return isinstance(value, str) and value in words

        return top_level
    getter = _getter(selector)

    def nested(event: Event) -> bool:
        value = getter(event)
        return isinstance(value, str) and value in words

    return nested


def _atom(atom: Atom, semantics: Semantics) -> Check:
    if atom.selector.has_wildcard:
        return _over_many(atom, semantics)
    word = _plain_word(atom, semantics)
    if word is not None:
        return _one_of(atom.selector, frozenset((word,)))
    getter = _getter(atom.selector)
    if isinstance(atom, Compare) and isinstance(atom.value, Text):
        return _text_check(atom, atom.value, getter, semantics)
    return lambda event: holds(atom, getter(event), semantics)


def _text_check(atom: Compare, wanted: Text, getter: Getter, semantics: Semantics) -> Check:
    """Compiles a comparison with a text; what the field mostly holds, a text or nothing, is decided at once."""
    fitted = fitting(pieces(wanted.value, semantics.star_inside_word is not False))
    equal = atom.op == "="
    missing = holds(atom, ABSENT, semantics)

    def check(event: Event) -> bool:
        value = getter(event)
        if value is ABSENT:
            return missing
        if isinstance(value, str):
            return fitted(value) is equal
        return holds(atom, value, semantics)

    return check


def _over_many(atom: Atom, semantics: Semantics) -> Check:
    """A wildcard selector holds if it does of one of the fields it stands for, and of none as if absent."""
    steps = atom.selector.steps
    if isinstance(atom, NotExists):
        return lambda event: not _reached(event, steps)

    missing = holds(atom, ABSENT, semantics)

    def some(event: Event) -> bool:
        found = _reached(event, steps)
        return any(holds(atom, value, semantics) for value in found) if found else missing

    return some


def _reached(event: Event, steps: tuple[Step, ...]) -> list[JsonValue]:
    values: list[JsonValue] = [event]
    for step in steps:
        values = [child for value in values for child in _children(value, step)]
    return values


def _children(value: JsonValue, step: Step) -> list[JsonValue]:
    if isinstance(value, dict):
        if step is Wild.NAME:
            return list(value.values())
        return [value[step]] if isinstance(step, str) and step in value else []
    if isinstance(value, list):
        if step is Wild.INDEX:
            return value
        return [value[step]] if isinstance(step, int) and step < len(value) else []
    return []


def _getter(selector: Selector) -> Getter:
    steps = selector.steps
    if len(steps) == 1 and isinstance(name := steps[0], str):
        return lambda event: event.get(name, ABSENT)
    if len(steps) == 2 and isinstance(parent := steps[0], str) and isinstance(child := steps[1], str):

        def within(event: Event) -> Found:
            value = event.get(parent)
            return value.get(child, ABSENT) if isinstance(value, dict) else ABSENT

        return within

    def walk(event: Event) -> Found:
        value: JsonValue = event
        for step in steps:
            if isinstance(step, str):
                if not isinstance(value, dict) or step not in value:
                    return ABSENT
                value = value[step]
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            else:
                return ABSENT
        return value

    return walk
