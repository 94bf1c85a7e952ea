"""An account whose logs can be asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.account import Account
from tests.hunt.cloudwatch import CloudWatch, serving_logs
from tests.hunt.real import EXCERPT, events_of, log_events

GROUP = "trail-logs"


@pytest.fixture
def watched(aws_account: Account) -> Iterator[tuple[Account, CloudWatch]]:
    """The account and its logs, which hold nothing yet."""
    with serving_logs(aws_account) as (account, logs):
        yield account, logs


@pytest.fixture
def trailed(aws_account: Account, watched: tuple[Account, CloudWatch]) -> tuple[Account, CloudWatch]:
    """The same, with a trail that delivers the events of the excerpt to a log group."""
    account, (_, logs) = aws_account, watched
    bucket, client = "trail-bucket", account.client("logs")
    account.client("s3").create_bucket(Bucket=bucket)
    client.create_log_group(logGroupName=GROUP)
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*"
    role = "arn:aws:iam::123456789012:role/trail"
    account.client("cloudtrail").create_trail(
        Name="trail",
        S3BucketName=bucket,
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=arn,
        CloudWatchLogsRoleArn=role,
    )
    account.client("cloudtrail").start_logging(Name="trail")
    logs.events[GROUP] = log_events(events_of(EXCERPT))
    return watched
