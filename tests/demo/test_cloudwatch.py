from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_alarm
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
