"""Reads when alarms really went into ALARM; CloudWatch keeps their history for 30 days.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

from __future__ import annotations

import asyncio
import json
import re
from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.collect.aws import Answer, Aws, Progress
from auditor.collect.connection import Connection
from auditor.collect.operations import GET_CALLER_IDENTITY, Operation
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.model.fact import Read, Unreadable

DESCRIBE_ALARM_HISTORY = Operation("cloudwatch", "DescribeAlarmHistory", "cloudwatch:DescribeAlarmHistory")
KEPT = timedelta(days=30)

_STATES, _CHANGES = "StateUpdate", "ConfigurationUpdate"

_INTO_ALARM = re.compile(r"\bto ALARM\b")


@dataclass(frozen=True, slots=True)
class RealHistory:
    """What CloudWatch tells of an alarm.

    Attributes:
        went_off: When it went into ALARM.
        changed: When it was last made or changed, as far as the history goes back.
    """

    went_off: tuple[datetime, ...]
    changed: datetime | None = None


def account_of(connection: Connection) -> str:
    """Gives the account that a connection leads to; empty where it does not tell."""
    answer = asyncio.run(_one(Aws(connection), connection.region))
    return "" if isinstance(answer, Unreadable) else str(answer.body.get("Account", ""))


async def _one(aws: Aws, region: str) -> Answer | Unreadable:
    try:
        return await aws.read(GET_CALLER_IDENTITY, region, of="the caller's identity")
    finally:
        aws.close()


def real_history(
    connection: Connection, alarms: Sequence[Alarm], since: datetime, until: datetime, progress: Progress | None = None
) -> dict[str, Read[RealHistory]]:
    """Gives the history of each alarm, by ARN.

    Args:
        connection: The account.
        alarms: The alarms.
        since: The beginning of the time that is asked for.
        until: The end.
        progress: Told of each call that has been answered.
    """
    aws = Aws(connection, progress) if progress else Aws(connection)
    return asyncio.run(_all(aws, alarms, since, until))


async def _all(aws: Aws, alarms: Sequence[Alarm], since: datetime, until: datetime) -> dict[str, Read[RealHistory]]:
    async def items(alarm: Alarm, kind: str) -> Answer | Unreadable:
        arn = Arn.parse(alarm.arn)
        asked: dict[str, Any] = {"AlarmName": alarm.name, "AlarmTypes": ["MetricAlarm"], "HistoryItemType": kind}
        region = arn.region if arn else aws.connection.region
        # A change after the time that is asked for says as much as one within it.
        end = until if kind == _STATES else datetime.now(UTC)
        return await aws.read(
            DESCRIBE_ALARM_HISTORY, region, of=alarm.arn, StartDate=since, EndDate=max(end, until), **asked
        )

    async def one(alarm: Alarm) -> Read[RealHistory]:
        states, changes = await gather(items(alarm, _STATES), items(alarm, _CHANGES))
        if isinstance(states, Unreadable):
            return states
        if isinstance(changes, Unreadable):
            return changes
        found = tuple(sorted(at for item, at in _dated(states) if _is_ring(item) and since <= at <= until))
        return RealHistory(found, max((at for _, at in _dated(changes) if at >= since), default=None))

    try:
        found = await gather(*(one(alarm) for alarm in alarms))
    finally:
        aws.close()
    return {alarm.arn: read for alarm, read in zip(alarms, found, strict=True)}


def _dated(answer: Answer) -> Iterator[tuple[Mapping[str, Any], datetime]]:
    for item in answer.body.get("AlarmHistoryItems") or ():
        yield item, item["Timestamp"].astimezone(UTC)


def _is_ring(item: Mapping[str, Any]) -> bool:
    try:
        data = json.loads(item.get("HistoryData") or "{}")
    except ValueError:
        data = {}
    new = data.get("newState") if isinstance(data, dict) else None
    if isinstance(new, dict) and "stateValue" in new:
        return bool(new["stateValue"] == "ALARM")
    return _INTO_ALARM.search(str(item.get("HistorySummary", ""))) is not None
