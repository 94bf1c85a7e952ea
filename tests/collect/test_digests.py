from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.collect.connection import connect
from auditor.collect.digests import Bucket
from auditor.integrity import MissingError, NotReadError

KMS = "User: a is not authorized to perform: kms:Decrypt on this resource"


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("AccessDenied", "Access Denied", "the permission s3:GetObject is missing"),
        ("AccessDenied", KMS, "the permission kms:Decrypt is missing"),
        ("InvalidObjectState", "It is archived.", "InvalidObjectState: It is archived"),
        ("NoSuchBucket", "", "NoSuchBucket"),
    ],
)
def test_why_a_file_could_not_be_read_is_told(
    code: str, message: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = Bucket(connect(region="us-east-1"), "us-east-1")
    error = ClientError({"Error": {"Code": code, "Message": message}}, "GetObject")

    def refuse(**_: Any) -> None:
        raise error

    client = type("Client", (), {"get_object": staticmethod(refuse)})()
    monkeypatch.setattr("auditor.collect.connection.Connection.client", lambda *_, **__: client)
    with pytest.raises(NotReadError, match=told):
        bucket.read("b", "k")
    error.response["Error"]["Code"] = "NoSuchKey"
    with pytest.raises(MissingError):
        list(bucket.pieces("b", "k"))
