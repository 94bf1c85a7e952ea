"""The first two links: the trail, and its delivery to a log group."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.chain.link import broken, sound, unsure
from auditor.findings import ChainLink, LinkName
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts
from auditor.model.role import RoleFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts, TrailStatus

# CIS asks for a delivery within about a day; CloudTrail delivers every few minutes.
STALE = timedelta(hours=24)


def trail_link(facts: TrailFacts) -> ChainLink:
    """Says whether a trail records all regions and is at work; what its selectors let through is proved apart."""
    trail = facts.trail
    if not trail.multi_region:
        where = f"The trail {trail.name} records {trail.home_region} only; what happens in other regions is lost."
        return broken(LinkName.TRAIL, trail.arn, where)
    if not trail.global_events:
        return broken(LinkName.TRAIL, trail.arn, f"The trail {trail.name} leaves out global services such as IAM.")
    if isinstance(facts.status, Unreadable):
        return unsure(LinkName.TRAIL, trail.arn, facts.status)
    if not facts.status.logging:
        since = f" since {facts.status.stopped:%Y-%m-%d %H:%M} UTC" if facts.status.stopped else ""
        return broken(LinkName.TRAIL, trail.arn, f"The trail {trail.name} is stopped{since}.")
    if isinstance(facts.selectors, Unreadable):
        return unsure(LinkName.TRAIL, trail.arn, facts.selectors)
    return sound(LinkName.TRAIL, trail.arn, f"The trail {trail.name} is logging in all regions.")


def log_group_link(facts: TrailFacts, account: Snapshot) -> ChainLink:
    """Says whether the trail's events arrive in its log group."""
    arn = facts.trail.log_group
    if arn is None:
        why = f"The trail {facts.trail.name} delivers to no log group."
        return broken(LinkName.LOG_GROUP, "", why)
    group = account.log_group(arn)
    if group.group is None:
        return broken(LinkName.LOG_GROUP, arn, f"The log group {group.name} does not exist in {group.region}.")
    if not isinstance(group.group, Unreadable) and group.group.log_class == "INFREQUENT_ACCESS":
        why = f"The log group {group.name} is of the infrequent-access class, which has no metric filters."
        return broken(LinkName.LOG_GROUP, arn, why)
    delivery = _delivery(facts, group, account.taken_at)
    if delivery is not None:
        return delivery
    if isinstance(group.group, Unreadable):
        return unsure(LinkName.LOG_GROUP, arn, group.group)
    return _role(facts, account) or sound(LinkName.LOG_GROUP, arn, _delivered(facts.status, group))


def _delivered(status: TrailStatus | Unreadable, group: LogGroupFacts) -> str:
    if isinstance(status, Unreadable) or status.latest_logs_delivery is None:
        return f"The trail delivers to {group.name}."
    return f"The latest delivery to {group.name} was at {status.latest_logs_delivery:%Y-%m-%d %H:%M} UTC."


def _delivery(facts: TrailFacts, group: LogGroupFacts, now: datetime) -> ChainLink | None:
    """Gives the link where the trail's own status speaks against it."""
    status = facts.status
    if isinstance(status, Unreadable):
        return unsure(LinkName.LOG_GROUP, group.arn, status)
    if status.latest_logs_delivery_error:
        why = f"The latest delivery to {group.name} failed: {status.latest_logs_delivery_error}."
        return broken(LinkName.LOG_GROUP, group.arn, why)
    latest = status.latest_logs_delivery
    if latest is not None and now - latest <= STALE:
        return None
    started = status.started
    if latest is None and started is not None and now - started < timedelta(hours=1):
        return unsure(
            LinkName.LOG_GROUP, group.arn, "The trail started within the last hour and has not delivered yet."
        )
    when = f"at {latest:%Y-%m-%d %H:%M} UTC" if latest else "never"
    return broken(LinkName.LOG_GROUP, group.arn, f"The latest delivery to {group.name} was {when}.")


def _role(facts: TrailFacts, account: Snapshot) -> ChainLink | None:
    """Gives the link where the role that CloudTrail writes with is gone."""
    if not facts.trail.role_arn:
        return broken(LinkName.LOG_GROUP, facts.trail.log_group or "", "The trail names no role to write with.")
    role: RoleFacts = account.role(facts.trail.role_arn)
    if role.role is None:
        why = f"The role {role.arn} that CloudTrail writes with does not exist."
        return broken(LinkName.LOG_GROUP, facts.trail.log_group or "", why)
    return None
