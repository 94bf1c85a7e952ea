"""What a scan reads, counted call by call."""

from __future__ import annotations

import pytest

from auditor.collect import Connection, collect
from auditor.collect.operations import OPERATIONS
from auditor.demo.sound import build_sound
from auditor.demo.trail_parts import allow_cloudtrail, make_bucket, make_trail, trail_arn_of
from auditor.errors import CredentialsError, UnreachableError
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from tests.aws.account import Account


def read(account: Account, region: str = "us-east-1", *, attempts: int = 5) -> Snapshot:
    return collect(Connection(account.session(region), region, account.endpoint_url, attempts=attempts))


def test_an_account_of_one_trail_and_fifteen_chains_takes_no_more_than_thirty_calls(aws_account: Account) -> None:
    build_sound(aws_account)
    aws_account.controls.forget_calls()
    snapshot = read(aws_account)
    sent = aws_account.controls.calls()
    assert snapshot.api_calls == sent
    # This trail has a KMS key and insights besides; they cost a call each.
    assert sum(sent.values()) - sent["kms:DescribeKey"] - sent["cloudtrail:GetInsightSelectors"] <= 30
    assert set(sent.values()) == {1}, "each fact is read once"


def test_only_operations_of_the_list_are_called(aws_account: Account) -> None:
    build_sound(aws_account, controls=("root_usage",))
    aws_account.controls.forget_calls()
    read(aws_account)
    assert set(aws_account.controls.calls()) <= {f"{one.service}:{one.name}" for one in OPERATIONS}


def test_a_snapshot_survives_json(aws_account: Account) -> None:
    build_sound(aws_account, controls=("root_usage",))
    aws_account.controls.fail("s3:GetBucketPolicy")
    snapshot = read(aws_account)
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


def test_every_page_is_read(aws_account: Account) -> None:
    build_sound(aws_account)
    whole = read(aws_account)
    aws_account.controls.page_size(2)
    paged = read(aws_account)
    for snapshot in (whole, paged):
        facts = snapshot.in_region("us-east-1")
        assert not isinstance(facts.filters, Unreadable)
        assert not isinstance(facts.alarms, Unreadable)
        assert len(facts.filters.filters) == len(facts.alarms.metric) == 15
    assert sum(paged.api_calls.values()) > sum(whole.api_calls.values())


def test_a_single_region_trail_elsewhere_is_found_from_anywhere(aws_account: Account) -> None:
    build_sound(aws_account, controls=())
    bucket = "acme-eu-logs"
    arn = trail_arn_of(aws_account, "eu-trail", "eu-west-1")
    make_bucket(aws_account, bucket, *allow_cloudtrail(aws_account, bucket, arn), region="eu-west-1")
    make_trail(aws_account, "eu-trail", bucket, region="eu-west-1", multi_region=False)
    snapshot = read(aws_account, "ap-southeast-2")
    assert not isinstance(snapshot.trails, Unreadable)
    assert {facts.trail.arn for facts in snapshot.trails} == {arn, trail_arn_of(aws_account, "management-trail")}
    assert all(not isinstance(facts.status, Unreadable) for facts in snapshot.trails)
    assert snapshot.bucket(bucket).region == "eu-west-1"


def test_a_multi_region_trail_is_read_once_whatever_the_region(aws_account: Account) -> None:
    build_sound(aws_account, controls=())
    for region in ("us-east-1", "eu-central-1"):
        aws_account.controls.forget_calls()
        snapshot = read(aws_account, region)
        assert not isinstance(snapshot.trails, Unreadable)
        assert len(snapshot.trails) == 1
        assert aws_account.controls.calls()["cloudtrail:GetTrailStatus"] == 1


@pytest.mark.parametrize(
    ("operation", "error", "code"),
    [
        ("s3:GetBucketPolicy", "AccessDenied", "AccessDenied"),
        ("s3:GetBucketPolicy", "InternalError", "InternalFailure"),
        ("s3:GetBucketPolicy", "Throttling", "SlowDown"),
    ],
)
def test_a_call_that_keeps_failing_becomes_a_fact(aws_account: Account, operation: str, error: str, code: str) -> None:
    sound = build_sound(aws_account, controls=())
    aws_account.controls.fail(operation, error)
    snapshot = read(aws_account, attempts=2)
    policy = snapshot.bucket(sound.bucket).policy
    assert isinstance(policy, Unreadable)
    assert snapshot.api_calls["s3:GetBucketPolicy"] == (1 if error == "AccessDenied" else 2)
    assert (policy.error_code, policy.permission, policy.resource) == (code, "s3:GetBucketPolicy", sound.bucket)


def test_a_throttle_that_passes_is_waited_out(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=())
    aws_account.controls.fail("s3:GetBucketPolicy", "Throttling", times=2)
    snapshot = read(aws_account)
    assert not isinstance(snapshot.bucket(sound.bucket).policy, Unreadable)
    assert snapshot.api_calls["s3:GetBucketPolicy"] == 3, "retries are counted"


def test_every_fact_may_be_denied(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=("root_usage",))
    for service in ("cloudtrail", "s3", "s3control", "kms", "iam", "sns", "logs", "cloudwatch", "securityhub"):
        aws_account.controls.fail(f"{service}:*")
    snapshot = read(aws_account)
    assert isinstance(snapshot.trails, Unreadable)
    assert snapshot.trails.permission == "cloudtrail:DescribeTrails"
    assert snapshot.trails.denied
    aws_account.controls.heal()
    for service in ("s3", "kms", "iam", "sns", "logs", "cloudwatch"):
        aws_account.controls.fail(f"{service}:*")
    snapshot = read(aws_account)
    assert isinstance(snapshot.bucket(sound.bucket).acl, Unreadable)
    assert isinstance(snapshot.key(sound.key_arn).key, Unreadable)
    assert isinstance(snapshot.in_region("us-east-1").alarms, Unreadable)


def test_an_account_without_a_trail_is_read_to_its_end(aws_account: Account) -> None:
    snapshot = read(aws_account)
    assert snapshot.trails == ()
    assert snapshot.buckets == snapshot.log_groups == snapshot.regions == ()


def test_the_bucket_that_a_trail_names_may_be_gone(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=())
    aws_account.controls.fail("s3:*", "NoSuchBucket", status=404)
    assert not read(aws_account).bucket(sound.bucket).exists


def test_a_caller_whom_aws_does_not_accept(aws_account: Account) -> None:
    aws_account.controls.fail("sts:GetCallerIdentity", "ExpiredToken")
    with pytest.raises(CredentialsError, match="ExpiredToken"):
        read(aws_account)


def test_nothing_answers() -> None:
    account = Account("http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="--endpoint-url"):
        read(account)
