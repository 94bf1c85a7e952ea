from __future__ import annotations

from typing import Any

import pytest

from auditor.policy import Extent, deny_for_everyone

from .build import ACCOUNT, BUCKET, LOGS, OBJECTS, ROLE, ROOT, allow, deny, policy

EVERYONE, EXCEPT, DEPENDS, NOT_DENIED = Extent
DELETE = "s3:DeleteObject"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
SECURE = {"Bool": {"aws:SecureTransport": "true"}}
MFA = "aws:MultiFactorAuthPresent"


def exempt(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({}, id="everything on everything"),
        pytest.param({"Principal": {"AWS": "*"}}, id="AWS * is everyone"),
        pytest.param({"Principal": {"AWS": ["*", ROLE]}}, id="* beside a role is everyone"),
        pytest.param({"Action": "s3:Delete*"}, id="action wildcard"),
        pytest.param({"Action": ["s3:GetObject", "S3:deleteobject"]}, id="in any capitals"),
        pytest.param({"Action": "*"}, id="every action"),
        pytest.param({"NotAction": ["s3:Get*", "s3:Put*"]}, id="NotAction denies the rest"),
        pytest.param({"Resource": [BUCKET, OBJECTS]}, id="bucket and objects"),
        pytest.param({"Resource": f"{BUCKET}/AWSLogs/*"}, id="a wider prefix"),
        pytest.param({"NotResource": f"{BUCKET}/scratch/*"}, id="NotResource denies the rest"),
        pytest.param(exempt("StringLike", "aws:PrincipalArn", "*"), id="a condition all signed requests meet"),
        pytest.param(exempt("StringLikeIfExists", "aws:userid", "*"), id="a condition all requests meet"),
        pytest.param(exempt("Bool", "aws:SecureTransport", "true", "false"), id="TLS either way"),
    ],
)
def test_one_statement_denies_everyone(elements: dict[str, Any]) -> None:
    found = deny_for_everyone(policy(deny(Sid="D", **elements)), DELETE, LOGS)
    assert (found.extent, found.exceptions, found.because) == (EVERYONE, (), ("D",))


@pytest.mark.parametrize(
    ("elements", "exception"),
    [
        pytest.param(
            {"NotPrincipal": {"AWS": [ROLE, ROOT]}},
            f"principals in NotPrincipal: {ROLE}, {ROOT}",
            id="NotPrincipal",
        ),
        pytest.param({"Principal": {"AWS": ROOT}}, f"principals outside the account {ACCOUNT}", id="account"),
        pytest.param(
            exempt("ArnNotLike", "aws:PrincipalArn", ROLE),
            f"requests where aws:PrincipalArn is like {ROLE}",
            id="ArnNotLike",
        ),
        pytest.param(
            exempt("StringNotEquals", "aws:PrincipalAccount", "1", "2"),
            "requests where aws:PrincipalAccount is 1 or 2",
            id="StringNotEquals",
        ),
        pytest.param(
            exempt("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
            "requests where aws:SourceIp is in 192.0.2.0/24",
            id="NotIpAddress",
        ),
        pytest.param(
            exempt("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", "o-1/*"),
            "requests where aws:PrincipalOrgPaths is like o-1/*, or is absent",
            id="ForAnyValue spares requests without the key",
        ),
        pytest.param(exempt("BoolIfExists", MFA, "false"), f"requests with {MFA} true", id="MFA"),
        pytest.param(exempt("Bool", MFA, "false"), f"requests with {MFA} true or absent", id="MFA without IfExists"),
        pytest.param(
            exempt("Null", "aws:MultiFactorAuthAge", "true"),
            "requests that carry aws:MultiFactorAuthAge",
            id="MFA by its age's absence",
        ),
        pytest.param(
            exempt("NumericGreaterThan", "aws:MultiFactorAuthAge", "3600"),
            "requests where aws:MultiFactorAuthAge is at most 3600 or absent",
            id="MFA by its age",
        ),
        pytest.param(
            {"Resource": f"{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/*"},
            f"resources outside {BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/*",
            id="only part of the prefix",
        ),
        pytest.param(
            {"NotResource": f"{LOGS[:-1]}tmp/*"}, f"resources in {LOGS[:-1]}tmp/*", id="NotResource inside it"
        ),
    ],
)
def test_exceptions_are_named(elements: dict[str, Any], exception: str) -> None:
    found = deny_for_everyone(policy(deny(**elements)), DELETE, LOGS)
    assert (found.extent, found.exceptions) == (EXCEPT, (exception,))
    assert exception in found.reason


@pytest.mark.parametrize(
    ("action", "elements", "exception"),
    [
        ("s3:*", {"Action": "s3:Delete*"}, "actions outside s3:Delete*"),
        ("s3:*", {"NotAction": "s3:Get*"}, "actions in s3:Get*"),
    ],
)
def test_part_of_the_actions_is_an_exception(action: str, elements: dict[str, Any], exception: str) -> None:
    assert deny_for_everyone(policy(deny(**elements)), action, LOGS).exceptions == (exception,)


@pytest.mark.parametrize(
    ("elements", "note"),
    [
        pytest.param({"Principal": {"AWS": ROLE}}, f"statement 1 denies only {ROLE}", id="one role"),
        pytest.param({"Condition": PLAIN}, "denies only where Bool aws:SecureTransport false", id="TLS only"),
        pytest.param(exempt("IpAddress", "aws:SourceIp", "192.0.2.0/24"), "denies only where IpAddress", id="some IPs"),
        pytest.param(exempt("DateLessThan", "aws:CurrentTime", "2020-01-01"), "only where DateLessThan", id="dated"),
        pytest.param(
            exempt("StringNotLike", "aws:PrincipalTag/x", "*"), "only where StringNotLike", id="untagged only"
        ),
        pytest.param(exempt("Bool", MFA, "true"), f"denies only where Bool {MFA} true", id="MFA backwards"),
    ],
)
def test_a_deny_for_some_is_no_deny_for_everyone(elements: dict[str, Any], note: str) -> None:
    found = deny_for_everyone(policy(deny(**elements)), DELETE, LOGS)
    assert found.extent is NOT_DENIED
    assert note in found.notes[0]


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"Action": "s3:DeleteBucket"}, id="another action"),
        pytest.param({"NotAction": "s3:Delete*"}, id="NotAction leaves deleting out"),
        pytest.param({"Resource": BUCKET}, id="the bucket is not its objects"),
        pytest.param({"Resource": f"{BUCKET}/AWSLogs/222222222222/*"}, id="another prefix"),
        pytest.param({"NotPrincipal": "*"}, id="nobody"),
        pytest.param(exempt("StringNotLike", "aws:PrincipalArn", "*"), id="a condition nobody meets"),
    ],
)
def test_a_deny_that_never_applies_counts_for_nothing(elements: dict[str, Any]) -> None:
    found = deny_for_everyone(policy(deny(**elements), allow()), DELETE, LOGS)
    assert (found.extent, found.notes) == (NOT_DENIED, ())
    assert found.reason == "not denied"


@pytest.mark.parametrize(
    ("elements", "hangs_on"),
    [
        pytest.param({"Resource": f"{BUCKET}/${{aws:username}}/*"}, "aws:username", id="a variable"),
        pytest.param({"Principal": None}, "it names no principal", id="no principal"),
        pytest.param(exempt("StringEquals", "aws:SecureTransport", "true"), "a boolean", id="wrong operator"),
        pytest.param(exempt("StringSoundsLike", "k", "v"), "StringSoundsLike", id="unknown operator"),
    ],
)
def test_what_cannot_be_told_is_open(elements: dict[str, Any], hangs_on: str) -> None:
    found = deny_for_everyone(policy(deny(**elements)), DELETE, LOGS)
    assert found.extent is DEPENDS
    assert hangs_on in found.hangs_on[0]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([deny(Condition=PLAIN), deny(Condition=SECURE)], EVERYONE, id="TLS and no TLS"),
        pytest.param([deny(Condition=PLAIN), deny(Condition=PLAIN)], NOT_DENIED, id="no TLS twice"),
        pytest.param(
            [deny(Condition=PLAIN), deny(Condition={**SECURE, "ArnNotLike": {"aws:PrincipalArn": ROLE}})],
            EXCEPT,
            id="no TLS, and TLS with an exception",
        ),
        pytest.param(
            [deny(Resource=f"{BUCKET}/?*"), deny(Resource=f"{BUCKET}/")],
            EVERYONE,
            id="two halves of a bucket",
        ),
        pytest.param(
            [deny(NotPrincipal={"AWS": ROLE}), deny(Action="s3:Delete*")], EVERYONE, id="the wider one speaks"
        ),
    ],
)
def test_statements_count_together(statements: list[dict[str, Any]], expected: Extent) -> None:
    assert deny_for_everyone(policy(*statements), DELETE, OBJECTS).extent is expected


def test_what_is_known_of_the_requests_decides_conditions() -> None:
    denied = policy(deny(Condition=PLAIN))
    known = {"aws:securetransport": "false"}
    assert deny_for_everyone(denied, DELETE, LOGS, context=known).extent is EVERYONE
    mfa = policy(deny(Condition={"BoolIfExists": {MFA: "false"}}))
    assert deny_for_everyone(mfa, DELETE, LOGS, absent=[MFA]).extent is EVERYONE


def test_unsigned_requests_escape_a_condition_on_the_principal() -> None:
    found = deny_for_everyone(policy(deny(Condition={"StringLike": {"aws:PrincipalArn": "*"}})), DELETE, LOGS)
    assert "unsigned requests" in found.notes[0]


def test_root_keeps_its_hands_on_the_bucket_policy() -> None:
    found = deny_for_everyone(policy(deny()), "s3:DeleteBucketPolicy", BUCKET)
    assert found.extent is EXCEPT
    assert "root user" in found.exceptions[0]
    everything = deny_for_everyone(policy(deny()), "s3:*", BUCKET)
    assert everything.extent is EVERYONE
    assert "root user" in everything.notes[0]


def test_no_policy_denies_nothing() -> None:
    assert deny_for_everyone(None, DELETE, LOGS).extent is NOT_DENIED
