"""What tells somebody in another way is reported beside a failure, and never changes it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from auditor.benchmark import load
from auditor.findings import Finding, Status
from auditor.scan import scan
from checks.alarm import CmkDisableOrDelete
from tests.aws.account import Account
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import GROUP, Stage, build, connection_to

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pager"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/siem"
KMS = {"source": ["aws.kms"], "detail-type": ["AWS API Call via CloudTrail"]}
BOTH = {"eventName": ["DisableKey", "ScheduleKeyDeletion"]}


def rule(pattern: object, *, state: str = "ENABLED", target: str = FUNCTION) -> Callable[[Stage], object]:
    def change(stage: Stage) -> None:
        events = stage.client("events")
        events.put_rule(Name="keys", EventPattern=json.dumps(pattern), State=state)
        if target:
            events.put_targets(Rule="keys", Targets=[{"Id": "1", "Arn": target}])

    return change


def siem(pattern: str) -> Callable[[Stage], object]:
    def change(stage: Stage) -> None:
        stage.client("kinesis").create_stream(StreamName="siem", ShardCount=1)
        stage.client("logs").put_subscription_filter(
            logGroupName=GROUP, filterName="siem", filterPattern=pattern, destinationArn=STREAM
        )

    return change


def judged(account: Account) -> Finding:
    (finding,) = scan(connection_to(account), load("cis-5.0"), [CmkDisableOrDelete()]).findings
    return finding


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (rule({**KMS, "detail": BOTH}), f"The event rule keys sends some events that the control names to {FUNCTION}."),
        (rule({**KMS, "detail": {"eventName": ["DisableKey"]}}), "The event rule keys sends some events"),
        (rule({**KMS, "detail": {"eventName": [{"prefix": "Disable"}]}}), "sends some events"),
        (rule({"detail-type": [{"suffix": " via CloudTrail"}], "detail": BOTH}), "sends every event"),
        (rule({**KMS, "detail": {"eventName": ["Encrypt"]}}), ""),
        (rule({**KMS, "detail": BOTH}, state="DISABLED"), ""),
        (rule({**KMS, "detail": BOTH}, target=""), ""),
        (rule({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}), ""),
        (rule({**KMS, "detail": {"eventName": [{"cidr": "10.0.0.0/8"}]}}), ""),
        (siem(""), f"The subscription filter siem of {GROUP} sends every event that the control names to {STREAM}."),
        (siem("{ $.eventName = DisableKey }"), "sends some events"),
        (siem("{ $.eventName = Encrypt }"), ""),
    ],
)
def test_another_way_is_told_and_does_not_satisfy(
    aws_account: Account, change: Callable[[Stage], object], said: str
) -> None:
    stage = build(aws_account, CONTROL)
    stage.unsubscribe()
    change(stage)
    finding = judged(aws_account)
    assert finding.status is Status.FAIL
    told = [note for note in finding.notes if "does not satisfy it" in note]
    assert [said in note for note in told] == ([True] if said else [])


def test_a_function_that_the_alarm_calls_is_told(aws_account: Account) -> None:
    stage = build(aws_account, CONTROL)
    stage.alarm(tells=[FUNCTION])
    assert any(f"calls the function {FUNCTION}" in note for note in judged(aws_account).notes)


def test_what_else_there_is_may_be_unreadable(aws_account: Account) -> None:
    stage = build(aws_account, CONTROL)
    stage.unsubscribe()
    stage.hide("events:ListRules")
    finding = judged(aws_account)
    assert finding.status is Status.FAIL
    assert any("events:ListRules" in note for note in finding.notes)


def test_a_sound_account_is_not_asked(aws_account: Account) -> None:
    build(aws_account, CONTROL)
    report = scan(connection_to(aws_account), load("cis-5.0"), [CmkDisableOrDelete()])
    assert not {"events:ListRules", "logs:DescribeSubscriptionFilters"} & set(aws_account.controls.calls())
    assert report.findings[0].status is Status.PASS
