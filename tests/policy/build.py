"""Short ways to write policies in tests."""

from __future__ import annotations

import json
from typing import Any

from auditor.policy import Policy

ACCOUNT = "111111111111"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
BUCKET = "arn:aws:s3:::b"
OBJECTS = f"{BUCKET}/*"
LOGS = f"{BUCKET}/AWSLogs/{ACCOUNT}/*"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return Policy.parse(json.dumps({"Version": version, "Statement": list(statements)}))


def statement(effect: str, **elements: Any) -> dict[str, Any]:
    found = {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*", **elements}
    for name in ("Principal", "Action", "Resource"):
        if f"Not{name}" in found:
            del found[name]
    return {name: value for name, value in found.items() if value is not None}


def allow(**elements: Any) -> dict[str, Any]:
    return statement("Allow", **elements)


def deny(**elements: Any) -> dict[str, Any]:
    return statement("Deny", **elements)
