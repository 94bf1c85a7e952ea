"""Every API operation that a scan may call, with the IAM action that it needs.

The least policy for a scan is made of this list (`auditor policy`), so that it is never out of date.

Source of the actions: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """A read-only API operation.

    Attributes:
        service: The service as boto3 names it.
        name: The operation's name in the API.
        permission: The IAM action it needs; empty where it needs none.
        absent: Error codes that say "not set" or "does not exist": an answer, not a failure.
        recent: Whether an endpoint that is not AWS's own may not know it yet; its failure then says "does not exist".
    """

    service: str
    name: str
    permission: str
    absent: frozenset[str] = frozenset()
    recent: bool = False


def _operation(call: str, permission: str | None = None, *absent: str, recent: bool = False) -> Operation:
    service, _, name = call.partition(":")
    operation = Operation(service, name, call if permission is None else permission, frozenset(absent), recent)
    OPERATIONS.append(operation)
    return operation


OPERATIONS: list[Operation] = []

GET_CALLER_IDENTITY = _operation("sts:GetCallerIdentity", "")
LIST_ACCOUNT_ALIASES = _operation("iam:ListAccountAliases")
DESCRIBE_HUB = _operation(
    "securityhub:DescribeHub",
    None,
    "InvalidAccessException",
    "ResourceNotFoundException",
    "SubscriptionRequiredException",
)

DESCRIBE_TRAILS = _operation("cloudtrail:DescribeTrails")
LIST_TRAILS = _operation("cloudtrail:ListTrails")
GET_TRAIL = _operation("cloudtrail:GetTrail")
GET_TRAIL_STATUS = _operation("cloudtrail:GetTrailStatus")
GET_EVENT_SELECTORS = _operation("cloudtrail:GetEventSelectors")
GET_INSIGHT_SELECTORS = _operation("cloudtrail:GetInsightSelectors", None, "InsightNotEnabledException")

ACCOUNT_PUBLIC_ACCESS_BLOCK = _operation(
    "s3control:GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"
)
BUCKET_LOCATION = _operation("s3:GetBucketLocation")
BUCKET_PUBLIC_ACCESS_BLOCK = _operation(
    "s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"
)
BUCKET_POLICY = _operation("s3:GetBucketPolicy", None, "NoSuchBucketPolicy")
BUCKET_POLICY_STATUS = _operation("s3:GetBucketPolicyStatus", None, "NoSuchBucketPolicy")
BUCKET_ACL = _operation("s3:GetBucketAcl")
BUCKET_ENCRYPTION = _operation(
    "s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError"
)
BUCKET_VERSIONING = _operation("s3:GetBucketVersioning")
BUCKET_OBJECT_LOCK = _operation(
    "s3:GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"
)
BUCKET_LOGGING = _operation("s3:GetBucketLogging")
BUCKET_LIFECYCLE = _operation(
    "s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration"
)
BUCKET_REQUEST_PAYMENT = _operation("s3:GetBucketRequestPayment")

DESCRIBE_LOG_GROUPS = _operation("logs:DescribeLogGroups")
DESCRIBE_METRIC_FILTERS = _operation("logs:DescribeMetricFilters")
GET_TRANSFORMER = _operation("logs:GetTransformer", None, "ResourceNotFoundException")
DESCRIBE_ALARMS = _operation("cloudwatch:DescribeAlarms")
# Added to CloudWatch in 2026; older endpoints answer that they do not know it.
LIST_ALARM_MUTE_RULES = _operation(
    "cloudwatch:ListAlarmMuteRules", None, "InvalidAction", "UnknownOperationException", recent=True
)
GET_ALARM_MUTE_RULE = _operation("cloudwatch:GetAlarmMuteRule")

GET_TOPIC_ATTRIBUTES = _operation("sns:GetTopicAttributes", None, "NotFound", "NotFoundException")
LIST_SUBSCRIPTIONS = _operation("sns:ListSubscriptionsByTopic", None, "NotFound", "NotFoundException")
GET_SUBSCRIPTION_ATTRIBUTES = _operation("sns:GetSubscriptionAttributes")

DESCRIBE_KEY = _operation("kms:DescribeKey", None, "NotFoundException")
GET_KEY_POLICY = _operation("kms:GetKeyPolicy", None, "NotFoundException")

GET_ROLE = _operation("iam:GetRole", None, "NoSuchEntity", "NoSuchEntityException")
LIST_ROLE_POLICIES = _operation("iam:ListRolePolicies", None, "NoSuchEntity", "NoSuchEntityException")
GET_ROLE_POLICY = _operation("iam:GetRolePolicy")
LIST_ATTACHED_ROLE_POLICIES = _operation("iam:ListAttachedRolePolicies", None, "NoSuchEntity", "NoSuchEntityException")
GET_POLICY = _operation("iam:GetPolicy")
GET_POLICY_VERSION = _operation("iam:GetPolicyVersion")

LIST_RULES = _operation("events:ListRules")
LIST_TARGETS_BY_RULE = _operation("events:ListTargetsByRule")
DESCRIBE_SUBSCRIPTION_FILTERS = _operation("logs:DescribeSubscriptionFilters", None, "ResourceNotFoundException")
