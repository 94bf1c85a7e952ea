"""Filter policies against the message that an alarm sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.chain.message import delivered
from auditor.model.topic import SubscriptionAttributes
from tests.chain.build import alarm
from tests.checks.build import ACCOUNT, SOURCE, TOPIC


def passes(policy: Any, scope: str = "MessageBody") -> bool | None:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    attributes = SubscriptionAttributes(source=SOURCE, filter_policy=text, filter_policy_scope=scope)
    return delivered(attributes, alarm("root-usage")).answer


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        ({}, True),
        ({"AlarmName": ["root-usage"]}, True),
        ({"AlarmName": ["other", "root-usage"]}, True),
        ({"AlarmName": ["other"]}, False),
        ({"AlarmName": [{"suffix": "-usage"}]}, True),
        ({"AlarmName": [{"equals-ignore-case": "ROOT-usage"}]}, True),
        ({"AlarmName": [{"wildcard": "r*t-*"}]}, True),
        ({"AlarmName": [{"wildcard": "r*x"}]}, False),
        ({"AlarmName": [{"anything-but": ["root-usage"]}]}, False),
        ({"AlarmName": [{"anything-but": {"prefix": "cpu"}}]}, True),
        ({"AlarmName": [{"numeric": ["=", 1]}]}, False),
        ({"AlarmName": [{"cidr": "10.0.0.0/8"}]}, None),
        ({"AlarmName": [{"exists": False}]}, False),
        ({"AlarmName": [1, None, True]}, False),
        ({"AWSAccountId": [ACCOUNT]}, True),
        ({"AWSAccountId": [int(ACCOUNT)]}, False),
        ({"NewStateValue": ["ALARM"], "AlarmName": ["other"]}, False),
        ({"NewStateValue": ["ALARM"], "OldStateValue": ["OK"]}, None),
        ({"OldStateValue": ["OK"], "AlarmName": ["other"]}, False),
        ({"AlarmActions": [TOPIC]}, True),
        ({"AlarmActions": ["arn:other"]}, False),
        ({"Trigger": {"Namespace": ["CIS"]}}, None),
        ({"severity": {"level": ["high"]}}, False),
        ({"$or": [{"AlarmName": ["other"]}, {"NewStateValue": ["ALARM"]}]}, True),
        ({"severity": ["high"]}, False),
        ({"severity": [{"exists": False}]}, True),
        ("{", None),
        ("[]", None),
    ],
)
def test_a_policy_over_the_body(policy: Any, answer: bool | None) -> None:
    assert passes(policy) is answer


def test_a_policy_over_attributes_passes_only_what_has_none() -> None:
    assert passes({"AlarmName": ["root-usage"]}, "MessageAttributes") is False
    assert passes({"team": [{"exists": False}]}, "MessageAttributes") is True
    assert passes({"team": [{"anything-but": ["x"]}]}, "MessageAttributes") is False
