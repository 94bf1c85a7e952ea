from __future__ import annotations

from typing import Any

import pytest

from auditor.benchmark import load
from auditor.checking import BucketCheck, Severity, Status
from checks.bucket.access_logging import BucketAccessLogging
from checks.bucket.cloudtrail_access import CloudTrailAccess
from checks.bucket.delete_protection import DeleteProtection
from checks.bucket.encryption import BucketDefaultEncryption
from checks.bucket.public_access import PublicAccess
from checks.bucket.retention import BucketRetention
from checks.bucket.tls_only import TlsOnly
from checks.bucket.versioning import BucketVersioning
from tests.checks.bucket_judging import found
from tests.checks.build import ACCOUNT, BUCKET, BUCKET_ARN, bucket, snapshot, trail, trail_facts, unreadable

CHECKS: dict[type[BucketCheck], tuple[str, str]] = {
    PublicAccess: ("acl", "s3:GetBucketAcl"),
    BucketDefaultEncryption: ("encryption", "s3:GetEncryptionConfiguration"),
    DeleteProtection: ("policy", "s3:GetBucketPolicy"),
    BucketVersioning: ("versioning", "s3:GetBucketVersioning"),
    TlsOnly: ("policy", "s3:GetBucketPolicy"),
    BucketAccessLogging: ("logging", "s3:GetBucketLogging"),
    CloudTrailAccess: ("policy", "s3:GetBucketPolicy"),
    BucketRetention: ("lifecycle", "s3:GetLifecycleConfiguration"),
}
FACTS = {
    "public_access_block": "s3:GetBucketPublicAccessBlock",
    "policy": "s3:GetBucketPolicy",
    "policy_status": "s3:GetBucketPolicyStatus",
    "acl": "s3:GetBucketAcl",
    "encryption": "s3:GetEncryptionConfiguration",
    "versioning": "s3:GetBucketVersioning",
    "object_lock": "s3:GetBucketObjectLockConfiguration",
    "logging": "s3:GetBucketLogging",
    "lifecycle": "s3:GetLifecycleConfiguration",
    "payment": "s3:GetBucketRequestPayment",
}
every_check = pytest.mark.parametrize("check", CHECKS)


@every_check
def test_a_sound_bucket_passes(check: type[BucketCheck]) -> None:
    finding = found(check)
    assert (finding.status, finding.resource, finding.remediation) == (Status.PASS, BUCKET_ARN, None)
    assert finding.evidence


@every_check
def test_each_declares_itself(check: type[BucketCheck]) -> None:
    assert check.id.startswith("bucket.")
    assert isinstance(check.severity, Severity)
    assert check.title
    assert check.rationale.endswith(".")
    assert all(page.startswith("https://") for page in check.references)
    assert check.controls == {}


@every_check
def test_a_bucket_that_cannot_be_read_is_unknown_and_names_the_permission(check: type[BucketCheck]) -> None:
    refused = {name: unreadable(permission, BUCKET) for name, permission in FACTS.items()}
    account = snapshot(
        buckets=(bucket(**refused),), account_block=unreadable("s3:GetAccountPublicAccessBlock", f"account {ACCOUNT}")
    )
    finding = found(check, account)
    assert finding.status is Status.UNKNOWN
    assert CHECKS[check][1] in finding.reason
    assert any(shown.observed.get("missing permission") == CHECKS[check][1] for shown in finding.evidence)


@every_check
def test_a_bucket_of_another_account_is_unknown_and_names_the_account(check: type[BucketCheck]) -> None:
    theirs: dict[str, Any] = {
        name: unreadable(permission, BUCKET).model_copy(update={"account_id": "999988887777"})
        for name, permission in FACTS.items()
    }
    finding = found(check, **theirs)
    assert finding.status is Status.UNKNOWN
    assert "of account 999988887777" in finding.reason


@every_check
def test_without_a_trail_there_is_nothing_to_judge(check: type[BucketCheck]) -> None:
    assert found(check, snapshot(trails=(), buckets=())).status is Status.NOT_APPLICABLE


@every_check
def test_trails_that_cannot_be_listed_are_unknown(check: type[BucketCheck]) -> None:
    denied = unreadable("cloudtrail:DescribeTrails", "the trails")
    finding = found(check, snapshot(trails=denied, buckets=()))
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:DescribeTrails" in finding.reason


@every_check
def test_a_bucket_that_does_not_exist_fails_only_where_cloudtrail_is_kept_out(check: type[BucketCheck]) -> None:
    gone: dict[str, Any] = {name: unreadable(permission, BUCKET, "NoSuchBucket") for name, permission in FACTS.items()}
    finding = found(check, exists=False, **gone)
    assert finding.status is (Status.FAIL if check is CloudTrailAccess else Status.NOT_APPLICABLE)
    assert "not exist" in finding.reason


@pytest.mark.parametrize("check", [DeleteProtection, TlsOnly, CloudTrailAccess])
@pytest.mark.parametrize("text", ["", "{", '{"Statement": [{"Effect": "Perhaps"}]}'])
def test_a_policy_that_is_none_is_unknown(check: type[BucketCheck], text: str) -> None:
    policy = bucket().policy.model_copy(update={"text": text})
    finding = found(check, policy=policy)
    assert finding.status is Status.UNKNOWN
    assert "could not be understood" in finding.reason


@every_check
def test_each_bucket_has_a_finding_of_its_own(check: type[BucketCheck]) -> None:
    other = bucket(name="other-logs", arn="arn:aws:s3:::other-logs")
    trails = (trail_facts(), trail_facts(trail=trail(name="second", bucket="other-logs")))
    account = snapshot(trails=trails, buckets=(bucket(), other))
    findings = check().findings(account, load("cis-5.0"))
    assert [finding.resource for finding in findings] == [BUCKET_ARN, other.arn]
    assert len({finding.id for finding in findings}) == 2
