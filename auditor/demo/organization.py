"""An organization as AWS Control Tower lays it out, of as many members as one likes at the price of two.

The management account has a trail of the whole organization with fifteen sound chains, the log archive has its bucket,
and each member is a mirror of one of two accounts: one with a trail and fifteen sound chains of its own, one without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.demo.alarm_parts import benchmark_patterns, make_alarm_chain, make_topic
from auditor.demo.session import DemoAccount
from auditor.demo.sound import build_sound, record_more
from auditor.demo.trail_parts import (
    allow_cloudtrail,
    allow_organization,
    block_public_access,
    deny_delete,
    deny_plain_http,
    document,
    make_access_log_bucket,
    make_bucket,
    make_key,
    make_log_group,
    make_role,
    make_trail,
    trail_arn_of,
)

_MANAGEMENT, _LOG_ARCHIVE = "111111111111", "222222222222"
_WITH_TRAIL, _WITHOUT_TRAIL = "333333333333", "444444444444"
_ROLE = "trail-auditor"
_TRAIL = "aws-controltower-BaselineCloudTrail"
_GROUP = "aws-controltower/CloudTrailLogs"
_UNITS = (
    {"name": "Security"},
    {"name": "Workloads"},
    {"name": "Production", "parent": "Workloads"},
    {"name": "Sandbox"},
)


@dataclass(frozen=True, slots=True)
class Organization:
    """What was built. The accounts are reached by `DemoAccount.other`.

    Attributes:
        id: The organization's id.
        management: The management account's id. It has no role for the auditor, who has its own credentials there.
        log_archive: The id of the account that has the trail's bucket.
        members: The ids of the other members.
        with_trail: Those of the members that have a trail and chains of their own: every third.
        role_name: The name of the role that the auditor may take on in each account but the management account.
        external_id: The id by which it is to be taken on; empty where none is asked for.
        root: The id of the organization's root, which holds the management account.
        units: The ids of the organizational units by their names: `Security` with the log archive, `Production` within
            `Workloads` with the members that have a trail, and `Sandbox` with the rest.
        trail_arn: The ARN of the organization's trail.
        bucket: The trail's bucket.
        log_group: The name of the trail's log group, in the management account.
        topic_arn: The ARN of the topic that every alarm tells, in the management account.
        subscriber: The address that has confirmed.
    """

    id: str
    management: str
    log_archive: str
    members: tuple[str, ...]
    with_trail: frozenset[str]
    role_name: str
    external_id: str
    root: str
    units: dict[str, str]
    trail_arn: str
    bucket: str
    log_group: str
    topic_arn: str
    subscriber: str

    @property
    def accounts(self) -> tuple[str, ...]:
        """Gives the ids of all accounts."""
        return self.management, self.log_archive, *self.members

    def role_arn(self, account_id: str) -> str:
        """Gives the ARN of the auditor's role in an account."""
        return f"arn:aws:iam::{account_id}:role/{self.role_name}"


def build_organization(account: DemoAccount, members: int, external_id: str = "") -> Organization:
    """Builds an organization on an empty server, however large, in a few seconds.

    Args:
        account: Any account of the server.
        members: How many members there are besides the log archive, none of them the management account.
        external_id: The external id that the auditor's role asks for; none where it is empty.
    """
    management, archive = account.other(_MANAGEMENT), account.other(_LOG_ARCHIVE)
    ids = tuple(f"2{number:011}" for number in range(1, members + 1))
    with_trail = ids[::3]
    made = _organize(account, ids, frozenset(with_trail))
    account.controls.mirror(_WITH_TRAIL, with_trail)
    account.controls.mirror(_WITHOUT_TRAIL, [one for one in ids if one not in set(with_trail)])
    management.client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    bucket = _build_log_archive(archive, management, made["id"])
    trail_arn, topic, subscriber = _build_management(management, bucket)
    templates = [account.other(template) for template in (_WITH_TRAIL, _WITHOUT_TRAIL)]
    build_sound(templates[0], suffix=f"-{_WITH_TRAIL}")
    block_public_access(templates[1])
    templates[1].client("securityhub").enable_security_hub()
    for one in (archive, *templates):
        _make_auditors_role(one, external_id)
    return Organization(
        id=made["id"],
        management=_MANAGEMENT,
        log_archive=_LOG_ARCHIVE,
        members=ids,
        with_trail=frozenset(with_trail),
        role_name=_ROLE,
        external_id=external_id,
        root=made["root"],
        units=made["units"],
        trail_arn=trail_arn,
        bucket=bucket,
        log_group=_GROUP,
        topic_arn=topic,
        subscriber=subscriber,
    )


def _organize(account: DemoAccount, ids: tuple[str, ...], with_trail: frozenset[str]) -> dict[str, Any]:
    accounts = [
        {"id": _MANAGEMENT, "name": "acme-management"},
        {"id": _LOG_ARCHIVE, "name": "acme-log-archive", "parent": "Security"},
    ]
    for number, one in enumerate(ids, 1):
        parent = "Production" if one in with_trail else "Sandbox"
        accounts.append({"id": one, "name": f"acme-{parent.lower()}-{number:05}", "parent": parent})
    return account.controls.organize(_MANAGEMENT, accounts, _UNITS)


def _build_log_archive(archive: DemoAccount, management: DemoAccount, organization_id: str) -> str:
    bucket = f"aws-controltower-logs-{archive.account_id}-{archive.region}"
    trail_arn = trail_arn_of(management, _TRAIL)
    block_public_access(archive)
    archive.client("securityhub").enable_security_hub()
    key = make_key(archive, "Encrypts the organization's logs", alias="acme-log-archive")
    access = f"aws-controltower-s3-access-logs-{archive.account_id}-{archive.region}"
    make_access_log_bucket(archive, access)
    statements = [
        *allow_cloudtrail(management, bucket, trail_arn),
        allow_organization(bucket, organization_id, trail_arn),
        deny_plain_http(bucket),
        deny_delete(bucket),
    ]
    return make_bucket(archive, bucket, *statements, lock_days=365, key=key, access_logs=access)


def _build_management(management: DemoAccount, bucket: str) -> tuple[str, str, str]:
    key = make_key(management, "Encrypts the organization's trail", alias="acme-trail")
    block_public_access(management)
    management.client("securityhub").enable_security_hub()
    group = make_log_group(management, _GROUP, key=key)
    role = make_role(management, "aws-controltower-CloudTrailRole", group)
    trail = make_trail(management, _TRAIL, bucket, log_group_arn=group, role_arn=role, key=key, organization=True)
    record_more(management, _TRAIL)
    subscriber = "soc@acme.example"
    topic = make_topic(management, "acme-security-alerts", confirmed=[subscriber])
    for control in benchmark_patterns():
        make_alarm_chain(management, control, log_group=_GROUP, topic=topic)
    return trail, topic, subscriber


def _make_auditors_role(account: DemoAccount, external_id: str) -> None:
    condition = {"Condition": {"StringEquals": {"sts:ExternalId": external_id}}} if external_id else {}
    principal = {"AWS": f"arn:aws:iam::{_MANAGEMENT}:root"}
    trust = document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **condition})
    account.client("iam").create_role(RoleName=_ROLE, AssumeRolePolicyDocument=trust)
