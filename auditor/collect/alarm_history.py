"""Reads when alarms really went into ALARM; CloudWatch keeps their history for 30 days.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
"""

from __future__ import annotations

import asyncio
import json
import re
from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.collect.aws import Aws, Progress
from auditor.collect.connection import Connection
from auditor.collect.operations import Operation
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.model.fact import Read, Unreadable

DESCRIBE_ALARM_HISTORY = Operation("cloudwatch", "DescribeAlarmHistory", "cloudwatch:DescribeAlarmHistory")
KEPT = timedelta(days=30)

_INTO_ALARM = re.compile(r"\bto ALARM\b")


def went_off(
    connection: Connection, alarms: Sequence[Alarm], since: datetime, until: datetime, progress: Progress | None = None
) -> dict[str, Read[tuple[datetime, ...]]]:
    """Gives when each alarm went into ALARM, by ARN.

    Args:
        connection: The account.
        alarms: The alarms.
        since: The beginning of the time that is asked for.
        until: The end.
        progress: Told of each call that has been answered.
    """
    aws = Aws(connection, progress) if progress else Aws(connection)
    return asyncio.run(_all(aws, alarms, since, until))


async def _all(
    aws: Aws, alarms: Sequence[Alarm], since: datetime, until: datetime
) -> dict[str, Read[tuple[datetime, ...]]]:
    async def one(alarm: Alarm) -> Read[tuple[datetime, ...]]:
        arn = Arn.parse(alarm.arn)
        region = arn.region if arn else aws.connection.region
        answer = await aws.read(
            DESCRIBE_ALARM_HISTORY,
            region,
            of=alarm.arn,
            AlarmName=alarm.name,
            AlarmTypes=["MetricAlarm"],
            HistoryItemType="StateUpdate",
            StartDate=since,
            EndDate=until,
        )
        if isinstance(answer, Unreadable):
            return answer
        found = (item["Timestamp"] for item in answer.body.get("AlarmHistoryItems") or () if _is_ring(item))
        return tuple(sorted(at.astimezone(UTC) for at in found if since <= at <= until))

    try:
        found = await gather(*(one(alarm) for alarm in alarms))
    finally:
        aws.close()
    return {alarm.arn: read for alarm, read in zip(alarms, found, strict=True)}


def _is_ring(item: Mapping[str, Any]) -> bool:
    try:
        data = json.loads(item.get("HistoryData") or "{}")
    except ValueError:
        data = {}
    new = data.get("newState") if isinstance(data, dict) else None
    if isinstance(new, dict) and "stateValue" in new:
        return bool(new["stateValue"] == "ALARM")
    return _INTO_ALARM.search(str(item.get("HistorySummary", ""))) is not None
