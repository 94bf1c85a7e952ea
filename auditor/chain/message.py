"""An alarm's message and the filter policies of subscriptions: does the message get to the subscriber?

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import JsonValue

from auditor.model.alarm import Alarm, CompositeAlarm
from auditor.model.arn import Arn
from auditor.model.topic import SubscriptionAttributes

Answer: TypeAlias = bool | None
"""Whether something holds; None where that is not known."""


class _Varies:
    """A field of the message whose text is not known beforehand."""


class _Absent:
    """No such field."""


_VARIES, _ABSENT = _Varies(), _Absent()
_Value: TypeAlias = JsonValue | _Varies | _Absent


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whether a subscriber gets the message, and why."""

    answer: Answer
    reason: str


def delivered(attributes: SubscriptionAttributes, alarm: Alarm | CompositeAlarm) -> Delivered:
    """Says whether an alarm's message passes a subscription's filter policy.

    CloudWatch's messages carry no message attributes, so that a policy over attributes passes only what has none.
    """
    text = attributes.filter_policy
    if not text:
        return Delivered(True, "it has no filter policy")
    try:
        policy = json.loads(text)
    except ValueError:
        return Delivered(None, f"its filter policy cannot be read: {text}")
    if not isinstance(policy, dict):
        return Delivered(None, f"its filter policy is no JSON object: {text}")
    in_body = attributes.filter_policy_scope == "MessageBody"
    message = _message(alarm) if in_body else {}
    said = {True: "lets the message pass", False: "drops the message", None: "may drop the message"}
    over = "body" if in_body else "attributes, of which CloudWatch sends none,"
    answer = _fits(policy, message)
    return Delivered(answer, f"its filter policy over the message's {over} {said[answer]}: {text}")


def _message(alarm: Alarm | CompositeAlarm) -> Mapping[str, _Value]:
    """Gives the body of the message with which an alarm says that it has gone off."""
    arn = Arn.parse(alarm.arn)
    common: dict[str, _Value] = {
        "AlarmName": alarm.name,
        "AlarmDescription": _VARIES,
        "AWSAccountId": arn.account_id if arn else _VARIES,
        "NewStateValue": "ALARM",
        "NewStateReason": _VARIES,
        "StateChangeTime": _VARIES,
        "Region": _VARIES,
        "AlarmArn": alarm.arn,
        "OldStateValue": _VARIES,
        "AlarmActions": list(alarm.actions),
        "OKActions": list(alarm.ok_actions),
        "InsufficientDataActions": _VARIES,
        "AlarmConfigurationUpdatedTimestamp": _VARIES,
    }
    if isinstance(alarm, CompositeAlarm):
        return {**common, "AlarmRule": alarm.rule, "TriggeringChildren": _VARIES}
    return {**common, "Trigger": _VARIES}


def _fits(policy: Mapping[str, JsonValue], message: Mapping[str, _Value]) -> Answer:
    """Every key of a policy must fit; `$or` wants one of several policies to."""
    answers: list[Answer] = []
    for key, wanted in policy.items():
        if key == "$or" and isinstance(wanted, list):
            answers.append(_any([_fits(one, message) for one in wanted if isinstance(one, dict)]))
        elif isinstance(wanted, dict):
            below = message.get(key, _ABSENT)
            if isinstance(below, _Varies):
                answers.append(None)
            else:
                answers.append(_fits(wanted, below if isinstance(below, dict) else {}))
        elif isinstance(wanted, list):
            answers.append(_any([_matches(one, message.get(key, _ABSENT)) for one in wanted]))
        else:
            answers.append(None)
    return _all(answers)


def _any(answers: list[Answer]) -> Answer:
    return True if True in answers else None if None in answers else False


def _all(answers: list[Answer]) -> Answer:
    return False if False in answers else None if None in answers else True


def _matches(wanted: JsonValue, value: _Value) -> Answer:
    if isinstance(wanted, dict) and len(wanted) == 1:
        ((kind, operand),) = wanted.items()
        if kind == "exists":
            return isinstance(value, _Absent) is not operand
        if isinstance(value, _Absent):
            return False
        if isinstance(value, _Varies):
            return None
        values = value if isinstance(value, list) else [value]
        return _any([_by_kind(kind, operand, one) for one in values]) if values else False
    if isinstance(wanted, dict):
        return None
    if isinstance(value, _Absent):
        return False
    if isinstance(value, _Varies):
        return None
    return wanted in value if isinstance(value, list) else _same(wanted, value)


def _same(wanted: JsonValue, value: JsonValue) -> bool:
    return type(wanted) is type(value) and wanted == value


def _by_kind(kind: str, operand: JsonValue, value: JsonValue) -> Answer:
    if kind == "anything-but":
        inner = operand if isinstance(operand, list) else [operand]
        found = _any([_matches(one, value) for one in inner])
        return None if found is None else not found
    if kind == "numeric":
        return _numeric(operand, value)
    test = _ON_TEXT.get(kind)
    if test is None or not isinstance(operand, str):
        return None
    return isinstance(value, str) and test(value, operand)


_ON_TEXT: dict[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, wanted: value.lower() == wanted.lower(),
    "wildcard": lambda value, wanted: bool(
        re.fullmatch(".*".join(re.escape(part) for part in wanted.split("*")), value, re.DOTALL)
    ),
}
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(operand: JsonValue, value: JsonValue) -> Answer:
    if not isinstance(operand, list) or len(operand) % 2:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if any(sign not in _ORDERS or not isinstance(bound, int | float) for sign, bound in pairs):
        return None
    return all(_ORDERS[str(sign)](value, float(str(bound))) for sign, bound in pairs)
