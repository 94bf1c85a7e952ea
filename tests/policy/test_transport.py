from __future__ import annotations

from typing import Any

import pytest

from auditor.policy import Extent, denies_without_tls

from .build import BUCKET, OBJECTS, ROLE, allow, deny, policy

EVERYONE, EXCEPT, DEPENDS, NOT_DENIED = Extent
BOTH = [BUCKET, OBJECTS]
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
OLD = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([deny(Resource=BOTH, Condition=PLAIN)], EVERYONE, id="as the S3 guide writes it"),
        pytest.param([deny(Condition={"BoolIfExists": {"AWS:securetransport": [False]}})], EVERYONE, id="IfExists"),
        pytest.param([deny(Resource=f"{BUCKET}*", Condition=PLAIN)], EVERYONE, id="one pattern for both"),
        pytest.param(
            [deny(Resource=BUCKET, Condition=PLAIN), deny(Resource=OBJECTS, Condition=PLAIN)],
            EVERYONE,
            id="a statement for each",
        ),
        pytest.param([deny(Principal={"AWS": "*"}, Condition=PLAIN)], EVERYONE, id="AWS *"),
        pytest.param([deny()], EVERYONE, id="denied with or without TLS"),
        pytest.param([deny(Resource=OBJECTS, Condition=PLAIN)], NOT_DENIED, id="the bucket is left out"),
        pytest.param([deny(Resource=BUCKET, Condition=PLAIN)], NOT_DENIED, id="the objects are left out"),
        pytest.param([deny(Principal={"AWS": ROLE}, Condition=PLAIN)], NOT_DENIED, id="one role only"),
        pytest.param([deny(Condition={"Bool": {"aws:SecureTransport": "true"}})], NOT_DENIED, id="backwards"),
        pytest.param([allow(Condition={"Bool": {"aws:SecureTransport": "true"}})], NOT_DENIED, id="an allow"),
        pytest.param([deny(Action="s3:GetObject", Condition=PLAIN)], EXCEPT, id="some actions only"),
        pytest.param(
            [deny(Condition={**PLAIN, "ArnNotLike": {"aws:PrincipalArn": ROLE}})], EXCEPT, id="but for a role"
        ),
        pytest.param([deny(Condition={"StringEquals": {"aws:SecureTransport": "false"}})], DEPENDS, id="StringEquals"),
        pytest.param([deny(Condition=OLD)], DEPENDS, id="old TLS only"),
    ],
)
def test_denial_without_tls(statements: list[dict[str, Any]], expected: Extent) -> None:
    assert denies_without_tls(policy(*statements), BUCKET).extent is expected


def test_what_is_left_out_is_noted() -> None:
    found = denies_without_tls(policy(deny(Resource=OBJECTS, Condition=PLAIN)), BUCKET)
    assert found.notes[-1] == f"requests to the bucket at {BUCKET} are not denied"


def test_old_tls_is_noted_beside_no_tls_and_questioned_alone() -> None:
    both = denies_without_tls(policy(deny(Sid="No", Condition=PLAIN), deny(Condition=OLD)), BUCKET)
    assert both.because == ("No",)
    assert both.notes[-1] == "TLS 1.1 is denied too"
    alone = denies_without_tls(policy(deny(Condition=OLD)), BUCKET)
    assert alone.hangs_on == ("whether a request without TLS carries s3:TlsVersion",)


def test_a_bucket_without_a_policy_denies_nothing() -> None:
    assert denies_without_tls(None, BUCKET).extent is NOT_DENIED
