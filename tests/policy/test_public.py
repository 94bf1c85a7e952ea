from __future__ import annotations

from typing import Any

import pytest

from auditor.policy import public_statements

from .build import ACCOUNT, OBJECTS, ROLE, ROOT, allow, deny, policy

POINT = f"arn:aws:s3:us-west-2:{ACCOUNT}:accesspoint/*"


def only(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({}, id="AWS example: * without a condition"),
        pytest.param({"Principal": {"Federated": "graph.facebook.com"}}, id="AWS example: federated"),
        pytest.param(only("StringLike", "aws:SourceVpc", "vpc-*"), id="AWS example: a wildcard"),
        pytest.param({"Principal": {"AWS": "*"}}, id="AWS *"),
        pytest.param({"NotPrincipal": {"AWS": ROLE}}, id="all but one"),
        pytest.param(only("IpAddress", "aws:SourceIp", "0.0.0.0/1"), id="AWS example: a broad range"),
        pytest.param(only("IpAddress", "aws:SourceIp", "10.0.0.0/8", "54.0.0.0/7"), id="one range too broad"),
        pytest.param(only("IpAddress", "aws:SourceIp", "2001:db8::/31"), id="a broad IPv6 range"),
        pytest.param(only("IpAddress", "aws:SourceIp", "nonsense"), id="no range at all"),
        pytest.param(only("StringEquals", "aws:SourceVpc", "vpc-1", "${aws:username}"), id="a variable"),
        pytest.param(only("StringNotEquals", "aws:SourceVpc", "vpc-1"), id="a negated operator"),
        pytest.param(only("StringEqualsIfExists", "aws:SourceVpc", "vpc-1"), id="holds without the key"),
        pytest.param(only("ForAllValues:StringEquals", "aws:SourceVpc", "v"), id="holds without values"),
        pytest.param(only("StringEquals", "aws:UserAgent", "x"), id="a key anyone can set"),
        pytest.param(only("Null", "aws:SourceVpc", "false"), id="any value of a listed key"),
        pytest.param(only("StringEquals", "aws:PrincipalOrgPaths", "o-1/*"), id="an unlisted key, a wildcard"),
        pytest.param(only("StringLike", "aws:userid", "AROAEXAMPLE:*"), id="the pattern AROLEID:*"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::*:root"}}, id="a wildcard in a principal"),
    ],
)
def test_public(elements: dict[str, Any]) -> None:
    (found,) = public_statements(policy(allow(Sid="P", Resource=OBJECTS, **elements)))
    assert (found.sid, found.actions, found.certain) == ("P", ("s3:*",), True)
    assert found.reason.startswith("it grants to ")


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param({"Principal": {"AWS": ROOT}}, id="another account"),
        pytest.param({"Principal": {"Service": "cloudtrail.amazonaws.com"}}, id="a service"),
        pytest.param({"Principal": {"CanonicalUser": "79a5"}}, id="a canonical user"),
        pytest.param({"Principal": None}, id="no principal"),
        pytest.param(only("StringEquals", "aws:SourceVpc", "vpc-91237329"), id="AWS example: a fixed VPC"),
        pytest.param(only("StringEquals", "AWS:PrincipalOrgID", "o-1"), id="an organization"),
        pytest.param(only("ArnLike", "aws:SourceArn", ROLE), id="a fixed ARN"),
        pytest.param(only("IpAddress", "aws:SourceIp", "10.0.0.0/8", "2001:db8::/32"), id="narrow enough"),
        pytest.param(only("StringLike", "s3:DataAccessPointArn", POINT), id="AWS example: access points"),
        pytest.param(only("StringEquals", "aws:userid", "AIDAEXAMPLE"), id="a fixed user id"),
    ],
)
def test_not_public(elements: dict[str, Any]) -> None:
    assert public_statements(policy(allow(**elements))) == ()


@pytest.mark.parametrize(
    "elements",
    [
        pytest.param(only("StringEquals", "aws:SourceOrgID", "o-1"), id="a key the page does not list"),
        pytest.param(only("StringEquals", "aws:userid", "AROAEXAMPLE:me"), id="one session of a role"),
    ],
)
def test_where_the_page_leaves_room_nothing_is_certain(elements: dict[str, Any]) -> None:
    (found,) = public_statements(policy(allow(**elements)))
    assert not found.certain


def test_only_allows_count_and_each_is_named() -> None:
    written = policy(deny(), allow(Sid="A"), allow(Sid="B", Principal={"AWS": ROLE}), allow(NotAction="s3:Put*"))
    found = public_statements(written)
    assert [(grant.sid, grant.actions) for grant in found] == [
        ("A", ("s3:*",)),
        ("statement 4", ("all but s3:Put*",)),
    ]
    assert public_statements(None) == ()
