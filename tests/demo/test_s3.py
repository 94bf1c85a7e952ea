from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from auditor.demo.trail_parts import BLOCK_ALL, block_public_access, make_access_log_bucket, make_bucket, make_key
from tests.aws.account import Account


def test_mfa_delete_is_kept(aws_account: Account) -> None:
    s3 = aws_account.client("s3")
    make_bucket(aws_account, "careful", mfa_delete=True)
    make_bucket(aws_account, "careless")
    assert s3.get_bucket_versioning(Bucket="careful")["MFADelete"] == "Enabled"
    assert "MFADelete" not in s3.get_bucket_versioning(Bucket="careless")


def test_every_bucket_is_encrypted(aws_account: Account) -> None:
    s3 = aws_account.client("s3")
    key = make_key(aws_account, "logs")
    make_bucket(aws_account, "plain")
    make_bucket(aws_account, "keyed", key=key)

    def told(bucket: str) -> dict[str, str]:
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        found: dict[str, str] = rule["ApplyServerSideEncryptionByDefault"]
        return found

    assert told("plain") == {"SSEAlgorithm": "AES256"}
    assert told("keyed") == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    with pytest.raises(ClientError, match="NoSuchBucket"):
        told("missing")


def test_who_pays_is_kept(aws_account: Account) -> None:
    s3 = aws_account.client("s3")
    make_bucket(aws_account, "logs")
    assert s3.get_bucket_request_payment(Bucket="logs")["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket="logs", RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket="logs")["Payer"] == "Requester"
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_bucket_request_payment(Bucket="missing")


def test_the_rest_of_a_buckets_settings_can_be_read(aws_account: Account) -> None:
    s3 = aws_account.client("s3")
    make_access_log_bucket(aws_account, "access")
    make_bucket(aws_account, "logs", lock_days=30, access_logs="access")
    assert s3.get_public_access_block(Bucket="logs")["PublicAccessBlockConfiguration"] == BLOCK_ALL
    assert s3.get_bucket_logging(Bucket="logs")["LoggingEnabled"]["TargetBucket"] == "access"
    assert s3.get_object_lock_configuration(Bucket="logs")["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
    assert s3.get_bucket_policy_status(Bucket="access")["PolicyStatus"] == {"IsPublic": False}
    assert s3.get_bucket_acl(Bucket="logs")["Grants"][0]["Permission"] == "FULL_CONTROL"
    assert s3.get_bucket_location(Bucket="logs")["LocationConstraint"] is None


def test_the_accounts_public_access_block(aws_account: Account) -> None:
    control = aws_account.client("s3control")
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        control.get_public_access_block(AccountId=aws_account.account_id)
    block_public_access(aws_account)
    found = control.get_public_access_block(AccountId=aws_account.account_id)
    assert found["PublicAccessBlockConfiguration"] == BLOCK_ALL
