"""Builds the parts that carry events: key, bucket, log group, role and trail.

Every function makes one resource, sound unless it is told otherwise, and gives its ARN or name.
"""

from __future__ import annotations

import json
from typing import Any

from auditor.demo.session import DemoAccount

Statement = dict[str, Any]

BLOCK_ALL = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def document(*statements: Statement) -> str:
    """Gives a policy document that holds the statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trail_arn_of(account: DemoAccount, name: str, region: str | None = None) -> str:
    """Gives the ARN that a trail has, or will have."""
    return f"arn:aws:cloudtrail:{region or account.region}:{account.account_id}:trail/{name}"


def make_key(account: DemoAccount, description: str, *, alias: str = "", rotation: bool = True) -> str:
    """Makes a customer key that CloudTrail and CloudWatch Logs may use, and gives its ARN."""
    kms = account.client("kms")
    mine = {"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trail_arn_of(account, "*", "*")}}
    logs = f"arn:aws:logs:{account.region}:{account.account_id}:*"
    policy = document(
        _allow({"AWS": f"arn:aws:iam::{account.account_id}:root"}, "kms:*"),
        _allow({"Service": "cloudtrail.amazonaws.com"}, "kms:GenerateDataKey*", Condition=mine),
        _allow({"Service": "cloudtrail.amazonaws.com"}, "kms:DescribeKey"),
        _allow(
            {"Service": f"logs.{account.region}.amazonaws.com"},
            ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        ),
    )
    key = kms.create_key(Description=description, Policy=policy)["KeyMetadata"]
    if alias:
        kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=key["KeyId"])
    if rotation:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    return str(key["Arn"])


def allow_cloudtrail(account: DemoAccount, bucket: str, trail_arn: str) -> list[Statement]:
    """Gives the statements by which a bucket lets one trail write to it."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": trail_arn}
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    logs = f"arn:aws:s3:::{bucket}/AWSLogs/{account.account_id}/*"
    return [
        _allow(service, "s3:GetBucketAcl", f"arn:aws:s3:::{bucket}", Condition={"StringEquals": source}),
        _allow(service, "s3:PutObject", logs, Condition={"StringEquals": {**acl, **source}}),
    ]


def allow_organization(bucket: str, organization_id: str, trail_arn: str) -> Statement:
    """Gives the statement by which a bucket lets an organization's trail write the members' logs to it."""
    condition = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail_arn}}
    logs = f"arn:aws:s3:::{bucket}/AWSLogs/{organization_id}/*"
    return _allow({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject", logs, Condition=condition)


def deny_plain_http(bucket: str) -> Statement:
    """Gives the statement that refuses whatever is not encrypted in transit."""
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return _deny("s3:*", both, {"Bool": {"aws:SecureTransport": "false"}})


def deny_delete(bucket: str, *, except_role: str = "") -> Statement:
    """Gives the statement that lets nobody delete logs, or nobody but one role."""
    condition = {"ArnNotEquals": {"aws:PrincipalArn": except_role}} if except_role else None
    return _deny(["s3:DeleteObject", "s3:DeleteObjectVersion"], f"arn:aws:s3:::{bucket}/*", condition)


def make_bucket(
    account: DemoAccount,
    name: str,
    *statements: Statement,
    region: str | None = None,
    public_access_block: dict[str, bool] | None = BLOCK_ALL,
    versioning: bool = True,
    mfa_delete: bool = False,
    lock_days: int = 0,
    key: str = "",
    access_logs: str = "",
) -> str:
    """Makes a bucket and gives its name.

    Args:
        account: The account that owns it.
        name: The bucket's name.
        statements: What its policy says; no policy where there are none.
        region: The region; the account's own where it is left out.
        public_access_block: The bucket's own block; None for none.
        versioning: Whether old versions are kept.
        mfa_delete: Whether MFA delete is on.
        lock_days: Days of Object Lock in compliance mode; 0 for no lock.
        key: The ARN of a key by which objects are encrypted; S3's own where it is empty.
        access_logs: The bucket to which requests are logged; empty for none.
    """
    s3 = account.client("s3", region)
    bucket = {"Bucket": name}
    elsewhere = region is not None and region != "us-east-1"
    place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if elsewhere else {}
    s3.create_bucket(**bucket, **place, ObjectLockEnabledForBucket=bool(lock_days))
    if public_access_block is not None:
        s3.put_public_access_block(**bucket, PublicAccessBlockConfiguration=public_access_block)
    if statements:
        s3.put_bucket_policy(**bucket, Policy=document(*statements))
    if versioning or mfa_delete:
        _version(s3, account, name, mfa_delete=mfa_delete)
    if lock_days:
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": lock_days}}
        lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
        s3.put_object_lock_configuration(**bucket, ObjectLockConfiguration=lock)
    if key:
        by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rules = [{"ApplyServerSideEncryptionByDefault": by_key, "BucketKeyEnabled": True}]
        s3.put_bucket_encryption(**bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    if access_logs:
        target = {"TargetBucket": access_logs, "TargetPrefix": f"{name}/"}
        s3.put_bucket_logging(**bucket, BucketLoggingStatus={"LoggingEnabled": target})
    return name


def make_access_log_bucket(account: DemoAccount, name: str) -> str:
    """Makes a bucket to which S3 may log the requests to other buckets, and gives its name."""
    statement = _allow(
        {"Service": "logging.s3.amazonaws.com"},
        "s3:PutObject",
        f"arn:aws:s3:::{name}/*",
        Condition={"StringEquals": {"aws:SourceAccount": account.account_id}},
    )
    return make_bucket(account, name, statement)


def block_public_access(account: DemoAccount) -> None:
    """Blocks public access to every bucket of the account."""
    asked = {"AccountId": account.account_id, "PublicAccessBlockConfiguration": BLOCK_ALL}
    account.client("s3control").put_public_access_block(**asked)


def make_log_group(
    account: DemoAccount, name: str, *, retention: int = 365, key: str = "", log_class: str = "STANDARD"
) -> str:
    """Makes a log group and gives its ARN, as CloudTrail wants it; retention 0 keeps logs for ever."""
    logs = account.client("logs")
    logs.create_log_group(logGroupName=name, logGroupClass=log_class, **({"kmsKeyId": key} if key else {}))
    if retention:
        logs.put_retention_policy(logGroupName=name, retentionInDays=retention)
    return f"arn:aws:logs:{account.region}:{account.account_id}:log-group:{name}:*"


def make_role(
    account: DemoAccount,
    name: str,
    log_group_arn: str,
    *,
    service: str = "cloudtrail.amazonaws.com",
    actions: tuple[str, ...] = ("logs:CreateLogStream", "logs:PutLogEvents"),
) -> str:
    """Makes the role by which a trail writes to a log group, with an inline policy, and gives its ARN."""
    iam = account.client("iam")
    trust = document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    streams = f"{log_group_arn.removesuffix(':*')}:log-stream:*"
    policy = document({"Effect": "Allow", "Action": list(actions), "Resource": streams})
    iam.put_role_policy(RoleName=name, PolicyName="write-to-logs", PolicyDocument=policy)
    return str(role["Arn"])


def make_trail(
    account: DemoAccount,
    name: str,
    bucket: str,
    *,
    region: str | None = None,
    log_group_arn: str = "",
    role_arn: str = "",
    key: str = "",
    multi_region: bool = True,
    validation: bool = True,
    logging: bool = True,
    organization: bool = False,
) -> str:
    """Makes a trail and gives its ARN; without a log group it writes to its bucket only."""
    cloudtrail = account.client("cloudtrail", region)
    sinks = {"CloudWatchLogsLogGroupArn": log_group_arn, "CloudWatchLogsRoleArn": role_arn, "KmsKeyId": key}
    trail = cloudtrail.create_trail(
        Name=name,
        S3BucketName=bucket,
        IsMultiRegionTrail=multi_region,
        EnableLogFileValidation=validation,
        IsOrganizationTrail=organization,
        **{field: value for field, value in sinks.items() if value},
    )
    if logging:
        cloudtrail.start_logging(Name=name)
    return str(trail["TrailARN"])


def _allow(principal: dict[str, str], action: str | list[str], resource: str = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}


def _deny(action: str | list[str], resource: str | list[str], condition: dict[str, Any] | None) -> Statement:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def _version(s3: Any, account: DemoAccount, bucket: str, *, mfa_delete: bool) -> None:
    if mfa_delete:
        mfa = f"arn:aws:iam::{account.account_id}:mfa/root-account-mfa-device 123456"
        both = {"Status": "Enabled", "MFADelete": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, MFA=mfa, VersioningConfiguration=both)
    else:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
