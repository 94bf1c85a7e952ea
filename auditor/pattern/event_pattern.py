"""Reads an EventBridge event pattern as an expression over CloudTrail's events, as far as the two agree.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import JsonValue

from auditor.pattern.errors import CannotExpressError
from auditor.pattern.model import (
    Always,
    And,
    Compare,
    Expression,
    IsFalse,
    IsKind,
    IsNull,
    IsTrue,
    Never,
    Not,
    NotExists,
    Or,
    Selector,
    Text,
)

_VIA = " via CloudTrail"
_CALL, _SIGN_IN = "AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"


def expression_of(text: str) -> Expression:
    """Gives what holds for the CloudTrail events that an event pattern matches.

    Raises:
        CannotExpressError: It is no event pattern, or says what is not followed.
    """
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise CannotExpressError(f"it is no JSON: {error}") from error
    if not isinstance(pattern, dict):
        raise CannotExpressError("it is no JSON object")
    terms = [_root(key, wanted) for key, wanted in pattern.items()]
    return And(tuple(terms)) if terms else Always()


def _root(key: str, wanted: JsonValue) -> Expression:
    """Gives what a key outside of `detail` asks of the event that CloudTrail recorded."""
    if key == "detail" and isinstance(wanted, dict):
        return _within("$", wanted)
    listed = wanted if isinstance(wanted, list) else []
    if key == "detail-type":
        return _any([_kind(one) for one in listed])
    if key == "source":
        return _any([_compare("$.eventSource", f"{str(one).removeprefix('aws.')}.amazonaws.com") for one in listed])
    if key in {"account", "region"}:
        path = "$.recipientAccountId" if key == "account" else "$.awsRegion"
        return _any([_matches(path, one) for one in listed])
    raise CannotExpressError(f"what {key} asks for is not followed")


def _kind(wanted: JsonValue) -> Expression:
    if wanted == _SIGN_IN:
        return _compare("$.eventType", "AwsConsoleSignIn")
    if wanted == _CALL:
        return _compare("$.eventType", "AwsApiCall")
    if wanted == {"suffix": _VIA}:
        return Always()
    return Never()


def _within(path: str, pattern: Mapping[str, JsonValue]) -> Expression:
    terms: list[Expression] = []
    for key, wanted in pattern.items():
        if key == "$or" and isinstance(wanted, list):
            terms.append(_any([_within(path, one) for one in wanted if isinstance(one, dict)]))
        elif isinstance(wanted, dict):
            terms.append(_within(f"{path}.{key}", wanted))
        elif isinstance(wanted, list):
            terms.append(_any([_matches(f"{path}.{key}", one) for one in wanted]))
        else:
            raise CannotExpressError(f"{key} has no list of values")
    return And(tuple(terms)) if terms else Always()


def _any(terms: list[Expression]) -> Expression:
    return Or(tuple(terms)) if terms else Never()


def _compare(path: str, value: str) -> Expression:
    if "*" in value:
        raise CannotExpressError(f"the value {value} has an asterisk")
    return Compare(Selector.of(path), "=", Text(value))


def _matches(path: str, wanted: JsonValue) -> Expression:
    selector = Selector.of(path)
    if wanted is None:
        return IsNull(selector)
    if isinstance(wanted, bool):
        return IsTrue(selector) if wanted else IsFalse(selector)
    if isinstance(wanted, str):
        return _compare(path, wanted)
    if isinstance(wanted, int | float):
        return Compare.of(path, "=", wanted)
    if isinstance(wanted, dict) and len(wanted) == 1:
        ((kind, operand),) = wanted.items()
        return _by_kind(path, str(kind), operand)
    raise CannotExpressError(f"{json.dumps(wanted)} is not followed")


def _by_kind(path: str, kind: str, operand: JsonValue) -> Expression:
    selector = Selector.of(path)
    if kind == "exists":
        return Not(NotExists(selector)) if operand else NotExists(selector)
    if kind == "anything-but" and not isinstance(operand, dict):
        there = IsKind(selector, ("text", "number", "boolean", "null"))
        named = [_matches(path, one) for one in (operand if isinstance(operand, list) else [operand])]
        return And((there, *(Not(one) for one in named)))
    if kind in {"prefix", "suffix"} and isinstance(operand, str) and "*" not in operand:
        return Compare(selector, "=", Text(f"{operand}*" if kind == "prefix" else f"*{operand}"))
    if kind == "wildcard" and isinstance(operand, str):
        return Compare(selector, "=", Text(operand))
    raise CannotExpressError(f"{kind} is not followed")
