from __future__ import annotations

import subprocess

import pytest

from auditor.checking import Status
from auditor.model.bucket import AccessLogging, BucketEncryption, ObjectLock, Versioning
from auditor.model.snapshot import Snapshot
from checks.bucket.access_logging import BucketAccessLogging
from checks.bucket.encryption import BucketDefaultEncryption
from checks.bucket.versioning import BucketVersioning
from tests.checks.bucket_judging import commands, found, option, run, told
from tests.checks.build import ACCOUNT, BUCKET, KEY, SOURCE, bucket, snapshot, trail, trail_facts


@pytest.mark.parametrize(("status", "said"), [("", "is off"), ("Suspended", "is suspended")])
def test_versioning_that_is_not_on_fails_and_is_mended(status: str, said: str) -> None:
    facts = bucket(versioning=Versioning(source=SOURCE, status=status))
    finding = found(BucketVersioning, snapshot(buckets=(facts,)))
    assert finding.status is Status.FAIL
    assert f"Versioning of {BUCKET} {said}." == finding.reason
    mended = run(facts, *commands(finding))
    assert found(BucketVersioning, snapshot(buckets=(mended,))).status is Status.PASS


def test_versioning_under_mfa_delete_is_for_the_root_user_to_turn_on() -> None:
    finding = found(BucketVersioning, versioning=Versioning(source=SOURCE, status="Suspended", mfa_delete="Enabled"))
    (command,) = commands(finding)
    assert option(command, "versioning-configuration") == {"Status": "Enabled", "MFADelete": "Enabled"}
    assert command.endswith('--mfa "$MFA"')
    assert "root user" in (finding.remediation.summary if finding.remediation else "")


@pytest.mark.parametrize(
    ("algorithm", "key", "said"),
    [
        (None, None, "S3's own default encrypts new objects: SSE-S3 (AES256)"),
        ("AES256", None, "are encrypted by SSE-S3 (AES256)"),
        ("aws:kms", KEY, f"are encrypted by aws:kms with {KEY}"),
        ("aws:kms:dsse", KEY, f"are encrypted by aws:kms:dsse with {KEY}"),
        ("aws:kms", None, "aws/s3, which AWS manages"),
    ],
)
def test_encryption_names_the_algorithm_and_the_key(algorithm: str | None, key: str | None, said: str) -> None:
    stated = BucketEncryption(source=SOURCE, algorithm=algorithm, kms_key=key)
    without = snapshot(buckets=(bucket(encryption=stated),), trails=(trail_facts(trail=trail(kms_key=None)),))
    finding = found(BucketDefaultEncryption, without)
    assert (finding.status, finding.notes) == (Status.PASS, ())
    assert said in finding.reason
    assert "its log files whatever the bucket's default is" in told(found(BucketDefaultEncryption, encryption=stated))


def test_access_logging_that_is_off_fails_and_is_pointed_at_a_bucket_of_its_own() -> None:
    off = AccessLogging(source=SOURCE)
    finding = found(BucketAccessLogging, logging=off, region="eu-west-1")
    assert finding.status is Status.FAIL
    assert finding.reason == f"Requests to {BUCKET} are not logged."
    make, grant, log = commands(finding)
    assert option(make.partition(" || ")[2], "create-bucket-configuration") == {"LocationConstraint": "eu-west-1"}
    (statement,) = option(grant.partition(" || ")[2], "policy")["Statement"]
    assert statement["Resource"] == f"arn:aws:s3:::{BUCKET}-access-logs/{BUCKET}/*"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert option(log, "bucket-logging-status") == {
        "LoggingEnabled": {"TargetBucket": f"{BUCKET}-access-logs", "TargetPrefix": f"{BUCKET}/"}
    }
    assert option(log, "bucket") == BUCKET


def test_the_target_bucket_that_is_there_already_keeps_its_policy() -> None:
    make, grant, _ = commands(found(BucketAccessLogging, logging=AccessLogging(source=SOURCE)))
    for line in (make, grant):
        there = subprocess.run(
            ["sh", "-c", f"exec 3>&1; aws() {{ echo $2 >&3; }}; {line}"], capture_output=True, text=True, check=True
        )
        assert there.stdout.split() in (["head-bucket"], ["get-bucket-policy"])


def test_the_name_of_the_target_bucket_is_never_too_long() -> None:
    *_, log = commands(found(BucketAccessLogging, account=_named("b" * 63)))
    assert len(option(log, "bucket-logging-status")["LoggingEnabled"]["TargetBucket"]) == 63


def _named(name: str) -> Snapshot:
    facts = bucket(name=name, arn=f"arn:aws:s3:::{name}", logging=AccessLogging(source=SOURCE))
    return snapshot(buckets=(facts,), trails=(trail_facts(trail=trail(bucket=name)),))


def test_a_bucket_that_logs_into_itself_passes_with_a_warning() -> None:
    finding = found(BucketAccessLogging, logging=AccessLogging(source=SOURCE, target=BUCKET))
    assert finding.status is Status.PASS
    assert "logs into itself" in told(finding)


def test_a_target_whose_default_retention_keeps_access_logs_out_is_told() -> None:
    locked = ObjectLock(source=SOURCE, enabled=True, mode="COMPLIANCE", days=365)
    finding = found(BucketAccessLogging, logging=AccessLogging(source=SOURCE, target=BUCKET), object_lock=locked)
    assert "delivers no access logs to it" in told(finding)
