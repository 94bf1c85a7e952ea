"""The metric and the alarm: does one event put the alarm in ALARM, and does the alarm come back?"""

from __future__ import annotations

from auditor.demo.alarm_parts import make_alarm
from auditor.findings import LinkName, Status
from tests.aws.account import Account
from tests.scenarios.scenario import Change, Scenario, every, nothing, rows
from tests.scenarios.stage import ELSEWHERE, Stage

BY_NAME = {"what": "$.eventName"}
BY_USER = {"user": "$.userIdentity.arn"}
ONE_USER = [{"Name": "user", "Value": "arn:aws:iam::123456789012:user/alice"}]


def counts(**transformation: object) -> Change:
    """Gives the change of the filter's transformation; None leaves a field out."""
    return lambda stage: stage.filter(**transformation)


def rings(**settings: object) -> Change:
    """Gives the change of the alarm's settings; None leaves one out."""
    return lambda stage: stage.alarm(**settings)


def in_another_region(stage: Stage) -> None:
    there = stage.client("cloudwatch", ELSEWHERE)
    here = stage.client("cloudwatch").describe_alarms()["MetricAlarms"][0]
    fields = ("MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold", "AlarmActions")
    there.put_metric_alarm(
        AlarmName="there",
        ComparisonOperator=here["ComparisonOperator"],
        **{name: here[name] for name in fields},
    )


def with_system_dimensions(stage: Stage) -> None:
    stage.filter(extra={"emitSystemFieldDimensions": ["@aws.account"]})


def beside(default: float) -> Change:
    """Gives the change that lets another filter, of which no event is known, feed the same metric."""
    return lambda stage: stage.filter(
        '{ $.eventName = "Other" }', name="other", metric=stage.name, defaultValue=default
    )


def in_bytes(stage: Stage) -> None:
    """Lets another filter send zeros in another unit to the same metric."""
    stage.filter('{ $.eventName = "Other" }', name="other", metric=stage.name, **ZEROS, unit="Bytes")


def by_name_beside(field: str) -> Change:
    """Gives the change that lets another filter, of calls to KMS, send zeros by a field under the same dimension."""
    by_field = {"what": field}
    return lambda stage: stage.filter(
        "{ $.eventSource = kms.amazonaws.com }", name="other", metric=stage.name, dimensions=by_field, **ZEROS
    )


def each_name(statistic: str) -> tuple[Change, ...]:
    """Gives the changes that let an alarm watch each name of the control's events."""

    def one(name: str) -> Change:
        value = [{"Name": "what", "Value": name}]
        return lambda stage: stage.alarm(name, stage.name, Statistic=statistic, Dimensions=value)

    return Stage.delete_alarm, one("DisableKey"), one("ScheduleKeyDeletion")


ZEROS = {"metricValue": "0", "defaultValue": None}
UNDEFAULTED = counts(defaultValue=None)

METRIC = (
    Scenario("metricValue 0", counts(metricValue="0"), LinkName.METRIC, "adds 0", counts(metricValue="5")),
    Scenario("metricValue 0.0", counts(metricValue="0.0"), LinkName.METRIC, "adds 0", counts(metricValue="1.0")),
    Scenario(
        "a value from a field that the events lack",
        counts(metricValue="$.requestParameters.pendingWindowInDays", defaultValue=None),
        LinkName.METRIC,
        "$.requestParameters.pendingWindowInDays, where not every event",
        counts(defaultValue=None),
    ),
    Scenario(
        "other namespace", counts(metricNamespace="Other"), LinkName.ALARM, "No alarm", rings(AlarmDescription="x")
    ),
    Scenario(
        "other name",
        counts(metricName="other"),
        LinkName.ALARM,
        "No alarm",
        every(counts(metricName="other"), rings(MetricName="other")),
    ),
    Scenario(
        "another spelling of the name",
        lambda stage: stage.filter(metricName=stage.name.upper()),
        LinkName.ALARM,
        "No alarm",
        lambda stage: every(counts(metricName=stage.name.upper()), rings(MetricName=stage.name.upper()))(stage),
    ),
    Scenario(
        "the alarm in another region",
        every(in_another_region, Stage.delete_alarm),
        LinkName.ALARM,
        "No alarm in us-east-1",
        in_another_region,
    ),
    Scenario(
        "dimensions that the alarm lacks",
        counts(dimensions=BY_USER, defaultValue=None),
        LinkName.ALARM,
        "dimensions none",
        UNDEFAULTED,
    ),
    Scenario(
        "dimensions that the filter lacks",
        rings(Dimensions=ONE_USER),
        LinkName.ALARM,
        "sends it with none",
        rings(Dimensions=[]),
    ),
    Scenario(
        "one value of a dimension of many",
        every(counts(dimensions=BY_USER, defaultValue=None), rings(Dimensions=ONE_USER)),
        LinkName.ALARM,
        "events with another do not reach it",
        every(
            counts(dimensions=BY_USER, defaultValue=None),
            rings(Dimensions=ONE_USER),
            lambda stage: stage.filter(name="whole", metric="whole"),
            lambda stage: stage.alarm("whole", "whole"),
        ),
    ),
    Scenario(
        "emitSystemFieldDimensions",
        with_system_dimensions,
        LinkName.ALARM,
        "@aws.account",
        lambda stage: stage.filter(extra={"emitSystemFieldDimensions": []}),
    ),
    Scenario("a Unit that the metric never has", rings(Unit="Seconds"), LinkName.ALARM, "Seconds", rings(Unit="None")),
    Scenario(
        "a Unit that only the alarm names",
        rings(Unit="Count"),
        LinkName.ALARM,
        "Count",
        every(counts(unit="Count"), rings(Unit="Count")),
    ),
)

ALARM = (
    Scenario("gone", Stage.delete_alarm, LinkName.ALARM, "No alarm", rings()),
    Scenario("threshold", rings(Threshold=5), LinkName.ALARM, "1 >= 5 is false", rings(Threshold=0.5)),
    Scenario(
        "threshold reached, not passed",
        rings(ComparisonOperator="GreaterThanThreshold"),
        LinkName.ALARM,
        "1 > 1 is false",
        rings(ComparisonOperator="GreaterThanThreshold", Threshold=0),
    ),
    Scenario(
        "threshold against what one event adds",
        every(counts(metricValue="2"), rings(Threshold=3)),
        LinkName.ALARM,
        "2 >= 3 is false",
        every(counts(metricValue="3"), rings(Threshold=3)),
    ),
    Scenario(
        "LessThan",
        rings(ComparisonOperator="LessThanThreshold"),
        LinkName.ALARM,
        "falls",
        rings(ComparisonOperator="GreaterThanOrEqualToThreshold"),
    ),
    Scenario(
        "Average diluted",
        rings(Statistic="Average"),
        LinkName.ALARM,
        "(one value of 1 among 4 of 0), and 0.2 >= 1 is false",
        every(UNDEFAULTED, rings(Statistic="Average")),
    ),
    Scenario(
        "Minimum diluted", rings(Statistic="Minimum"), LinkName.ALARM, "0 >= 1 is false", rings(Statistic="Maximum")
    ),
    Scenario(
        "Average diluted by another filter",
        every(beside(0.0), rings(Statistic="Average", Period=60)),
        LinkName.ALARM,
        "0.5 >= 1 is false",
        every(beside(0.0), rings(Period=60)),
    ),
    Scenario(
        "a metric in two units",
        every(UNDEFAULTED, in_bytes, rings(Statistic="Average")),
        LinkName.ALARM,
        "and the alarm names no unit",
        every(UNDEFAULTED, in_bytes, rings(Statistic="Average", Unit="None")),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "diluted under the same dimension",
        every(counts(dimensions=BY_NAME, defaultValue=None), by_name_beside("$.eventName"), *each_name("Average")),
        LinkName.ALARM,
        "(one value of 1 among 1000 of 0)",
        every(counts(dimensions=BY_NAME, defaultValue=None), by_name_beside("$.eventSource"), *each_name("Average")),
    ),
    Scenario(
        "M of N",
        rings(EvaluationPeriods=3, DatapointsToAlarm=2),
        LinkName.ALARM,
        "2 periods of 3",
        rings(EvaluationPeriods=3, DatapointsToAlarm=1),
    ),
    Scenario(
        "N of N",
        rings(EvaluationPeriods=240, Period=60),
        LinkName.ALARM,
        "240 periods of 240",
        rings(EvaluationPeriods=240, DatapointsToAlarm=1, Period=60),
    ),
    Scenario(
        "breaching",
        every(UNDEFAULTED, rings(TreatMissingData="breaching")),
        LinkName.ALARM,
        "never leaves ALARM",
        every(UNDEFAULTED, rings(TreatMissingData="notBreaching")),
    ),
    Scenario(
        "breaching in hours without any log event",
        rings(TreatMissingData="breaching"),
        LinkName.ALARM,
        "without any log event",
        rings(TreatMissingData="missing"),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "ignore",
        every(UNDEFAULTED, rings(TreatMissingData="ignore")),
        LinkName.ALARM,
        "stays in ALARM",
        every(UNDEFAULTED, rings(TreatMissingData=None)),
    ),
    Scenario(
        "ignore in hours without any log event",
        rings(TreatMissingData="ignore"),
        LinkName.ALARM,
        "until a log event does not match",
        rings(TreatMissingData="notBreaching"),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "in ALARM all the time",
        rings(Threshold=0),
        LinkName.ALARM,
        "is in ALARM without any event",
        every(UNDEFAULTED, rings(Threshold=0)),
    ),
    Scenario(
        "a period too short",
        rings(Period=10),
        LinkName.ALARM,
        "looks every 10 seconds",
        rings(Period=60),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "a percentile",
        rings(Statistic=None, ExtendedStatistic="p99"),
        LinkName.ALARM,
        "p99",
        lambda stage: make_alarm(
            stage.account, "p99", stage.name, stage.topic_arn, Statistic=None, ExtendedStatistic="p99"
        ),
        status=Status.UNKNOWN,
    ),
)

ACTION = (
    Scenario(
        "ActionsEnabled false",
        rings(ActionsEnabled=False),
        LinkName.ACTION,
        "switched off",
        every(
            rings(ActionsEnabled=False),
            lambda stage: stage.client("cloudwatch").enable_alarm_actions(AlarmNames=[stage.name]),
        ),
    ),
    Scenario(
        "only OK actions",
        lambda stage: stage.alarm(tells=[], OKActions=[stage.topic_arn]),
        LinkName.ACTION,
        "OK state only",
        lambda stage: stage.alarm(OKActions=[stage.topic_arn]),
    ),
    Scenario(
        "only actions for missing data",
        lambda stage: stage.alarm(tells=[], InsufficientDataActions=[stage.topic_arn]),
        LinkName.ACTION,
        "no action for the ALARM state",
        lambda stage: stage.alarm(InsufficientDataActions=[stage.topic_arn]),
    ),
    Scenario("no actions", rings(tells=[]), LinkName.ACTION, "no action", nothing),
    Scenario(
        "only a function",
        rings(tells=["arn:aws:lambda:us-east-1:123456789012:function:page"]),
        LinkName.ACTION,
        "none of them is a topic",
        lambda stage: stage.alarm(tells=["arn:aws:lambda:us-east-1:123456789012:function:page", stage.topic_arn]),
    ),
)


SCENARIOS = (*METRIC, *ALARM, *ACTION)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")
