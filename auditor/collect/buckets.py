"""Reads an S3 bucket's settings."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping
from typing import Any, TypeVar

from auditor.collect import operations as op
from auditor.collect.aws import Answer, Aws
from auditor.collect.operations import Operation
from auditor.model.account import Caller
from auditor.model.bucket import (
    AccessLogging,
    Acl,
    BucketEncryption,
    BucketFacts,
    BucketPolicy,
    Lifecycle,
    ObjectLock,
    PolicyStatus,
    PublicAccessBlock,
    RequestPayment,
    Versioning,
)
from auditor.model.fact import Fact, Read, Unreadable

F = TypeVar("F", bound=Fact)

# What GetBucketLocation says for regions that are older than its naming.
_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}


async def read_bucket(aws: Aws, caller: Caller, name: str, region: str) -> BucketFacts:
    """Gives all settings of a bucket; `region` is where it is looked for first."""
    located = await aws.read(op.BUCKET_LOCATION, region, of=name, Bucket=name)
    if isinstance(located, Answer):
        found = located.body.get("LocationConstraint") or ""
        region = _OLD_NAMES.get(found, found)

    async def get(operation: Operation) -> Answer | Unreadable:
        return await aws.read(operation, region, of=name, Bucket=name)

    answers = await gather(*(get(operation) for operation in _READ))
    block, policy, status, acl, encryption, versioning, lock, logging, lifecycle, payment = answers
    return BucketFacts(
        name=name,
        arn=f"arn:{caller.partition}:s3:::{name}",
        region=region,
        exists=not (isinstance(located, Unreadable) and located.error_code == "NoSuchBucket"),
        public_access_block=_fact(block, PublicAccessBlock, "PublicAccessBlockConfiguration"),
        policy=_fact(policy, BucketPolicy),
        policy_status=_fact(status, PolicyStatus, "PolicyStatus"),
        acl=_fact(acl, Acl),
        encryption=_shaped(encryption, BucketEncryption, _encryption),
        versioning=_fact(versioning, Versioning),
        object_lock=_shaped(lock, ObjectLock, _object_lock),
        logging=_shaped(logging, AccessLogging, _access_logging),
        lifecycle=_shaped(lifecycle, Lifecycle, _lifecycle),
        payment=_fact(payment, RequestPayment),
    )


_READ = (
    op.BUCKET_PUBLIC_ACCESS_BLOCK,
    op.BUCKET_POLICY,
    op.BUCKET_POLICY_STATUS,
    op.BUCKET_ACL,
    op.BUCKET_ENCRYPTION,
    op.BUCKET_VERSIONING,
    op.BUCKET_OBJECT_LOCK,
    op.BUCKET_LOGGING,
    op.BUCKET_LIFECYCLE,
    op.BUCKET_REQUEST_PAYMENT,
)


async def read_account_block(aws: Aws, caller: Caller, region: str) -> Read[PublicAccessBlock]:
    """Gives the account's own public access block."""
    answer = await aws.read(
        op.ACCOUNT_PUBLIC_ACCESS_BLOCK, region, of=f"account {caller.account_id}", AccountId=caller.account_id
    )
    return _fact(answer, PublicAccessBlock, "PublicAccessBlockConfiguration")


def _fact(answer: Answer | Unreadable, model: type[F], inside: str = "") -> Read[F]:
    if isinstance(answer, Unreadable):
        return answer
    return answer.fact(model, answer.body.get(inside, {}) if inside else None)


def _shaped(answer: Answer | Unreadable, model: type[F], shape: Any) -> Read[F]:
    return answer if isinstance(answer, Unreadable) else answer.fact(model, shape(answer.body))


def _encryption(body: Mapping[str, Any]) -> dict[str, Any]:
    rules = body.get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault")
        if default:
            return {"algorithm": default["SSEAlgorithm"], "kms_key": default.get("KMSMasterKeyID")}
    return {}


def _object_lock(body: Mapping[str, Any]) -> dict[str, Any]:
    lock = body.get("ObjectLockConfiguration", {})
    kept = lock.get("Rule", {}).get("DefaultRetention", {})
    return {
        "enabled": lock.get("ObjectLockEnabled") == "Enabled",
        "mode": kept.get("Mode"),
        "days": kept.get("Days"),
        "years": kept.get("Years"),
    }


def _access_logging(body: Mapping[str, Any]) -> dict[str, Any]:
    enabled = body.get("LoggingEnabled", {})
    return {"target": enabled.get("TargetBucket"), "prefix": enabled.get("TargetPrefix", "")}


def _lifecycle(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"rules": [_rule(rule) for rule in body.get("Rules", ())]}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    chosen = rule.get("Filter", {})
    both = chosen.get("And", {})
    expiry = rule.get("Expiration", {})
    on = expiry.get("Date")
    noncurrent = rule.get("NoncurrentVersionExpiration", {})
    return {
        "id": rule.get("ID", ""),
        "enabled": rule.get("Status") == "Enabled",
        "prefix": rule.get("Prefix") or chosen.get("Prefix") or both.get("Prefix") or "",
        "narrowed": bool(set(chosen) - {"Prefix", "And"} or set(both) - {"Prefix"}),
        "expires_after_days": expiry.get("Days"),
        "expires_on": on.isoformat() if on else None,
        # A rule that keeps newer versions keeps the only noncurrent version that a log file comes to have.
        "noncurrent_days": None if noncurrent.get("NewerNoncurrentVersions") else noncurrent.get("NoncurrentDays"),
    }
