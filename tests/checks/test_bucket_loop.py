"""Breaks a trail's bucket, runs each finding's commands by a real shell, and looks again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from auditor.benchmark import load
from auditor.checking import BucketCheck, Status
from auditor.collect import Connection, collect
from auditor.demo.trail_parts import allow_cloudtrail, make_bucket, make_trail, trail_arn_of
from auditor.findings import Finding
from tests.aws.account import Account
from tests.checks.test_bucket_every_check import CHECKS

NAME = "acme-bare-logs"
MENDABLE = {
    "bucket.public_access",
    "bucket.delete_protection",
    "bucket.versioning",
    "bucket.tls_only",
    "bucket.access_logging",
    "bucket.retention",
}


def findings(account: Account) -> dict[str, Finding]:
    snapshot = collect(Connection(account.session(), account.region, account.endpoint_url))
    checks: list[BucketCheck] = [check() for check in CHECKS]
    return {check.id: finding for check in checks for finding in check.findings(snapshot, load())}


def failing(found: dict[str, Finding]) -> set[str]:
    return {check for check, finding in found.items() if finding.status is Status.FAIL}


def run(account: Account, home: Path, finding: Finding) -> None:
    assert finding.remediation is not None
    script = "\n".join(("set -eu", *finding.remediation.commands))
    done = subprocess.run(
        ["sh", "-c", script], env=account.environment(home), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"


def neglected(account: Account, region: str) -> Any:
    """Makes a trail whose bucket has nothing but what CloudTrail needs, a public ACL and a short life for all."""
    statements = allow_cloudtrail(account, NAME, trail_arn_of(account, "bare"))
    make_bucket(account, NAME, *statements, region=region, versioning=False, public_access_block=None)
    make_trail(account, "bare", NAME)
    s3 = account.client("s3", region)
    s3.put_bucket_acl(Bucket=NAME, ACL="public-read")
    everything, moved = {"Prefix": ""}, {"Days": 10, "StorageClass": "GLACIER"}
    rules: list[dict[str, Any]] = [
        {"ID": "it's `short`", "Status": "Enabled", "Filter": everything, "Expiration": {"Days": 30}},
        {"ID": "scratch", "Status": "Enabled", "Filter": {"Prefix": "scratch/"}, "Expiration": {"Days": 1}},
    ]
    rules[0]["Transitions"] = [moved]
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": rules})
    return s3


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_the_commands_mend_a_neglected_bucket_one_by_one(aws_account: Account, tmp_path: Path, region: str) -> None:
    s3 = neglected(aws_account, region)
    found = findings(aws_account)
    assert failing(found) == MENDABLE
    for check in sorted(MENDABLE):
        before = failing(findings(aws_account))
        run(aws_account, tmp_path, found[check] if check != "bucket.tls_only" else findings(aws_account)[check])
        assert failing(findings(aws_account)) == before - {check}
    assert {finding.status for finding in findings(aws_account).values()} == {Status.PASS}
    kept = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    assert {rule["ID"]: rule["Expiration"]["Days"] for rule in kept} == {"it's `short`": 365, "scratch": 1}
    assert [rule["Transitions"] for rule in kept if "Transitions" in rule] == [
        [{"Days": 10, "StorageClass": "GLACIER"}]
    ]


def test_a_bucket_that_is_gone_is_made_again(aws_account: Account, tmp_path: Path) -> None:
    s3 = neglected(aws_account, "us-east-1")
    s3.delete_bucket(Bucket=NAME)
    found = findings(aws_account)["bucket.cloudtrail_access"]
    assert (found.status, "does not exist" in found.reason) == (Status.FAIL, True)
    run(aws_account, tmp_path, found)
    assert findings(aws_account)["bucket.cloudtrail_access"].status is Status.PASS


def test_a_policy_that_lost_its_statements_and_a_payer_are_set_right(aws_account: Account, tmp_path: Path) -> None:
    s3 = neglected(aws_account, "us-east-1")
    s3.delete_bucket_policy(Bucket=NAME)
    s3.put_bucket_request_payment(Bucket=NAME, RequestPaymentConfiguration={"Payer": "Requester"})
    for said in ("makes the requester pay", "keeps CloudTrail out"):
        found = findings(aws_account)["bucket.cloudtrail_access"]
        assert said in found.reason
        run(aws_account, tmp_path, found)
        run(aws_account, tmp_path, found)
    assert findings(aws_account)["bucket.cloudtrail_access"].status is Status.PASS
