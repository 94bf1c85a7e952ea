"""Reads the JSON of a policy strictly: anything AWS would not take is an error, never skipped."""

from __future__ import annotations

import json
from collections.abc import Iterable

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class PolicyError(ValueError):
    """The text is not a policy; the message says where and why."""


def load(text: str) -> dict[str, Json]:
    """Gives the policy's outermost object.

    Raises:
        PolicyError: It is no string, no JSON, no object, or an object in it names a key twice.
    """
    if not isinstance(text, str):
        raise PolicyError(f"a policy is read from a string, not from {type(text).__name__}")
    try:
        document: Json = json.loads(text, object_pairs_hook=_unrepeated, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise PolicyError(f"the policy is not valid JSON: {error}") from error
    except RecursionError as error:
        raise PolicyError("the policy is nested too deeply") from error
    return table(document, "the policy")


def table(value: Json, where: str) -> dict[str, Json]:
    """Gives the value as an object.

    Raises:
        PolicyError: It is none.
    """
    if not isinstance(value, dict):
        raise PolicyError(f"{where} must be a JSON object, not {_kind(value)}")
    return value


def rows(value: Json) -> list[Json]:
    """Gives a list as it is and anything else as a list of one; AWS takes either."""
    return value if isinstance(value, list) else [value]


def strings(value: Json, where: str) -> tuple[str, ...]:
    """Gives one string or a list of strings as a tuple.

    Raises:
        PolicyError: Something in it is no string, or there is nothing in it.
    """
    found = tuple(text(item, where) for item in rows(value))
    if not found:
        raise PolicyError(f"{where} must not be empty")
    return found


def text(value: Json, where: str) -> str:
    """Gives the value as a string.

    Raises:
        PolicyError: It is none.
    """
    if not isinstance(value, str):
        raise PolicyError(f"{where} must be a string, not {_kind(value)}")
    return value


def scalars(value: Json, where: str) -> tuple[str, ...]:
    """Gives condition values as strings; AWS takes bare numbers and booleans for them too.

    Raises:
        PolicyError: A value is a list, an object or null.
    """
    return tuple(_scalar(item, where) for item in rows(value))


def known_keys(value: dict[str, Json], allowed: Iterable[str], where: str) -> None:
    """Checks that an object holds no element this reader would pass over.

    Raises:
        PolicyError: It does.
    """
    strange = sorted(set(value) - set(allowed))
    if strange:
        raise PolicyError(f"{where} has an unknown element: {', '.join(strange)}")


def _scalar(value: Json, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return text(value, where)


def _unrepeated(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise PolicyError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise PolicyError(f"the policy is not valid JSON: {name}")


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if value is None:
        return "null"
    return "a list" if isinstance(value, list) else "an object"
