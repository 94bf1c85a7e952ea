"""Lets a real alarm ring, sees what became of its actions, and puts its state back.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html
What a history item of an action holds, its data and its summary:
https://github.com/aws-solutions/automated-security-response-on-aws/issues/43
https://github.com/ASFHyP3/hyp3/issues/762
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.collect import Connection
from auditor.drill.bell import ALARM, Bell, DrillError, RefusedError, call
from auditor.drill.ending import deaf, told_to_end
from auditor.drill.operations import DESCRIBE_ALARM_HISTORY, SET_ALARM_STATE
from auditor.model.fact import Frozen
from auditor.remedy.command import aws

REASON = "A drill of trail-auditor: no event has happened. The state is set back at once."
# AWS takes requests of clocks that are wrong by this much.
_SLACK = timedelta(minutes=5)
_STATES = {"Successfully executed": "Succeeded", "Failed to execute": "Failed"}
_SUMMARY = re.compile(rf"({'|'.join(_STATES)}) action (\S+?)\.?(?=\s|$)")
_LONGEST_PAUSE = 10.0


class Outcome(Frozen):
    """What became of one action; not known where the history does not tell of it in time."""

    action: str
    done: bool | None
    told: str


def ring(
    connection: Connection, bell: Bell, wait: float, sleep: Callable[[float], None] = time.sleep
) -> tuple[Outcome, ...]:
    """Sets an alarm to ALARM, waits for its history to tell of each action, and sets its state back, come what may.

    Args:
        connection: The account.
        bell: The alarm.
        wait: For how many seconds to wait at most.
        sleep: What waits.

    Raises:
        UsageError: The alarm may not be rung.
        DrillError: AWS refuses, or the state could not be set back.
    """
    bell.check()
    since = datetime.now(UTC) - _SLACK
    before = {_key(item) for item in _history(connection, bell, since)}
    rung = True
    with told_to_end():
        try:
            try:
                _set(connection, bell, ALARM)
            except RefusedError:
                rung = False
                raise
            return _outcomes(connection, bell, since, before, wait, sleep)
        finally:
            if rung:
                _set_back(connection, bell)


def _outcomes(
    connection: Connection,
    bell: Bell,
    since: datetime,
    before: set[tuple[str, str]],
    wait: float,
    sleep: Callable[[float], None],
) -> tuple[Outcome, ...]:
    pause, waited = 1.0, 0.0
    while True:
        items = [item for item in _history(connection, bell, since) if _key(item) not in before]
        told = [outcome for item in items if (outcome := _outcome(item)) is not None]
        found = tuple(_of(action, told, wait) for action in bell.alarm.actions)
        if waited >= wait or all(outcome.done is not None for outcome in found):
            return found
        pause = min(pause, wait - waited)
        sleep(pause)
        waited += pause
        pause = min(pause * 2, _LONGEST_PAUSE)


def _of(action: str, told: list[Outcome], wait: float) -> Outcome:
    for one in told:
        if one.action == action:
            return one
    silent = f"In {wait:g} seconds the alarm's history did not tell of it; a mute rule or suppressor may hold it back."
    return Outcome(action=action, done=None, told=silent)


def _outcome(item: dict[str, Any]) -> Outcome | None:
    """Reads an item of the history; None where it tells of no action in a way that is known."""
    said = str(item.get("HistorySummary", ""))
    found = _SUMMARY.match(said)
    data = _data(item)
    action = data.get("notificationResource") or (found[2] if found else None)
    state = data.get("actionState") or (_STATES[found[1]] if found else None)
    if not isinstance(action, str) or state not in _STATES.values():
        return None
    error = str(data.get("error") or "")
    return Outcome(
        action=action,
        done=state == "Succeeded",
        told=said if not error or error in said else f"{said.rstrip('.')}: {error}",
    )


def _data(item: dict[str, Any]) -> dict[str, Any]:
    try:
        data = json.loads(item.get("HistoryData") or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _history(connection: Connection, bell: Bell, since: datetime) -> list[dict[str, Any]]:
    """Gives what the history tells of the alarm's actions, the newest first."""
    asked = {"AlarmName": bell.alarm.name, "AlarmTypes": [bell.kind], "HistoryItemType": "Action"}
    answer = call(
        connection, bell.region, DESCRIBE_ALARM_HISTORY, **asked, StartDate=since, ScanBy="TimestampDescending"
    )
    return list(answer.get("AlarmHistoryItems") or ())


def _key(item: dict[str, Any]) -> tuple[str, str]:
    return str(item.get("Timestamp")), str(item.get("HistorySummary"))


def _set(connection: Connection, bell: Bell, state: str) -> None:
    asked = {"AlarmName": bell.alarm.name, "StateValue": state, "StateReason": REASON}
    call(connection, bell.region, SET_ALARM_STATE, **asked)


def _set_back(connection: Connection, bell: Bell) -> None:
    try:
        with deaf():
            _set(connection, bell, bell.state)
    except DrillError as error:
        options = {"alarm_name": bell.alarm.name, "state_value": bell.state, "state_reason": REASON}
        command = aws("cloudwatch", "set-alarm-state", region=bell.region, **options)
        raise DrillError(
            f"{bell.alarm.name} may be in ALARM still, for it could not be set back to {bell.state}. {error.what}",
            f"Set it back by hand: {command}",
        ) from error
