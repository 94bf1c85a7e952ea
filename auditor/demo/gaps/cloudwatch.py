"""CloudWatch: the types of alarm that a caller asks for, composite alarms, mute rules, and the history of actions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sns.models import sns_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler

_Home = tuple[str, str]


class CloudWatchGaps:
    """What moto lacks of CloudWatch."""

    def __init__(self) -> None:
        self._composites: dict[_Home, dict[str, dict[str, Any]]] = {}
        self._mute_rules: dict[_Home, dict[str, dict[str, Any]]] = {}
        self._history: dict[_Home, list[dict[str, Any]]] = {}

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "cloudwatch:DescribeAlarmHistory": self._describe_alarm_history,
            "cloudwatch:DescribeAlarms": self._describe_alarms,
            "cloudwatch:GetAlarmMuteRule": self._get_alarm_mute_rule,
            "cloudwatch:ListAlarmMuteRules": self._list_alarm_mute_rules,
            "cloudwatch:PutAlarmMuteRule": self._put_alarm_mute_rule,
            "cloudwatch:PutCompositeAlarm": self._put_composite_alarm,
            "cloudwatch:SetAlarmState": self._set_alarm_state,
        }

    def _describe_alarms(self, call: Call, forward: Forward) -> Response:
        """Composite alarms are given only to those who ask for them."""
        kinds = call.params.get("AlarmTypes") or ["MetricAlarm"]
        names = call.params.get("AlarmNames")
        prefix = call.params.get("AlarmNamePrefix") or ""

        def sort(result: dict[str, Any]) -> None:
            composites = self._composites.get(_home(call), {}) if "CompositeAlarm" in kinds else {}
            result["CompositeAlarms"] = [
                alarm for name, alarm in composites.items() if name.startswith(prefix) and (not names or name in names)
            ]
            if "MetricAlarm" not in kinds:
                result["MetricAlarms"] = []

        return call.changed(forward(call), sort)

    def _set_alarm_state(self, call: Call, forward: Forward) -> Response:
        """An alarm that goes into ALARM tells its topics, and its history says so, and how that went."""
        name, state = call.params["AlarmName"], call.params["StateValue"]
        composite = self._composites.get(_home(call), {}).get(name)
        alarm = composite or _metric_alarm(call, name)
        before = alarm["StateValue"] if alarm is not None else state
        goes_off = alarm is not None and state == "ALARM" != alarm["StateValue"] and alarm["ActionsEnabled"]
        actions = alarm["AlarmActions"] if alarm is not None and goes_off else []
        if composite is None:
            response = forward(call)
            if response.status_code >= 300:
                return response
        else:
            composite.update(StateValue=state, StateReason=call.params["StateReason"])
            response = call.reply({})
        topics = sns_backends[call.account][call.region].topics
        kind = "MetricAlarm" if composite is None else "CompositeAlarm"
        items = [_update(name, kind, before, state)] if before != state else []
        items += [_action(name, kind, action, works=action in topics) for action in actions]
        self._history.setdefault(_home(call), []).extend(items)
        return response

    def _describe_alarm_history(self, call: Call, _forward: Forward) -> Response:
        name, what = call.params.get("AlarmName"), call.params.get("HistoryItemType")
        kinds = call.params.get("AlarmTypes") or ["MetricAlarm"]
        items = [
            item
            for item in reversed(self._history.get(_home(call), []))
            if name in {None, item["AlarmName"]} and what in {None, item["HistoryItemType"]}
            if item["AlarmType"] in kinds
        ]
        return call.reply({"AlarmHistoryItems": items})

    def _put_composite_alarm(self, call: Call, _forward: Forward) -> Response:
        name = call.params["AlarmName"]
        now = datetime.now(UTC).replace(microsecond=0)
        self._composites.setdefault(_home(call), {})[name] = {
            "AlarmArn": f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}",
            "ActionsEnabled": True,
            "AlarmActions": [],
            "OKActions": [],
            "InsufficientDataActions": [],
            "StateValue": "OK",
            "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": now,
            "AlarmConfigurationUpdatedTimestamp": now,
            **{key: value for key, value in call.params.items() if key != "Tags"},
        }
        return call.reply({})

    def _put_alarm_mute_rule(self, call: Call, _forward: Forward) -> Response:
        name = call.params["Name"]
        arn = f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm-mute-rule:{name}"
        now = datetime.now(UTC).replace(microsecond=0)
        rule = {**call.params, "AlarmMuteRuleArn": arn, "Status": _status(call.params, now), "MuteType": "RECURRING"}
        rule["LastUpdatedTimestamp"] = now
        self._mute_rules.setdefault(_home(call), {})[name] = rule
        return call.reply({})

    def _get_alarm_mute_rule(self, call: Call, _forward: Forward) -> Response:
        rule = self._mute_rules.get(_home(call), {}).get(call.params["AlarmMuteRuleName"])
        if rule is None:
            return call.error("ResourceNotFoundException", "The mute rule does not exist.", 404)
        return call.reply(rule)

    def _list_alarm_mute_rules(self, call: Call, _forward: Forward) -> Response:
        rules = self._mute_rules.get(_home(call), {}).values()
        alarm = call.params.get("AlarmName")
        chosen = [rule for rule in rules if alarm is None or alarm in rule["MuteTargets"]["AlarmNames"]]
        return call.reply({"AlarmMuteRuleSummaries": chosen})


def _metric_alarm(call: Call, name: str) -> dict[str, Any] | None:
    alarm = cloudwatch_backends[call.account][call.region].alarms.get(name)
    if alarm is None:
        return None
    found = {"StateValue": alarm.state_value, "ActionsEnabled": alarm.actions_enabled}
    return {**found, "AlarmActions": alarm.alarm_actions}


def _update(alarm: str, kind: str, before: str, after: str) -> dict[str, Any]:
    data = {"oldState": {"stateValue": before}, "newState": {"stateValue": after}}
    return {
        "AlarmName": alarm,
        "AlarmType": kind,
        "Timestamp": datetime.now(UTC),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from {before} to {after}",
        "HistoryData": json.dumps(data),
    }


def _action(alarm: str, kind: str, action: str, *, works: bool) -> dict[str, Any]:
    told = "Successfully executed" if works else "Failed to execute"
    data = {"actionState": "Succeeded" if works else "Failed", "notificationResource": action}
    return {
        "AlarmName": alarm,
        "AlarmType": kind,
        "Timestamp": datetime.now(UTC),
        "HistoryItemType": "Action",
        "HistorySummary": f"{told} action {action}",
        "HistoryData": json.dumps(data if works else {**data, "error": "Topic does not exist"}),
    }


def _status(rule: dict[str, Any], now: datetime) -> str:
    """Gives a rule's status as if its schedule muted all the time from its start to its end."""
    if _time(rule.get("ExpireDate"), now) < now:
        return "EXPIRED"
    return "SCHEDULED" if _time(rule.get("StartDate"), now) > now else "ACTIVE"


def _time(told: Any, otherwise: datetime) -> datetime:
    if told is None:
        return otherwise
    return datetime.fromtimestamp(told, UTC) if isinstance(told, int | float) else told.astimezone(UTC)


def _home(call: Call) -> _Home:
    return call.account, call.region
