"""A second, concrete evaluator: every key known, one request at a time, regular expressions for wildcards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]

USER = "arn:aws:iam::111111111111:user/ana"
OTHER = "arn:aws:iam::222222222222:role/ops"
ROOT = "arn:aws:iam::111111111111:root"
SERVICE = "cloudtrail.amazonaws.com"
ACCOUNTS = {USER: "111111111111", OTHER: "222222222222", ROOT: "111111111111"}


@dataclass(frozen=True)
class Call:
    who: str
    action: str
    resource: str
    context: dict[str, tuple[str, ...]] = field(default_factory=dict)


def fits(pattern: str, text: str) -> bool:
    """The independent reading of a wildcard."""
    translated = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(translated, text, re.DOTALL) is not None


def verdict(document: Document, call: Call) -> str:
    """allow, deny or neither."""
    applying = [item["Effect"] for item in document["Statement"] if _applies(item, call)]
    if "Deny" in applying:
        return "deny"
    return "allow" if applying else "neither"


def _applies(item: Document, call: Call) -> bool:
    return (
        _principal(item, call.who)
        and _listed(item, "Action", call.action.lower(), lower=True)
        and _listed(item, "Resource", call.resource, lower=False)
        and all(
            _condition(name, call.context.get(key.lower(), ()), values)
            for name, keys in item.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _principal(item: Document, who: str) -> bool:
    if "NotPrincipal" in item:
        return not _in(item["NotPrincipal"], who)
    return _in(item["Principal"], who)


def _in(named: Any, who: str) -> bool:
    return named == "*" or who in [*named.get("AWS", []), *named.get("Service", [])]


def _listed(item: Document, element: str, asked: str, *, lower: bool) -> bool:
    if element in item:
        return any(fits(name.lower() if lower else name, asked) for name in item[element])
    return not any(fits(name.lower() if lower else name, asked) for name in item[f"Not{element}"])


def _condition(name: str, actual: tuple[str, ...], wanted: list[str]) -> bool:
    if name == "Null":
        return ("false" if actual else "true") in wanted
    if name.startswith("ForAllValues:"):
        return all(_single(name.partition(":")[2], value, wanted) for value in actual)
    if name.startswith("ForAnyValue:"):
        return any(_single(name.partition(":")[2], value, wanted) for value in actual)
    if not actual:
        return name.endswith("IfExists") or "Not" in name
    return _single(name, actual[0], wanted)


def _single(name: str, actual: str, wanted: list[str]) -> bool:
    base = name.removesuffix("IfExists")
    match = any(fits(value, actual) if "Like" in base else value == actual for value in wanted)
    return not match if "Not" in base else match
