"""Writes Terraform's language: https://developer.hashicorp.com/terraform/language/syntax/configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Expression:
    """Something that is not a text, such as a reference to another resource."""

    text: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value that is given as JSON."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Block:
    """A block within a block."""

    body: Mapping[str, Argument]


Argument: TypeAlias = "str | bool | int | float | Expression | Encoded | Block | list[Argument] | None"


def block(kind: str, *labels: str, body: Mapping[str, Argument], indent: str = "") -> str:
    """Gives a block with its arguments; those that are None are left out."""
    inner = indent + "  "
    head = " ".join((kind, *map(quoted, labels)))
    lines = _aligned(
        (f"{inner}{name}", _argument(name, value, inner)) for name, value in body.items() if value is not None
    )
    return "\n".join([f"{indent}{head} {{", *lines, f"{indent}}}"])


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Gives the lines of names and values as `terraform fmt` writes them: in a run of short ones the signs align."""
    for short, run in groupby(pairs, key=lambda pair: "\n" not in pair[1]):
        rows = list(run)
        width = max(len(name) for name, _ in rows) if short else 0
        yield from (value if value.startswith(name) else f"{name.ljust(width)} = {value}" for name, value in rows)


def quoted(text: str) -> str:
    """Gives a text between quotes, in which nothing is interpolated."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _argument(name: str, value: Argument, indent: str) -> str:
    if isinstance(value, Block):
        return block(name, body=value.body, indent=indent)
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Encoded):
        return f"jsonencode({_object(value.value, indent)})"
    if isinstance(value, list):
        return f"[{', '.join(_argument(name, one, indent) for one in value)}]"
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)


def _object(value: JsonValue, indent: str) -> str:
    inner = indent + "  "
    if isinstance(value, dict):
        lines = _aligned((f"{inner}{quoted(name)}", _object(one, inner)) for name, one in value.items())
        return "\n".join(["{", *lines, f"{indent}}}"])
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return "\n".join(["[", *(f"{inner}{_object(one, inner)}," for one in value), f"{indent}]"])
    if isinstance(value, list):
        return f"[{', '.join(_object(one, indent) for one in value)}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)
