"""A sound account as a snapshot, and ways to make one thing in it worse."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.model.account import Aliases, Caller, SecurityHub
from auditor.model.alarm import Alarms
from auditor.model.bucket import (
    AccessLogging,
    Acl,
    BucketEncryption,
    BucketFacts,
    BucketPolicy,
    Grant,
    Grantee,
    Lifecycle,
    ObjectLock,
    Owner,
    PolicyStatus,
    PublicAccessBlock,
    RequestPayment,
    Versioning,
)
from auditor.model.fact import Source, Unreadable
from auditor.model.key import Key, KeyFacts
from auditor.model.logs import LogGroup, LogGroupFacts, MetricFilters
from auditor.model.role import Role, RoleFacts, RolePolicy
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.topic import Subscription, SubscriptionAttributes, Subscriptions, Topic, TopicFacts
from auditor.model.trail import (
    BasicSelector,
    DataResource,
    EventSelectors,
    InsightSelector,
    InsightSelectors,
    Trail,
    TrailFacts,
    TrailStatus,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
REGION = "us-east-1"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/management-trail"
BUCKET = "acme-trail-logs"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:CloudTrail/ManagementEvents"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/CloudTrailToLogs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security-alerts"
SOURCE = Source(service="test", operation="Test", region=REGION, at=NOW, request_id="req-1")


def unreadable(permission: str, resource: str, error_code: str = "AccessDenied") -> Unreadable:
    return Unreadable(source=SOURCE, error_code=error_code, message="no", permission=permission, resource=resource)


def trail(**changed: Any) -> Trail:
    settings: dict[str, Any] = {
        "name": "management-trail",
        "arn": TRAIL,
        "home_region": REGION,
        "bucket": BUCKET,
        "multi_region": True,
        "global_events": True,
        "validation": True,
        "log_group_arn": f"{LOG_GROUP}:*",
        "role_arn": ROLE,
        "kms_key": KEY,
        "has_insights": True,
    }
    return Trail(source=SOURCE, **{**settings, **changed})


def status(**changed: Any) -> TrailStatus:
    recently = NOW - timedelta(minutes=5)
    settings: dict[str, Any] = {
        "logging": True,
        "latest_delivery": recently,
        "latest_digest_delivery": NOW - timedelta(minutes=40),
        "latest_logs_delivery": recently,
        "started": NOW - timedelta(days=90),
    }
    return TrailStatus(source=SOURCE, **{**settings, **changed})


def trail_facts(**changed: Any) -> TrailFacts:
    every_object = DataResource(type="AWS::S3::Object", values=("arn:aws:s3",))
    facts: dict[str, Any] = {
        "trail": trail(),
        "status": status(),
        "selectors": EventSelectors(source=SOURCE, basic=(BasicSelector(data_resources=(every_object,)),)),
        "insights": InsightSelectors(
            source=SOURCE,
            selectors=(InsightSelector(type="ApiCallRateInsight"), InsightSelector(type="ApiErrorRateInsight")),
        ),
    }
    return TrailFacts(**{**facts, **changed})


def bucket_policy(*more: dict[str, Any]) -> BucketPolicy:
    mine = {"StringEquals": {"aws:SourceArn": TRAIL}}
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    objects = f"{BUCKET_ARN}/*"
    statements = [
        {
            "Sid": "AclCheck",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "s3:GetBucketAcl",
            "Resource": BUCKET_ARN,
            "Condition": mine,
        },
        {
            "Sid": "Write",
            "Effect": "Allow",
            "Principal": cloudtrail,
            "Action": "s3:PutObject",
            "Resource": f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/*",
            "Condition": {"StringEquals": {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}},
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [BUCKET_ARN, objects],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "NoDelete",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": objects,
        },
        *more,
    ]
    return BucketPolicy(source=SOURCE, text=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def bucket(**changed: Any) -> BucketFacts:
    all_on = {"block_acls": True, "ignore_acls": True, "block_policy": True, "restrict_buckets": True}
    owner = "a" * 64
    facts: dict[str, Any] = {
        "name": BUCKET,
        "arn": BUCKET_ARN,
        "region": REGION,
        "public_access_block": PublicAccessBlock(source=SOURCE, **all_on),
        "policy": bucket_policy(),
        "policy_status": PolicyStatus(source=SOURCE, public=False),
        "acl": Acl(
            source=SOURCE,
            owner=Owner(id=owner),
            grants=(Grant(grantee=Grantee(type="CanonicalUser", id=owner), permission="FULL_CONTROL"),),
        ),
        "encryption": BucketEncryption(source=SOURCE, algorithm="aws:kms", kms_key=KEY),
        "versioning": Versioning(source=SOURCE, status="Enabled"),
        "object_lock": ObjectLock(source=SOURCE),
        "logging": AccessLogging(source=SOURCE, target="acme-access-logs", prefix="trail/"),
        "lifecycle": Lifecycle(source=SOURCE),
        "payment": RequestPayment(source=SOURCE),
    }
    return BucketFacts(**{**facts, **changed})


def log_group(**changed: Any) -> LogGroupFacts:
    settings: dict[str, Any] = {
        "name": "CloudTrail/ManagementEvents",
        "arn": f"{LOG_GROUP}:*",
        "retention_days": 365,
        "kms_key": KEY,
    }
    return LogGroupFacts(
        arn=LOG_GROUP,
        name="CloudTrail/ManagementEvents",
        region=REGION,
        account_id=ACCOUNT,
        group=LogGroup(source=SOURCE, **{**settings, **changed}),
    )


def role(trust: str | None = None, policy: str | None = None) -> RoleFacts:
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    granted = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{LOG_GROUP}:log-stream:*",
    }
    return RoleFacts(
        arn=ROLE,
        role=Role(source=SOURCE, arn=ROLE, name="CloudTrailToLogs", trust=trust or _policy(trusted)),
        policies=(RolePolicy(source=SOURCE, name="write", text=policy or _policy(granted)),),
    )


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def subscription(arn: str, *, policy: str | None = None, scope: str = "MessageAttributes") -> Subscription:
    attributes = SubscriptionAttributes(source=SOURCE, filter_policy=policy, filter_policy_scope=scope)
    return Subscription(arn=arn, protocol="email", endpoint="soc@example.com", attributes=attributes)


def topic(**changed: Any) -> TopicFacts:
    allowed = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"],
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
    person = subscription(f"{TOPIC}:6a1f")
    facts: dict[str, Any] = {
        "arn": TOPIC,
        "topic": Topic(source=SOURCE, policy=_policy(allowed), owner=ACCOUNT),
        "subscriptions": Subscriptions(source=SOURCE, subscriptions=(person,)),
    }
    return TopicFacts(**{**facts, **changed})


def snapshot(**changed: Any) -> Snapshot:
    key = Key(source=SOURCE, arn=KEY, id=KEY.rpartition("/")[2])
    facts: dict[str, Any] = {
        "taken_at": NOW,
        "finished_at": NOW + timedelta(seconds=2),
        "region": REGION,
        "caller": Caller(source=SOURCE, account_id=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/auditor"),
        "aliases": Aliases(source=SOURCE, names=("acme",)),
        "trails": (trail_facts(),),
        "account_block": PublicAccessBlock(source=SOURCE),
        "buckets": (bucket(),),
        "log_groups": (log_group(),),
        "regions": (
            RegionFacts(
                region=REGION,
                filters=MetricFilters(source=SOURCE),
                alarms=Alarms(source=SOURCE, metric=(), composite=()),
            ),
        ),
        "topics": (topic(),),
        "keys": (KeyFacts(name=KEY, key=key, policy=None),),
        "roles": (role(),),
        "security_hub": SecurityHub(source=SOURCE, arn=f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default"),
        "api_calls": {"sts:GetCallerIdentity": 1},
    }
    return Snapshot(**{**facts, **changed})
