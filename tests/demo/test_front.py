from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_alarm, make_filter, make_topic
from auditor.demo.trail_parts import make_bucket, make_log_group, make_role
from tests.aws.account import Account

ONCE = Config(retries={"total_max_attempts": 1})


def impatient(account: Account, service: str) -> Any:
    session: Any = account.session()
    return session.client(service, endpoint_url=account.endpoint_url, config=ONCE)


def test_calls_are_counted(aws_account: Account) -> None:
    make_bucket(aws_account, "logs")
    make_topic(aws_account, "alerts")
    assert aws_account.controls.calls() == {
        "s3:CreateBucket": 1,
        "s3:PutBucketVersioning": 1,
        "s3:PutPublicAccessBlock": 1,
        "sns:CreateTopic": 1,
    }
    aws_account.other("444455556666").client("sns").list_topics()
    assert aws_account.controls.calls("444455556666") == {"sns:ListTopics": 1}
    aws_account.controls.forget_calls()
    assert aws_account.controls.calls() == {}


CALLS = [
    ("s3", "list_buckets", "s3:ListBuckets", "AccessDenied", "SlowDown"),
    ("sns", "list_topics", "sns:ListTopics", "AuthorizationError", "Throttling"),
    ("iam", "list_roles", "iam:ListRoles", "AccessDenied", "Throttling"),
    ("logs", "describe_metric_filters", "logs:DescribeMetricFilters", "AccessDeniedException", "ThrottlingException"),
    ("cloudtrail", "list_trails", "cloudtrail:ListTrails", "AccessDeniedException", "ThrottlingException"),
    ("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms", "AccessDenied", "Throttling"),
    ("securityhub", "describe_hub", "securityhub:DescribeHub", "AccessDeniedException", "ThrottlingException"),
]


@pytest.mark.parametrize(("service", "method", "operation", "denied", "throttled"), CALLS)
def test_faults_are_told_as_the_service_tells_them(
    aws_account: Account, service: str, method: str, operation: str, denied: str, throttled: str
) -> None:
    call = getattr(impatient(aws_account, service), method)
    for error, code in (("AccessDenied", denied), ("Throttling", throttled), ("InternalError", "InternalFailure")):
        aws_account.controls.fail(operation, error)
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"].startswith(code)
        aws_account.controls.heal()


def test_a_denial_names_the_action(aws_account: Account) -> None:
    aws_account.controls.fail("cloudtrail:*")
    with pytest.raises(ClientError, match="is not authorized to perform: cloudtrail:ListTrails"):
        aws_account.client("cloudtrail").list_trails()


def test_a_fault_passes_after_its_times_and_the_client_tries_again(aws_account: Account) -> None:
    aws_account.controls.fail("sns:ListTopics", "Throttling", times=1)
    assert aws_account.client("sns").list_topics()["Topics"] == []
    assert aws_account.controls.calls() == {"sns:ListTopics": 2}


def test_a_fault_strikes_one_resource(aws_account: Account) -> None:
    make_bucket(aws_account, "open")
    make_bucket(aws_account, "closed")
    aws_account.controls.fail("s3:GetBucketAcl", match="closed")
    s3 = aws_account.client("s3")
    s3.get_bucket_acl(Bucket="open")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_bucket_acl(Bucket="closed")


def test_a_fault_strikes_one_region(aws_account: Account) -> None:
    aws_account.controls.fail("cloudwatch:DescribeAlarms", region="eu-west-1")
    aws_account.client("cloudwatch").describe_alarms()
    with pytest.raises(ClientError):
        aws_account.client("cloudwatch", "eu-west-1").describe_alarms()


def test_a_fault_strikes_one_account(aws_account: Account) -> None:
    aws_account.controls.fail("sns:ListTopics", account="444455556666")
    aws_account.client("sns").list_topics()
    with pytest.raises(ClientError, match="arn:aws:iam::444455556666:user/auditor"):
        aws_account.other("444455556666").client("sns").list_topics()


def test_any_other_code_is_passed_on(aws_account: Account) -> None:
    aws_account.controls.fail("kms:ListKeys", "KMSInvalidStateException", status=400)
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        aws_account.client("kms").list_keys()


def test_answers_are_held_back(aws_account: Account) -> None:
    sns = aws_account.client("sns")
    aws_account.controls.latency(0.2)
    started = time.perf_counter()
    sns.list_topics()
    assert time.perf_counter() - started > 0.2


@pytest.mark.parametrize("size", [None, 2])
def test_lists_are_cut_into_pages(aws_account: Account, size: int | None) -> None:
    group, role, names = "trail", "reader", [f"n-{number:02}" for number in range(53)]
    topic = make_topic(aws_account, "alerts", pending=[f"{name}@example.com" for name in names[:3]])
    make_role(aws_account, role, make_log_group(aws_account, group))
    for name in names:
        make_filter(aws_account, group, name, "{ $.a = 1 }")
        make_alarm(aws_account, name, name)
    aws_account.controls.page_size(size)

    def pages(service: str, operation: str, key: str, **asked: str) -> list[int]:
        found = aws_account.client(service).get_paginator(operation).paginate(**asked)
        return [len(page[key]) for page in found]

    filters = pages("logs", "describe_metric_filters", "metricFilters", logGroupName=group)
    alarms = pages("cloudwatch", "describe_alarms", "MetricAlarms")
    subscriptions = pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic)
    assert pages("iam", "list_role_policies", "PolicyNames", RoleName=role) == [1]
    assert filters == alarms == ([50, 3] if size is None else [2] * 26 + [1])
    assert subscriptions == ([3] if size is None else [2, 1])


def test_what_the_emulator_does_not_know_is_refused_at_once(aws_account: Account) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        aws_account.client("logs").list_anomalies()
    assert aws_account.controls.calls() == {"logs:ListAnomalies": 1}


def test_a_reset_forgets_everything(aws_account: Account) -> None:
    make_bucket(aws_account, "logs", mfa_delete=True)
    aws_account.controls.fail("*")
    aws_account.controls.page_size(1)
    aws_account.controls.reset()
    assert aws_account.controls.calls() == {}
    assert aws_account.client("s3").list_buckets()["Buckets"] == []
    make_bucket(aws_account, "logs")
    assert "MFADelete" not in aws_account.client("s3").get_bucket_versioning(Bucket="logs")
