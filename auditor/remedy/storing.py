"""Lets CloudTrail store a trail's log files in a bucket."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from auditor.model.trail import Trail
from auditor.remedy.command import aws
from auditor.remedy.mending import unless
from auditor.remedy.policy import Statement

_FULL_CONTROL: dict[str, JsonValue] = {"s3:x-amz-acl": "bucket-owner-full-control"}


def root_of(trail: Trail) -> str:
    """Gives the prefix of a trail's files in its bucket."""
    return f"{trail.key_prefix}/AWSLogs" if trail.key_prefix else "AWSLogs"


def grants(bucket_arn: str, trails: Iterable[Trail]) -> tuple[Statement, Statement]:
    """Gives the statements that AWS asks for in the policy of a bucket, for these trails and no others.

    The organization's id is unknown, so its trail gets all of AWSLogs.
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    owners = [(trail, "" if trail.organization else f"/{trail.account_id}") for trail in trails]
    own: dict[str, JsonValue] = {"aws:SourceArn": [trail.arn for trail, _ in owners]}
    common: Statement = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    look: Statement = {
        "Sid": "TrailAuditorCloudTrailAclCheck",
        **common,
        "Action": "s3:GetBucketAcl",
        "Resource": bucket_arn,
        "Condition": {"StringEquals": own},
    }
    write: Statement = {
        "Sid": "TrailAuditorCloudTrailWrite",
        **common,
        "Action": "s3:PutObject",
        "Resource": list(dict.fromkeys(f"{bucket_arn}/{root_of(trail)}{owner}/*" for trail, owner in owners)),
        "Condition": {"StringEquals": {**own, **_FULL_CONTROL}},
    }
    return look, write


def create_bucket(name: str, region: str) -> str:
    """Gives the command that makes a bucket unless the caller has it; us-east-1 is named by leaving the place out.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html
    """
    here = {"region": region, "bucket": name}
    place = None if region == "us-east-1" else {"LocationConstraint": region}
    made = aws("s3api", "create-bucket", **here, create_bucket_configuration=place)
    return unless(aws("s3api", "head-bucket", **here), made)
