"""An account in which every chain reaches a person and the trail's bucket is hardened: nothing to find."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.demo.alarm_parts import benchmark_patterns, make_alarm_chain, make_topic
from auditor.demo.session import DemoAccount
from auditor.demo.trail_parts import (
    allow_cloudtrail,
    block_public_access,
    deny_delete,
    deny_plain_http,
    make_access_log_bucket,
    make_bucket,
    make_key,
    make_log_group,
    make_role,
    make_trail,
    trail_arn_of,
)


@dataclass(frozen=True, slots=True)
class Sound:
    """What the account holds, so that one thing can be broken at a time.

    Attributes:
        trail: The trail's name.
        trail_arn: The trail's ARN.
        bucket: The trail's bucket.
        log_group: The name of the trail's log group.
        log_group_arn: The log group's ARN, as CloudTrail writes it.
        role: The name of the role by which the trail writes to the log group.
        key_arn: The ARN of the key for trail, bucket and log group.
        topic_arn: The ARN of the topic that every alarm tells.
        subscriber: The address that has confirmed.
        controls: The controls that have a chain; filter and alarm are named so, with `-` for `_`.
    """

    trail: str
    trail_arn: str
    bucket: str
    log_group: str
    log_group_arn: str
    role: str
    key_arn: str
    topic_arn: str
    subscriber: str
    controls: tuple[str, ...]


def build_sound(account: DemoAccount, *, controls: tuple[str, ...] | None = None, suffix: str = "") -> Sound:
    """Fills an account so that everything in it passes.

    Args:
        account: The account to fill.
        controls: The controls to give a chain to; all where it is left out.
        suffix: What to end the names of buckets with, which no other account may have.
    """
    trail, bucket, group, role = "management-trail", f"acme-trail-logs{suffix}", "acme/trail", "acme-trail-to-logs"
    trail_arn = trail_arn_of(account, trail)
    key = make_key(account, "Encrypts the trail", alias="acme-trail")
    block_public_access(account)
    access_logs = make_access_log_bucket(account, f"acme-access-logs{suffix}")
    statements = [*allow_cloudtrail(account, bucket, trail_arn), deny_plain_http(bucket), deny_delete(bucket)]
    make_bucket(account, bucket, *statements, lock_days=365, key=key, access_logs=access_logs)
    group_arn = make_log_group(account, group, key=key)
    role_arn = make_role(account, role, group_arn)
    make_trail(account, trail, bucket, log_group_arn=group_arn, role_arn=role_arn, key=key)
    record_more(account, trail)
    account.client("securityhub").enable_security_hub()
    subscriber = "soc@acme.example"
    topic = make_topic(account, "acme-security-alerts", confirmed=[subscriber])
    chosen = tuple(benchmark_patterns()) if controls is None else controls
    for control in chosen:
        make_alarm_chain(account, control, log_group=group, topic=topic)
    return Sound(trail, trail_arn, bucket, group, group_arn, role, key, topic, subscriber, chosen)


def record_more(account: DemoAccount, trail: str) -> None:
    """Lets the trail record the reading and writing of objects, and unusual rates of calls."""
    cloudtrail = account.client("cloudtrail")
    objects = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": objects}
    cloudtrail.put_event_selectors(TrailName=trail, EventSelectors=[selector])
    insights = [{"InsightType": "ApiCallRateInsight"}, {"InsightType": "ApiErrorRateInsight"}]
    cloudtrail.put_insight_selectors(TrailName=trail, InsightSelectors=insights)
