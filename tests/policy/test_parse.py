from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy import Effect, Policy, PolicyError, Principals

MINIMAL = '{"Effect": "Allow", "Action": "s3:GetObject"}'


def test_single_values_and_a_single_statement_are_taken_as_lists() -> None:
    found = Policy.parse(
        '{"Statement": {"Effect": "Deny", "Principal": {"AWS": "111111111111"}, "Action": "S3:getObject",'
        ' "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": false},'
        ' "NumericLessThan": {"s3:TlsVersion": 1.2}}}}'
    )
    (only,) = found.statements
    assert found.version == "2008-10-17"
    assert (only.sid, only.effect) == ("statement 1", Effect.DENY)
    assert only.principal == Principals(aws=("111111111111",))
    assert only.actions == ("S3:getObject",)
    assert only.not_resources is None
    assert [condition.values for condition in only.conditions] == [("false",), ("1.2",)]


def test_what_is_parsed_is_frozen() -> None:
    found = Policy.parse(f'{{"Statement": [{MINIMAL}]}}')
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.version = "2012-10-17"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("[]", "the policy must be a JSON object, not a list"),
        ('{"Statement": NaN}', "not valid JSON: NaN"),
        ("[" * 100_000, "nested too deeply"),
        ('{"Version": "2012-10-17"}', "no Statement"),
        ('{"Version": "2013-01-01", "Statement": []}', "Version must be one of"),
        ('{"Version": 7, "Statement": []}', "Version must be a string, not a number"),
        ('{"Statement": [], "Statement": []}', "'Statement' stands twice"),
        ('{"Statement": [null]}', "statement 1 must be a JSON object, not null"),
        ('{"Statement": [], "Extra": 1}', "the policy has an unknown element: Extra"),
        ('{"Statement": {"Effect": "Allow"}}', "neither Action nor NotAction"),
        ('{"Statement": {"Effect": "allow", "Action": "*"}}', "must be Allow or Deny, not 'allow'"),
        ('{"Statement": {"Action": "*"}}', "Effect of statement 1 must be a string, not null"),
        ('{"Statement": {"Effect": "Deny", "Action": []}}', "Action of statement 1 must not be empty"),
        ('{"Statement": {"Effect": "Deny", "Action": [true]}}', "must be a string, not a boolean"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Acton": "*"}}', "unknown element: Acton"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "NotAction": "*"}}', "both Action and NotAction"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Principal": "root"}}', "an object or '*'"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Principal": {}}}', "must not be empty"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Principal": {"Aws": "*"}}}', "element: Aws"),
        ('{"Statement": {"Effect": "Deny", "Action": "*", "Condition": []}}', "a JSON object, not a list"),
        (
            '{"Statement": {"Effect": "Deny", "Action": "*", "Condition": {"Bool": {"k": {}}}}}',
            "Bool k of statement 1 must be a string, not an object",
        ),
    ],
)
def test_what_aws_would_refuse_is_an_error(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        Policy.parse(text)


def test_what_is_no_string_is_an_error() -> None:
    with pytest.raises(PolicyError, match="not from dict"):
        Policy.parse({})  # type: ignore[arg-type]


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Action", "Principal", "AWS", "Condition", "Bool"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.builds(lambda tree: {"Statement": tree}, trees))
def test_any_json_is_read_or_refused_with_our_own_error(document: object) -> None:
    with contextlib.suppress(PolicyError):
        assert Policy.parse(json.dumps(document)).version == "2008-10-17"
