"""Which log groups a hunt asks, how much they hold, and what asking costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.hunt.asking import Place
from auditor.hunt.errors import HuntError
from auditor.hunt.period import Period
from auditor.model.arn import Arn, log_group_parts
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot

# Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
_MOST_GROUPS = 50
# Of us-east-1; other regions ask up to about half as much again. Source: https://aws.amazon.com/cloudwatch/pricing/
DOLLARS_PER_GB = 0.005
GB = 1 << 30


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much a query reads, told before it is asked: the groups' bytes, by the share of their time.

    Attributes:
        size: In bytes.
        unknown: Groups whose size could not be read.
    """

    size: int
    unknown: tuple[str, ...] = ()

    @property
    def dollars(self) -> float:
        """What CloudWatch charges for reading it."""
        return self.size / GB * DOLLARS_PER_GB


def places_of(account: Snapshot) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Gives the log groups that an account's trails deliver to, and why others are left out, a sentence each."""
    groups, left = [], []
    if isinstance(account.trails, Unreadable):
        left.append(f"{account.trails.reason}.")
    if account.unlisted:
        left.append(f"{account.unlisted.reason}.")
    for facts in account.log_groups:
        if facts.account_id != account.account_id:
            left.append(f"The log group {facts.name} belongs to account {facts.account_id}, and is asked there.")
        elif facts.group is None:
            left.append(f"There is no log group {facts.name} in {facts.region}.")
        else:
            groups.append((facts.region, facts.arn))
    return _places(groups), tuple(left)


def places_named(given: Iterable[str], region: str) -> tuple[Place, ...]:
    """Gives the log groups of names, which are of the region, and of ARNs."""
    found = []
    for name in dict.fromkeys(given):
        plain = name.removesuffix(":*")
        found.append((log_group_parts(plain)[1] if Arn.parse(plain) else region, plain))
    return _places(found)


def estimate(connection: Connection, places: Sequence[Place], period: Period, now: datetime) -> Estimate:
    """Gives how much a query of a period reads.

    Raises:
        HuntError: A group that is named is not there.
    """
    size, unknown = 0.0, []
    for place in places:
        for group in place.groups:
            try:
                found = _described(connection, place.region, group)
            except (ClientError, BotoCoreError):
                unknown.append(group)
                continue
            size += found.get("storedBytes", 0) * _share(found, period, now)
    return Estimate(int(size), tuple(unknown))


def _described(connection: Connection, region: str, group: str) -> dict[str, Any]:
    name = log_group_parts(group)[0] if Arn.parse(group) else group
    client: Any = connection.client("logs", region)
    for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name):
        for found in page["logGroups"]:
            if found["logGroupName"] == name:
                return dict(found)
    if Arn.parse(group):
        # Another account's may be asked by its ARN, and is not described here.
        return {}
    raise HuntError(f"There is no log group {name} in {region}.", "Name another with --log-group, or see --region.")


_JUST_MADE = 60.0  # seconds


def _share(group: dict[str, Any], period: Period, now: datetime) -> float:
    """Gives the share of what a group holds that lies in a period, as if all of its time held alike.

    Of a group that was only just made all counts, since times are told in whole seconds.
    """
    begun = datetime.fromtimestamp(group.get("creationTime", 0) / 1000, UTC)
    days = group.get("retentionInDays")
    oldest = max(begun, now - timedelta(days=days)) if days else begun
    whole = (now - oldest).total_seconds()
    asked = (min(period.end, now) - max(period.start, oldest)).total_seconds()
    return min(1.0, max(0.0, asked) / whole) if whole > _JUST_MADE else 1.0


def _places(groups: Iterable[tuple[str, str]]) -> tuple[Place, ...]:
    by_region: dict[str, list[str]] = {}
    for region, group in groups:
        by_region.setdefault(region, []).append(group)
    return tuple(
        Place(region, tuple(found[at : at + _MOST_GROUPS]))
        for region, found in by_region.items()
        for at in range(0, len(found), _MOST_GROUPS)
    )
