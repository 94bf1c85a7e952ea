"""A log group's transformer: what a filter still finds in the events that it has changed.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Processors.html
"""

from __future__ import annotations

from pydantic import JsonValue

from auditor.model.logs import Transformer
from auditor.pattern import (
    Always,
    And,
    Expression,
    JsonPattern,
    Never,
    Not,
    NotExists,
    Or,
    Pattern,
    Selector,
)
from auditor.pattern.model import IsKind


class TransformerError(ValueError):
    """What a transformer does is not followed; the message says which processor."""


def seen_through(pattern: Pattern, transformer: Transformer) -> Pattern:
    """Gives the pattern over original events that matches what another matches after the transformer.

    Keys that a transformer deletes, moves or renames are no longer where the pattern looks.

    Raises:
        TransformerError: It has a processor that is not followed.
    """
    gone: list[str] = []
    for processor in transformer.processors:
        for name, settings in processor.items():
            gone += _keys(name, settings, pattern)
    if not gone:
        return pattern
    if not isinstance(pattern, JsonPattern):
        raise TransformerError("The transformer changes events in which the filter looks for plain terms.")
    return JsonPattern(_without(pattern.expression, tuple(gone)))


# Where each processor lists the keys that it takes away, and those that it sets in their place.
_REMOVES: dict[str, tuple[str, str, str]] = {
    "deleteKeys": ("withKeys", "", ""),
    "moveKeys": ("entries", "source", "target"),
    "renameKeys": ("entries", "key", "renameTo"),
}


def _keys(name: str, settings: JsonValue, pattern: Pattern) -> list[str]:
    """Gives the paths of the keys that a processor takes away."""
    told = settings if isinstance(settings, dict) else {}
    if name == "parseJSON" and not told.get("source") and not told.get("destination"):
        return []
    if name not in _REMOVES:
        raise TransformerError(f"What the processor {name} of the log group's transformer does is not followed.")
    entries, key, target = _REMOVES[name]
    listed = told.get(entries)
    found: list[str] = []
    for entry in listed if isinstance(listed, list) else ():
        found.append(str(entry.get(key) if isinstance(entry, dict) else entry))
        set_to = entry.get(target) if isinstance(entry, dict) else None
        if set_to and _looks_at(pattern, str(set_to)):
            raise TransformerError(f"The transformer sets {set_to}, at which the filter looks; that is not followed.")
    return found


def _looks_at(pattern: Pattern, key: str) -> bool:
    return isinstance(pattern, JsonPattern) and _without(pattern.expression, (key,)) != pattern.expression


def _without(node: Expression, gone: tuple[str, ...]) -> Expression:
    """Gives an expression in which the keys that are gone are taken as absent."""
    if isinstance(node, And):
        return And(tuple(_without(term, gone) for term in node.terms))
    if isinstance(node, Or):
        return Or(tuple(_without(term, gone) for term in node.terms))
    if isinstance(node, Not):
        return Not(_without(node.term, gone))
    if isinstance(node, Always | Never) or not _is_gone(node.selector, gone):
        return node
    absent = isinstance(node, NotExists) or (isinstance(node, IsKind) and "absent" in node.kinds)
    return Always() if absent else Never()


def _is_gone(selector: Selector, gone: tuple[str, ...]) -> bool:
    path = str(selector).removeprefix("$.")
    return any(path == key or path.startswith((f"{key}.", f"{key}[")) for key in gone)
