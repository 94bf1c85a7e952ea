"""Adds statements to the policy of a bucket, which keeps those that it has.

A bucket has one policy, and putting one replaces it whole: what is put must hold what was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pydantic import JsonValue

from auditor.policy.document import load, rows
from auditor.remedy.command import aws

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


def put_bucket_policy(bucket: str, region: str, text: str | None, *statements: Statement) -> str:
    """Gives the command that adds statements to a bucket's policy.

    Args:
        bucket: The bucket's name.
        region: Where it is.
        text: The policy that it has, which can be parsed; None where it has none.
        *statements: What to add; each has a Sid.
    """
    return aws("s3api", "put-bucket-policy", region=region, bucket=bucket, policy=merged_policy(text, *statements))
