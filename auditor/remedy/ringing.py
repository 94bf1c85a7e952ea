"""Mends the alarm: one event puts it in ALARM, and it then tells a topic."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from auditor.chain.alarm import alarm_link
from auditor.chain.expression import UndecidedError
from auditor.chain.metric import Emission
from auditor.chain.seen import seen_by
from auditor.findings import LinkStatus
from auditor.model.alarm import Alarm, Dimension
from auditor.model.arn import Arn
from auditor.pattern import Always
from auditor.remediation import Resource, Target
from auditor.remedy.command import Option, aws
from auditor.remedy.mending import NOTHING, OWN, Case, Mending, as_json, free_name, page, step

_GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
_PUT = page("cloudwatch", "put-metric-alarm")
_AT_LEAST = "GreaterThanOrEqualToThreshold"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
MOST_ACTIONS = 5


def new_alarm(case: Case, region: str, emission: Emission) -> Alarm:
    """Gives the alarm, without actions, that one event within five minutes puts in ALARM."""
    name = free_name(f"{OWN}-{case.control}", case.taken(region))
    arn = Arn(case.partition, "cloudwatch", region, case.account.account_id, f"alarm:{name}")
    return Alarm(
        source=case.trail.trail.source,
        name=name,
        arn=str(arn),
        namespace=emission.namespace,
        metric=emission.metric,
        statistic="Sum",
        period=300,
        evaluation_periods=1,
        threshold=_threshold(emission),
        operator=_AT_LEAST,
        missing_data="notBreaching",
    )


def fewest_changes(alarm: Alarm, emission: Emission) -> Mapping[str, Any] | None:
    """Gives the fewest settings, with their values, that make an alarm sound; None where none do."""
    choices: tuple[dict[str, Any], ...] = (
        {"statistic": "Sum", "extended_statistic": None},
        {"threshold": _threshold(emission)},
        {"operator": _AT_LEAST},
        {"datapoints_to_alarm": 1},
        {"missing_data": "notBreaching"},
        {"unit": None},
        {"dimensions": ()},
    )
    if alarm.queries:
        # What each metric is looked at by stands in the expressions.
        choices = tuple(choice for choice in choices if choice.keys() <= _OF_MATH)
    for count in range(len(choices) + 1):
        for chosen in combinations(choices, count):
            changes = {name: value for choice in chosen for name, value in choice.items()}
            if _rings(alarm.model_copy(update=changes), emission):
                return changes
    return None


def _rings(alarm: Alarm, emission: Emission) -> bool:
    """Whether any matching event puts an alarm in ALARM."""
    try:
        seen = seen_by(alarm, emission)
    except UndecidedError:
        return False
    return seen == Always() and alarm_link(alarm, emission).status is LinkStatus.SOUND


def _threshold(emission: Emission) -> float:
    return emission.value if emission.value is not None and 0 < emission.value < 1 else 1.0


def made(alarm: Alarm, region: str) -> Mending:
    """Gives what makes a new alarm."""
    command = aws(
        "cloudwatch",
        "put-metric-alarm",
        region=region,
        alarm_name=alarm.name,
        alarm_actions=alarm.actions,
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        period=alarm.period,
        evaluation_periods=alarm.evaluation_periods,
        **_options({name: getattr(alarm, name) for name in ("statistic", "threshold", "operator", "missing_data")}),
    )
    return step(
        f"make the alarm {alarm.name}",
        Target.ALARM,
        command,
        undo=[aws("cloudwatch", "delete-alarms", region=region, alarm_names=as_json([alarm.name]))],
        cost="An alarm is billed by the month.",
        resources=[_resource(alarm)],
        pages=[_GUIDE, _PUT],
    )


def _resource(alarm: Alarm) -> Resource:
    return Resource(
        type="AWS::CloudWatch::Alarm",
        arn=alarm.arn,
        properties={
            "AlarmName": alarm.name,
            "AlarmActions": list(alarm.actions),
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric,
            "Statistic": alarm.statistic,
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "Threshold": alarm.threshold,
            "ComparisonOperator": alarm.operator,
            "TreatMissingData": alarm.missing_data,
        },
    )


def changed(alarm: Alarm, region: str, changes: Mapping[str, Any]) -> Mending:
    """Gives what changes settings of an alarm and keeps all others.

    Putting an alarm replaces it whole, its description included, which is why the command reads the alarm itself and
    puts back what it finds; what stands on the command line goes before that. Tags are not touched.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    if not changes:
        return NOTHING
    names = ", ".join(_option(name).replace("_", " ") for name in changes if name != "extended_statistic")
    changed_one = alarm.model_copy(update=dict(changes))
    return step(
        f"set {names} of the alarm {alarm.name} and keep all else of it",
        Target.ALARM,
        _put(alarm, region, changes),
        undo=[_put(changed_one, region, {name: getattr(alarm, name) for name in changes})],
        cost="The alarm may go off oftener, at once too, if there is something to tell of now.",
        pages=[_GUIDE, _PUT],
    )


def _put(alarm: Alarm, region: str, changes: Mapping[str, Any]) -> str:
    found = aws("cloudwatch", "describe-alarms", region=region, alarm_names=as_json([alarm.name]))
    found += f" --query {shlex.quote(_kept(alarm, changes))} --output json"
    command = aws("cloudwatch", "put-metric-alarm", region=region, **_options(changes))
    return f'{command} --cli-input-json "$({found})"'


def switched_on(alarm: Alarm, region: str) -> Mending:
    """Gives what switches an alarm's actions on."""
    here = {"region": region, "alarm_names": as_json([alarm.name])}
    return step(
        f"switch the actions of the alarm {alarm.name} on",
        Target.ALARM,
        aws("cloudwatch", "enable-alarm-actions", **here),
        undo=[aws("cloudwatch", "disable-alarm-actions", **here)],
        cost="Whoever switched them off may have had a reason, such as too many mails.",
        pages=[page("cloudwatch", "enable-alarm-actions")],
    )


def _options(settings: Mapping[str, Any]) -> dict[str, Option]:
    """Gives settings as options of put-metric-alarm; one that is to be gone is left out."""
    return {_option(name): _text(value) for name, value in settings.items() if value not in (None, ())}


def _option(setting: str) -> str:
    return _OPTION.get(setting, setting)


def _text(value: Any) -> Option:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, tuple) and all(isinstance(one, Dimension) for one in value):
        return as_json([{"Name": one.name, "Value": one.value} for one in value])
    told: Option = value
    return told


_OPTION = {"operator": "comparison_operator", "missing_data": "treat_missing_data", "actions": "alarm_actions"}
_ALWAYS = ("AlarmName", "ActionsEnabled", "MetricName", "Namespace", "Period", "EvaluationPeriods")
_OF_MATH = frozenset({"threshold", "operator", "datapoints_to_alarm", "missing_data"})
_ALWAYS_OF_MATH = ("AlarmName", "ActionsEnabled", "Metrics", "EvaluationPeriods")
_KEPT = {
    "actions": "AlarmActions",
    "ok_actions": "OKActions",
    "statistic": "Statistic",
    "extended_statistic": "ExtendedStatistic",
    "dimensions": "Dimensions",
    "unit": "Unit",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "threshold": "Threshold",
    "operator": "ComparisonOperator",
}


def _kept(alarm: Alarm, changes: Mapping[str, Any]) -> str:
    """Gives the JMESPath of what an alarm keeps: no facts tell of the last few, so that they are kept if they are set.

    An empty list or a null would be refused.
    """
    known = [field for name, field in _KEPT.items() if name not in changes and getattr(alarm, name) not in (None, ())]
    unknown = ["AlarmDescription", "InsufficientDataActions"]
    unknown += [] if "missing_data" in changes else ["TreatMissingData"]
    unknown += ["EvaluateLowSampleCountPercentile"] if "ExtendedStatistic" in known else []
    always = _ALWAYS_OF_MATH if alarm.queries else _ALWAYS
    plain = ", ".join(f"{field}: {field}" for field in (*always, *known))
    if_set = ", ".join(f"({field} && {{{field}: {field}}}) || `{{}}`" for field in unknown)
    return f"MetricAlarms[0].merge({{{plain}}}, {if_set})"
