"""Policy variables: `${aws:username}` in a resource or in a condition's value.

A variable whose key is unknown, absent or multivalued leaves a hole in the pattern. The hole is widened to
"any run of characters", so that what cannot match even then surely does not; what could, hangs on the key.

Source: "IAM policy elements: Variables and tags" of the IAM user guide, with its fixed variables `${*}`,
`${?}`, `${$}` and its default values:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.policy import ternary
from auditor.policy.request import Facts
from auditor.policy.ternary import NO, Ternary, maybe
from auditor.policy.wildcard import Mark, Pattern, Token, Wildcard, covers_all, overlaps

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULTED = re.compile(r"\s*([^,\s]+)\s*,\s*'(.*)'\s*", re.DOTALL)
_FIXED = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern whose variables have been filled in as far as they are known.

    Attributes:
        pattern: The pattern, with a run in place of each hole.
        holes: The keys that would fill the holes.
    """

    pattern: Wildcard
    holes: tuple[str, ...] = ()


def fill(text: str, facts: Facts, *, variables: bool, wildcards: bool = True) -> Template:
    """Gives the pattern that a text of the policy stands for in a request.

    Args:
        text: A resource, or a value of a condition.
        facts: What is known of the request's context.
        variables: Whether the policy's version has variables; in an older one they are plain text.
        wildcards: Whether `*` and `?` are wildcards here.
    """
    plain = Wildcard.of if wildcards else Wildcard.literal
    if not variables:
        return Template(plain(text))
    tokens: list[Token] = []
    holes: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        tokens += plain(text[end : found.start()]).tokens
        end = found.end()
        value = _value(found[1], facts)
        if value is None:
            holes.append(_key(found[1]))
            tokens.append(Mark.RUN)
        else:
            tokens += Wildcard.literal(value).tokens
    tokens += plain(text[end:]).tokens
    return Template(Wildcard.joined(tokens), ternary.distinct(holes))


def within(asked: Pattern, templates: Iterable[Template], question: str) -> Ternary:
    """Tells whether all that `asked` stands for is matched by the templates together.

    Gives a maybe where only part of it is, hanging on `question`, or where a hole decides, hanging on its
    keys.
    """
    found = tuple(templates)
    if covers_all((item.pattern for item in found if not item.holes), asked):
        return ternary.YES
    touching = [item for item in found if overlaps(item.pattern, asked)]
    if not touching:
        return NO
    holes = [key for item in touching for key in item.holes]
    return maybe(*holes) if holes else maybe(question)


def _value(inner: str, facts: Facts) -> str | None:
    """Gives what a variable stands for, if that is known."""
    if inner in _FIXED:
        return inner
    values = facts.values(_key(inner))
    if values is None or len(values) > 1:
        return None
    if values:
        return values[0]
    # AWS only says that a variable without a value "might" void the statement, so it stays open.
    defaulted = _DEFAULTED.fullmatch(inner)
    return defaulted[2] if defaulted else None


def _key(inner: str) -> str:
    defaulted = _DEFAULTED.fullmatch(inner)
    return defaulted[1] if defaulted else inner.strip()
