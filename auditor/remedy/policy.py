"""Adds statements to the policy of a bucket, which keeps those that it has.

A bucket has one policy, and putting one replaces it whole: what is put must hold what was there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from pydantic import JsonValue

from auditor.policy.document import load, rows, table
from auditor.remediation import Document
from auditor.remedy.command import aws

_UNLESS, _SERVICE = "StringNotEqualsIfExists", "aws:PrincipalServiceName"
Statement: TypeAlias = Mapping[str, JsonValue]


def merged_policy(text: str | None, *statements: Statement) -> dict[str, JsonValue]:
    """Gives a policy with statements added; one of the same Sid is replaced, so that adding twice changes nothing.

    Args:
        text: The policy that is there, which can be parsed; None where there is none.
        *statements: What to add; each has a Sid.
    """
    document: dict[str, JsonValue] = dict(load(text)) if text else {"Version": "2012-10-17", "Statement": []}
    own = {statement["Sid"] for statement in statements}
    kept = [item for item in rows(document["Statement"]) if not (isinstance(item, dict) and item.get("Sid") in own)]
    return {**document, "Statement": [*kept, *map(dict, statements)]}


def bucket_policy(
    bucket: str, region: str, text: str | None, *statements: Statement, narrows: tuple[int, ...] = ()
) -> Document:
    """Gives a bucket's policy with statements added.

    Args:
        bucket: The bucket's name.
        region: Where it is.
        text: The policy that it has, which can be parsed; None where it has none.
        *statements: What to add; each has a Sid.
        narrows: The places of Deny statements from which CloudTrail is excepted.
    """
    adds = tuple(dict(statement) for statement in statements)
    return Document(kind="bucket policy", name=bucket, region=region, base=text or "", adds=adds, narrows=narrows)


def put_bucket_policy(document: Document) -> str:
    """Gives the command that puts a bucket's policy with what is added."""
    here = {"region": document.region, "bucket": document.name}
    return aws("s3api", "put-bucket-policy", **here, policy=merged(document))


def merged(document: Document) -> dict[str, JsonValue]:
    """Gives a bucket's policy with what is added."""
    policy = merged_policy(document.base or None)
    statements = [
        _excepting_cloudtrail(one) if place in document.narrows and isinstance(one, dict) else one
        for place, one in enumerate(rows(policy["Statement"]))
    ]
    return merged_policy(json.dumps({**policy, "Statement": statements}), *document.adds)


def _excepting_cloudtrail(statement: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Gives a Deny that holds for everyone but CloudTrail; a caller who is no service has no such key.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    conditions = dict(table(statement.get("Condition", {}), "Condition"))
    block = dict(table(conditions.get(_UNLESS, {}), _UNLESS))
    block[_SERVICE] = [*rows(block.get(_SERVICE, [])), "cloudtrail.amazonaws.com"]
    return {**statement, "Condition": {**conditions, _UNLESS: block}}


def put_bucket_policy_back(document: Document) -> str:
    """Gives the command that puts a bucket's policy as it was; deletes it where there was none."""
    here = {"region": document.region, "bucket": document.name}
    if not document.base:
        return aws("s3api", "delete-bucket-policy", **here)
    return aws("s3api", "put-bucket-policy", **here, policy=document.base)
