"""The first two links: the trail, and its delivery to a log group."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.chain.link import broken, sound, unsure
from auditor.chain.writer import Permission, may_write, member_of
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts, TrailStatus

# CIS asks for a delivery within about a day; CloudTrail delivers every few minutes.
STALE = timedelta(hours=24)
# A trail that has just been started has nothing to show yet.
FRESH = timedelta(hours=1)


def trail_link(facts: TrailFacts, account: Snapshot) -> ChainLink:
    """Says whether a trail records all of an account and is at work; what its selectors let through is proved apart."""
    trail = facts.trail
    if trail.account_id != account.account_id and not trail.organization:
        where = f"The trail {trail.name} records account {trail.account_id} only, not account {account.account_id}."
        return broken(LinkName.TRAIL, trail.arn, where)
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
    if facts.status.latest_delivery_error:
        why = f"The latest delivery of {trail.name} to its bucket failed: {facts.status.latest_delivery_error}."
        return broken(LinkName.TRAIL, trail.arn, why)
    if isinstance(facts.selectors, Unreadable):
        return unsure(LinkName.TRAIL, trail.arn, facts.selectors)
    return sound(LinkName.TRAIL, trail.arn, f"The trail {trail.name} is logging in all regions.")


def log_group_link(facts: TrailFacts, account: Snapshot) -> ChainLink:
    """Says whether the account's events arrive in the trail's log group.

    That an organization's trail delivers shows that some account's events arrive; whether a member's do hangs on what
    the role may write.
    """
    arn = facts.trail.log_group
    if arn is None:
        why = f"The trail {facts.trail.name} delivers to no log group."
        return broken(LinkName.LOG_GROUP, "", why)
    group = account.log_group(arn)
    if group.group is None:
        return broken(LinkName.LOG_GROUP, arn, f"The log group {group.name} does not exist in {group.region}.")
    if not isinstance(group.group, Unreadable) and group.group.log_class != "STANDARD":
        why = f"The log group {group.name} is of the class {group.group.log_class}, which has no metric filters."
        return broken(LinkName.LOG_GROUP, arn, why)
    if not facts.trail.role_arn:
        return broken(LinkName.LOG_GROUP, arn, "The trail names no role to write with.")
    member = member_of(facts.trail, account)
    writer = may_write(facts.trail, account.role(facts.trail.role_arn), member)
    if writer.status is LinkStatus.BROKEN:
        return broken(LinkName.LOG_GROUP, arn, writer.reason)
    if isinstance(facts.status, Unreadable):
        return unsure(LinkName.LOG_GROUP, arn, facts.status)
    link = _delivered(facts.status, group, writer, account.clock(facts.trail.account_id))
    if link.status is LinkStatus.SOUND and isinstance(group.group, Unreadable):
        return unsure(LinkName.LOG_GROUP, arn, group.group)
    if link.status is LinkStatus.SOUND and member and writer.status is LinkStatus.UNKNOWN:
        return unsure(LinkName.LOG_GROUP, arn, writer.reason)
    return link


def _delivered(status: TrailStatus, group: LogGroupFacts, writer: Permission, now: datetime) -> ChainLink:
    """Gives the link as the trail's own status speaks of it; a trail that has just started is judged by its role."""
    if status.latest_logs_delivery_error:
        why = f"The latest delivery to {group.name} failed: {status.latest_logs_delivery_error}."
        return broken(LinkName.LOG_GROUP, group.arn, why)
    latest = status.latest_logs_delivery
    if latest is not None and now - latest <= STALE:
        why = f"The latest delivery to {group.name} was at {latest:%Y-%m-%d %H:%M} UTC."
        return sound(LinkName.LOG_GROUP, group.arn, why)
    if latest is None and status.started is not None and now - status.started < FRESH:
        if writer.status is LinkStatus.UNKNOWN:
            return unsure(LinkName.LOG_GROUP, group.arn, writer.reason)
        why = f"The trail has just started and has not delivered to {group.name} yet. {writer.reason}"
        return sound(LinkName.LOG_GROUP, group.arn, why)
    when = f"at {latest:%Y-%m-%d %H:%M} UTC" if latest else "never"
    return broken(LinkName.LOG_GROUP, group.arn, f"The latest delivery to {group.name} was {when}.")
