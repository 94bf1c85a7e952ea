from __future__ import annotations

import pytest

from auditor.policy.conditions import holds
from auditor.policy.model import Condition
from auditor.policy.operators import Language
from auditor.policy.request import Facts
from auditor.policy.ternary import Truth

YES, NO, MAYBE = Truth.YES, Truth.NO, Truth.MAYBE
ABSENT = ()
UNKNOWN = None
ALARM = "arn:aws:cloudwatch:us-east-1:111111111111:alarm:x:y"


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        pytest.param("StringEquals", "a", ("a",), YES, id="StringEquals is exact"),
        pytest.param("StringEquals", "A", ("a",), NO, id="StringEquals has case"),
        pytest.param("StringEquals", "*", ("a",), NO, id="StringEquals has no wildcards"),
        pytest.param("stringequals", "a", ("a",), YES, id="operator names have no case"),
        pytest.param("StringEqualsIgnoreCase", "A", ("a",), YES, id="IgnoreCase"),
        pytest.param("StringNotEqualsIgnoreCase", "A", ("a",), NO, id="Not IgnoreCase"),
        pytest.param("StringLike", "a*?", ("abc",), YES, id="StringLike has wildcards"),
        pytest.param("StringNotLike", "a*", ("b",), YES, id="StringNotLike"),
        pytest.param("StringNotEquals", ("a", "b"), ("b",), NO, id="values of a negated operator are NOR"),
        pytest.param("StringEquals", ("a", "b"), ("b",), YES, id="values of an operator are OR"),
        pytest.param("StringEquals", "a", ABSENT, NO, id="absent key does not match"),
        pytest.param("StringNotEquals", "a", ABSENT, YES, id="negated operator matches an absent key"),
        pytest.param("NotIpAddress", "10.0.0.0/8", ABSENT, YES, id="NotIpAddress matches an absent key"),
        pytest.param("StringEqualsIfExists", "a", ABSENT, YES, id="IfExists holds on an absent key"),
        pytest.param("StringEqualsIfExists", "a", ("b",), NO, id="IfExists decides on a present key"),
        pytest.param("StringEquals", "a", UNKNOWN, MAYBE, id="unknown key is open"),
        pytest.param("StringNotEquals", "a", UNKNOWN, MAYBE, id="unknown key is open when negated"),
        pytest.param("StringLike", "*", UNKNOWN, MAYBE, id="unknown key may be absent, then * fails"),
        pytest.param("StringLikeIfExists", "*", UNKNOWN, YES, id="any value or none holds"),
        pytest.param("ArnEquals", "arn:aws:cloudwatch:*:111111111111:alarm:*", (ALARM,), YES, id="ArnEquals"),
        pytest.param("ArnLike", "arn:aws:cloudwatch:*", (ALARM,), MAYBE, id="four parts are no ARN"),
        pytest.param("ArnLike", "arn:aws:*:111111111111:x:y:*", (ALARM,), NO, id="no * over a colon"),
        pytest.param("ArnNotLike", "arn:aws:sns:*:*:*", (ALARM,), YES, id="ArnNotLike"),
        pytest.param("ArnLike", "arn:aws:sns:*:*:*", ("vpc-1",), NO, id="a value that is no ARN"),
        pytest.param("NumericLessThan", "1.2", ("1.1",), YES, id="NumericLessThan"),
        pytest.param("NumericLessThan", "1.2", ("1.20",), NO, id="numbers, not texts"),
        pytest.param("NumericGreaterThanEquals", "10", ("9",), NO, id="NumericGreaterThanEquals"),
        pytest.param("NumericNotEquals", "10", ("10.0",), NO, id="NumericNotEquals"),
        pytest.param("NumericEquals", "x", ("1",), MAYBE, id="a value that is no number"),
        pytest.param("NumericEquals", "NaN", ("NaN",), MAYBE, id="NaN is no number"),
        pytest.param("DateLessThan", "2030-01-01T00:00:00Z", ("2029-01-01",), YES, id="DateLessThan"),
        pytest.param("DateGreaterThan", "2030-01-01T01:00:00+01:00", ("1893456000",), NO, id="epoch, zone"),
        pytest.param("DateEquals", "soon", ("2029-01-01",), MAYBE, id="a value that is no date"),
        pytest.param("Bool", "TRUE", ("true",), YES, id="Bool has no case"),
        pytest.param("BinaryEquals", "QQ==", ("QQ==",), MAYBE, id="BinaryEquals is open"),
        pytest.param("BinaryEquals", "QQ==", ABSENT, NO, id="BinaryEquals on an absent key"),
        pytest.param("IpAddress", "10.0.0.0/8", ("10.1.2.3",), YES, id="IpAddress in a range"),
        pytest.param("IpAddress", "10.0.0.5", ("10.0.0.5",), YES, id="no prefix means /32"),
        pytest.param("NotIpAddress", "10.0.0.0/8", ("2001:db8::1",), YES, id="IPv6 is in no IPv4 range"),
        pytest.param("IpAddress", "10.0.0.0/99", ("10.1.2.3",), MAYBE, id="a value that is no range"),
        pytest.param("Null", "true", ABSENT, YES, id="Null true asks for absence"),
        pytest.param("Null", "false", ABSENT, NO, id="Null false asks for presence"),
        pytest.param("Null", "false", ("a",), YES, id="Null false on a present key"),
        pytest.param("Null", "true", UNKNOWN, MAYBE, id="Null on an unknown key"),
        pytest.param("Null", ("true", "false"), UNKNOWN, YES, id="Null either way"),
        pytest.param("Null", "perhaps", ABSENT, MAYBE, id="Null with another value"),
        pytest.param("NullIfExists", "true", ABSENT, MAYBE, id="Null takes no IfExists"),
        pytest.param("ForAnyValue:StringEquals", "a", ("a", "b"), YES, id="ForAnyValue: one is enough"),
        pytest.param("ForAnyValue:StringNotEquals", "a", ("a", "b"), YES, id="ForAnyValue negated"),
        pytest.param("ForAnyValue:StringEquals", "a", ABSENT, NO, id="ForAnyValue fails without values"),
        pytest.param("ForAllValues:StringLike", "k*", ("k1", "k2"), YES, id="ForAllValues: each"),
        pytest.param("ForAllValues:StringLike", "k*", ("k1", "x"), NO, id="ForAllValues: one fails"),
        pytest.param("ForAllValues:StringNotLike", "k*", ("k1", "x"), NO, id="ForAllValues negated"),
        pytest.param("ForAllValues:StringLike", "k*", ABSENT, YES, id="ForAllValues holds without values"),
        pytest.param("StringEquals", "a", ("a", "b"), MAYBE, id="several values want a set operator"),
        pytest.param("StringSoundsLike", "a", ("a",), MAYBE, id="an operator nobody documents"),
    ],
)
def test_operators(
    operator: str, wanted: str | tuple[str, ...], actual: tuple[str, ...] | None, expected: Truth
) -> None:
    values = (wanted,) if isinstance(wanted, str) else wanted
    facts = Facts.of({"K:ey": actual} if actual else {}, ["K:ey"] if actual == ABSENT else [])
    found = holds(Condition(operator, "k:EY", values), Language(facts, variables=True))
    assert found.truth is expected
    assert bool(found.hangs_on) is (expected is MAYBE)


@pytest.mark.parametrize(
    ("wanted", "username", "variables", "expected"),
    [
        pytest.param("home/${aws:username}", ("ana",), True, YES, id="a known variable is filled in"),
        pytest.param("home/${aws:username}", ("bob",), True, NO, id="and then compared"),
        pytest.param("home/${aws:username}", UNKNOWN, True, MAYBE, id="an unknown one is open"),
        pytest.param("house/${aws:username}", UNKNOWN, True, NO, id="unless nothing could match"),
        pytest.param("home/${aws:username}", ABSENT, True, MAYBE, id="absent without a default"),
        pytest.param("home/${aws:username, 'ana'}", ABSENT, True, YES, id="absent with a default"),
        pytest.param("home/${aws:username}", ("ana",), False, NO, id="plain text before 2012-10-17"),
        pytest.param("home${?}ana", UNKNOWN, True, NO, id="${?} is a question mark"),
    ],
)
def test_policy_variables(wanted: str, username: tuple[str, ...] | None, variables: bool, expected: Truth) -> None:
    known = {"s3:prefix": ("home/ana",)} | ({"aws:username": username} if username else {})
    facts = Facts.of(known, ["aws:username"] if username == ABSENT else [])
    assert holds(Condition("StringLike", "s3:prefix", (wanted,)), Language(facts, variables)).truth is expected
    arn = Facts.of({**facts.known, "aws:sourcearn": ("arn:a:b:c:d:home/ana",)}, facts.absent)
    found = holds(Condition("ArnLike", "aws:SourceArn", (f"arn:a:b:c:d:{wanted}",)), Language(arn, variables))
    assert found.truth is expected


def test_a_boolean_key_under_a_string_operator_is_open() -> None:
    facts = Facts.of({"aws:SecureTransport": "false"})
    condition = Condition("StringEquals", "aws:SecureTransport", ("false",))
    assert holds(condition, Language(facts, variables=True)).truth is MAYBE
