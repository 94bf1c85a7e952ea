"""Lets a real alarm ring, sees what became of its actions, and puts its state back.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.errors import AuditorError, UsageError
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.model.fact import Frozen, Source

REASON = "A drill of trail-auditor: no event has happened. The state is set back at once."
_ALARM = "ALARM"
# The two ways in which an alarm's history tells of an action begin so.
_DONE, _FAILED = "Successfully executed action", "Failed to execute action"
# A server's clock may be behind ours.
_SLACK = timedelta(minutes=1)


class DrillError(AuditorError):
    """The drill could not be held, or not be ended."""


class Outcome(Frozen):
    """What became of one action; not known where the history does not tell of it in time."""

    action: str
    done: bool | None
    told: str


def the_alarm(connection: Connection, name: str) -> tuple[str, Alarm]:
    """Gives the region and the alarm of a name or an ARN.

    Raises:
        UsageError: There is no such metric alarm.
        DrillError: It cannot be read.
    """
    arn = Arn.parse(name)
    region = arn.region if arn else connection.region
    bare = name.split(":alarm:", 1)[1] if arn else name
    found = _call(connection, region, "describe_alarms", AlarmNames=[bare])["MetricAlarms"]
    if not found:
        raise UsageError(f"There is no metric alarm {bare} in {region}.", "Give --region, or the alarm's ARN.")
    source = Source(service="cloudwatch", operation="DescribeAlarms", region=region, at=datetime.now(UTC))
    return region, Alarm.model_validate({**found[0], "source": source})


def ring(
    connection: Connection, region: str, alarm: Alarm, wait: float, sleep: Callable[[float], None] = time.sleep
) -> tuple[Outcome, ...]:
    """Sets an alarm to ALARM, waits for its history to tell of each action, and sets its state back, come what may.

    Args:
        connection: The account.
        region: The alarm's region.
        alarm: The alarm.
        wait: For how many seconds to wait at most.
        sleep: What waits.

    Raises:
        UsageError: The alarm is in ALARM already, or has no actions that could be seen.
        DrillError: AWS refuses, or the state could not be set back.
    """
    if alarm.state == _ALARM:
        raise UsageError(f"{alarm.name} is in ALARM already, so that it would tell nobody.", "Try again later.")
    if not alarm.actions_enabled or not alarm.actions:
        raise UsageError(f"{alarm.name} has no actions that are switched on.", "`auditor drill` says what is missing.")
    since = datetime.now(UTC) - _SLACK
    before = set(_history(connection, region, alarm, since))
    _set(connection, region, alarm, _ALARM)
    try:
        return _outcomes(connection, region, alarm, since, before, wait, sleep)
    finally:
        _set_back(connection, region, alarm)


def _outcomes(
    connection: Connection,
    region: str,
    alarm: Alarm,
    since: datetime,
    before: set[tuple[str, str]],
    wait: float,
    sleep: Callable[[float], None],
) -> tuple[Outcome, ...]:
    pause, waited = 1.0, 0.0
    while True:
        told = [text for at, text in _history(connection, region, alarm, since) if (at, text) not in before]
        found = tuple(_outcome(action, told) for action in alarm.actions)
        if waited >= wait or all(outcome.done is not None for outcome in found):
            return found
        pause = min(pause, wait - waited)
        sleep(pause)
        waited += pause
        pause = min(pause * 2, 10.0)


def _outcome(action: str, told: list[str]) -> Outcome:
    for text in told:
        if action in text and text.startswith((_DONE, _FAILED)):
            return Outcome(action=action, done=text.startswith(_DONE), told=text)
    return Outcome(action=action, done=None, told="The alarm's history does not tell of it yet.")


def _history(connection: Connection, region: str, alarm: Alarm, since: datetime) -> list[tuple[str, str]]:
    """Gives when and how the history tells of the alarm's actions, the newest first."""
    asked = {"AlarmName": alarm.name, "HistoryItemType": "Action", "StartDate": since, "MaxRecords": 100}
    items = _call(connection, region, "describe_alarm_history", **asked)["AlarmHistoryItems"]
    return [(str(item["Timestamp"]), str(item["HistorySummary"])) for item in items]


def _set(connection: Connection, region: str, alarm: Alarm, state: str) -> None:
    _call(connection, region, "set_alarm_state", AlarmName=alarm.name, StateValue=state, StateReason=REASON)


def _set_back(connection: Connection, region: str, alarm: Alarm) -> None:
    state = alarm.state or "INSUFFICIENT_DATA"
    try:
        _set(connection, region, alarm, state)
    except DrillError as error:
        raise DrillError(
            f"{alarm.name} could not be set back to {state}: {error.what}",
            "CloudWatch sets it by itself at its next evaluation.",
        ) from error


def _call(connection: Connection, region: str, method: str, **asked: Any) -> dict[str, Any]:
    client: Any = connection.client("cloudwatch", region)
    try:
        answer: dict[str, Any] = getattr(client, method)(**asked)
    except ClientError as error:
        told = error.response.get("Error", {})
        what = f"{error.operation_name} in {region} failed with {told.get('Code')}: {told.get('Message')}"
        raise DrillError(what, "`auditor policy --drill` prints the rights that a drill needs.") from error
    except BotoCoreError as error:
        raise DrillError(f"{method} in {region} failed: {error}", "Check the network and the credentials.") from error
    return answer
