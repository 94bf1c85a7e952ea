"""The account of `auditor demo`: a company that believes its alarms work.

Some chains are sound, in spellings of their own. Each of the others breaks at another link.
"""

from __future__ import annotations

from functools import partial

from auditor.demo.alarm_parts import make_alarm, make_alarm_chain, make_filter, make_topic
from auditor.demo.session import DemoAccount
from auditor.demo.trail_parts import (
    allow_cloudtrail,
    deny_delete,
    make_bucket,
    make_key,
    make_log_group,
    make_role,
    make_trail,
    trail_arn_of,
)

_TRAIL = "management-trail"
_BUCKET = "acme-cloudtrail-logs"
_LOG_GROUP = "acme/cloudtrail"
_OTHER_LOG_GROUP = "acme/checkout-service"
_SECURITY_ACCOUNT = "444455556666"

_DENIED_CALLS = '{ ($.errorCode = "*UnauthorizedAccess*") || ($.errorCode = "AccessDenied*") }'
_SIGN_IN_REORDERED = '{ ($.additionalEventData.MFAUsed != "Yes") && ($.eventName = "ConsoleLogin") }'
_ROOT_BUT_FOR_ONE_AGENT = (
    '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
    '&& ($.eventType != "AwsServiceEvent") && ($.userAgent != "aws-internal*") }'
)
_INLINE_POLICIES = (
    '{ ($.eventName = "*GroupPolicy") || ($.eventName = "*RolePolicy") || ($.eventName = "*UserPolicy") }'
)
_MANAGED_POLICIES = (
    "{ ($.eventName = CreatePolicy) || ($.eventName = DeletePolicy) "
    "|| ($.eventName = CreatePolicyVersion) || ($.eventName = DeletePolicyVersion) }"
)
_FAILED_SIGN_IN_OF_USERS = (
    '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") '
    '&& ($.userIdentity.type = "IAMUser") }'
)
_SECURITY_GROUPS = (
    '{ ($.eventName = "AuthorizeSecurityGroup*") || ($.eventName = "RevokeSecurityGroup*") '
    '|| ($.eventName = "CreateSecurityGroup") || ($.eventName = "DeleteSecurityGroup") '
    '|| ($.eventName = "ModifySecurityGroupRules") }'
)


def build(account: DemoAccount) -> None:
    """Fills an empty account by ordinary AWS calls."""
    account.client("iam").create_account_alias(AccountAlias="acme-production")
    account.client("securityhub").enable_security_hub()
    _build_trail(account)
    _build_legacy_trail(account)
    alerts = make_topic(account, "acme-security-alerts", confirmed=["soc@acme.example"])
    on_call = make_topic(account, "acme-platform-oncall", pending=["platform-oncall@acme.example"])
    _build_sound_chains(account, alerts)
    _build_chains_that_miss_events(account, alerts)
    _build_chains_that_ring_for_nobody(account, alerts, on_call)


def _build_trail(account: DemoAccount) -> None:
    """The trail itself is sound; its bucket takes plain HTTP, logs no access and lets one role delete."""
    trail_arn = trail_arn_of(account, _TRAIL)
    key = make_key(account, "CloudTrail logs of acme-production", alias="acme-cloudtrail")
    archivist = f"arn:aws:iam::{account.account_id}:role/acme-log-archivist"
    statements = [*allow_cloudtrail(account, _BUCKET, trail_arn), deny_delete(_BUCKET, except_role=archivist)]
    make_bucket(account, _BUCKET, *statements)
    group_arn = make_log_group(account, _LOG_GROUP, retention=365)
    make_log_group(account, _OTHER_LOG_GROUP, retention=30)
    role_arn = make_role(account, "acme-cloudtrail-to-logs", group_arn)
    make_trail(account, _TRAIL, _BUCKET, log_group_arn=group_arn, role_arn=role_arn, key=key)


def _build_legacy_trail(account: DemoAccount) -> None:
    """A trail of one region that nobody has looked after for years."""
    name, bucket, region = "legacy-eu-trail", "acme-legacy-eu-trail", "eu-west-1"
    trail_arn = trail_arn_of(account, name, region)
    statements = allow_cloudtrail(account, bucket, trail_arn)
    make_bucket(account, bucket, *statements, region=region, versioning=False, public_access_block=None)
    make_trail(account, name, bucket, region=region, multi_region=False, validation=False)


def _build_sound_chains(account: DemoAccount, alerts: str) -> None:
    chain = partial(make_alarm_chain, account, log_group=_LOG_GROUP, topic=alerts)
    chain("console_login_without_mfa", pattern=_SIGN_IN_REORDERED, name="acme-console-login-without-mfa")
    chain("security_group_changes", pattern=_SECURITY_GROUPS, name="acme-security-group-changes")
    chain("route_table_changes", name="acme-route-table-changes")
    # One metric, fed by two filters that cover the benchmark's pattern only together.
    metric = make_filter(account, _LOG_GROUP, "acme-iam-inline-policies", _INLINE_POLICIES, metric="acme-iam-policies")
    make_filter(account, _LOG_GROUP, "acme-iam-managed-policies", _MANAGED_POLICIES, metric=metric)
    make_alarm(account, "acme-iam-policy-changes", metric, alerts)
    # The first alarm tells a topic that is gone; the second one saves the chain.
    gone = alerts.replace("acme-security-alerts", "acme-retired-alerts")
    metric = make_alarm_chain(account, "vpc_changes", log_group=_LOG_GROUP, topic=gone, name="acme-vpc-changes")
    make_alarm(account, "acme-vpc-changes-2024", metric, alerts)


def _build_chains_that_miss_events(account: DemoAccount, alerts: str) -> None:
    chain = partial(make_alarm_chain, account, log_group=_LOG_GROUP, topic=alerts)
    chain("unauthorized_api_calls", pattern=_DENIED_CALLS, name="acme-unauthorized-api-calls")
    chain("root_usage", pattern=_ROOT_BUT_FOR_ONE_AGENT, name="acme-root-usage")
    chain("console_auth_failures", pattern=_FAILED_SIGN_IN_OF_USERS, name="acme-console-auth-failures")
    chain("network_gateway_changes", log_group=_OTHER_LOG_GROUP, name="acme-network-gateway-changes")


def _build_chains_that_ring_for_nobody(account: DemoAccount, alerts: str, on_call: str) -> None:
    """Network ACLs have no chain at all."""
    chain = partial(make_alarm_chain, account, log_group=_LOG_GROUP)
    silent, elsewhere, late = {"ActionsEnabled": False}, {"Namespace": "CISBenchmark"}, {"Threshold": 5}
    chain("cloudtrail_changes", topic=alerts, alarm=silent, name="acme-cloudtrail-changes")
    chain("cmk_disable_or_delete", topic=alerts, alarm=elsewhere, name="acme-kms-key-disabled")
    chain("config_changes", topic=alerts, alarm=late, name="acme-config-changes")
    chain("s3_policy_changes", topic=on_call, name="acme-s3-policy-changes")
    theirs = f"arn:aws:sns:{account.region}:{_SECURITY_ACCOUNT}:org-security-alerts"
    chain("organizations_changes", topic=theirs, name="acme-organizations-changes")
