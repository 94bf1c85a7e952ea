from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_alarm, make_topic
from tests.aws.account import Account


def test_composite_alarms_are_given_to_those_who_ask(aws_account: Account) -> None:
    cloudwatch = aws_account.client("cloudwatch")
    make_alarm(aws_account, "metric", "m")
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(metric)", AlarmActions=[topic])

    def names(*kinds: str) -> tuple[list[str], list[str]]:
        found = cloudwatch.describe_alarms(**({"AlarmTypes": list(kinds)} if kinds else {}))
        metric, composite = found["MetricAlarms"], found["CompositeAlarms"]
        return [one["AlarmName"] for one in metric], [one["AlarmName"] for one in composite]

    assert names() == (["metric"], [])
    assert names("MetricAlarm") == (["metric"], [])
    assert names("CompositeAlarm") == ([], ["both"])
    assert names("MetricAlarm", "CompositeAlarm") == (["metric"], ["both"])
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (alarm["AlarmRule"], alarm["AlarmActions"], alarm["ActionsEnabled"]) == ("ALARM(metric)", [topic], True)


def test_mute_rules(aws_account: Account) -> None:
    cloudwatch = aws_account.client("cloudwatch")
    assert cloudwatch.list_alarm_mute_rules()["AlarmMuteRuleSummaries"] == []
    rule = {"Schedule": {"Expression": "cron(0 2 * * ? *)", "Duration": "PT4H"}}
    cloudwatch.put_alarm_mute_rule(Name="nights", Rule=rule, MuteTargets={"AlarmNames": ["metric"]})
    (summary,) = cloudwatch.list_alarm_mute_rules(AlarmName="metric")["AlarmMuteRuleSummaries"]
    assert summary["AlarmMuteRuleArn"].endswith(":alarm-mute-rule:nights")
    assert cloudwatch.list_alarm_mute_rules(AlarmName="other")["AlarmMuteRuleSummaries"] == []
    found = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="nights")
    assert (found["Rule"], found["MuteTargets"]) == (rule, {"AlarmNames": ["metric"]})
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="days")


def test_the_history_tells_of_actions_of_either_kind_of_alarm(aws_account: Account) -> None:
    cloudwatch = aws_account.client("cloudwatch")
    there, gone = make_topic(aws_account, "there"), "arn:aws:sns:us-east-1:123456789012:gone"
    make_alarm(aws_account, "metric", "m", there, gone)
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(metric)", AlarmActions=[there])
    for name in ("metric", "both"):
        for state in ("OK", "ALARM", "ALARM", "OK"):
            cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")

    def told(kind: str) -> list[tuple[str, str]]:
        asked = {"AlarmTypes": [kind], "HistoryItemType": "Action"}
        items = cloudwatch.describe_alarm_history(**asked)["AlarmHistoryItems"]
        return [(one["HistorySummary"], json.loads(one["HistoryData"])["actionState"]) for one in items]

    assert told("MetricAlarm") == [
        (f"Failed to execute action {gone}", "Failed"),
        (f"Successfully executed action {there}", "Succeeded"),
    ]
    assert told("CompositeAlarm") == [(f"Successfully executed action {there}", "Succeeded")]
    with pytest.raises(ClientError, match="ResourceNotFound"):
        cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="a test")
