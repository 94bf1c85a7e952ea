"""Writes commands of the `aws` command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Variable:
    """A shell variable: what only an earlier command, or a person, knows."""

    name: str

    def __str__(self) -> str:
        return f'"{self.bare}"'

    @property
    def bare(self) -> str:
        """The variable as it stands between double quotes."""
        return f"${self.name}"


Option: TypeAlias = str | int | bool | Variable | Sequence[str] | Mapping[str, JsonValue] | None


def aws(service: str, command: str, *, region: str | None = None, **options: Option) -> str:
    """Gives one command, quoted so that a POSIX shell takes every name as data.

    Args:
        service: The service as the command line names it, such as `s3api`.
        command: Such as `put-bucket-policy`.
        region: Where; left out for services that have none.
        **options: The command's options, `_` for `-`. True stands for a bare switch, a sequence for several
            values, a mapping for JSON, a Variable for its value; None leaves the option out.
    """
    words = ["aws", service, command]
    if region:
        words += ["--region", shlex.quote(region)]
    for name, value in options.items():
        words += _words(f"--{name.replace('_', '-')}", value)
    return " ".join(words)


def capture(variable: Variable, command: str, query: str) -> str:
    """Gives a command that keeps one value of an answer in a variable.

    Args:
        variable: Where to keep it.
        command: What `aws` gave.
        query: The JMESPath of the value.
    """
    return f"{variable.name}=$({command} --query {shlex.quote(query)} --output text)"


def as_raw(text: str) -> str:
    """Gives a text as a JMESPath expression takes it literally."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _words(name: str, value: Option) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [name]
    if isinstance(value, Variable):
        return [name, str(value)]
    if isinstance(value, Mapping):
        return [name, shlex.quote(json.dumps(value, separators=(",", ":"), ensure_ascii=False))]
    if isinstance(value, str | int):
        # `--name=-x` keeps a leading dash from being read as an option.
        quoted = shlex.quote(str(value))
        return [f"{name}={quoted}"] if str(value).startswith("-") else [name, quoted]
    return [name, *map(shlex.quote, value)]
