"""The package against the concrete evaluator of oracle.py on small random policies."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.policy import Extent, Outcome, Policy, Principal, Request, decide, deny_for_everyone

from .oracle import ACCOUNTS, OTHER, ROOT, SERVICE, USER, Call, Document, fits, verdict

KEYS = ("k:one", "k:two")
# Every way an unknown key can turn out: absent, one of the letters in the policies, or none of them.
WAYS: tuple[tuple[str, ...], ...] = ((), ("a",), ("b",), ("zz",))
RESOURCES = ("r/", "r/x", "r/y", "r/xy", "q")
OUTCOMES = {Outcome.ALLOWED: {"allow"}, Outcome.DENIED: {"deny"}, Outcome.IMPLICITLY_DENIED: {"neither"}}
OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotLikeIfExists",
    "ForAnyValue:StringEquals",
    "ForAllValues:StringLike",
    "ForAllValues:StringNotEquals",
]

# Broad choices come first and often: a random policy would else hardly ever speak of the request.
principals = st.one_of(
    st.just({"Principal": "*"}),
    st.just({"Principal": "*"}),
    st.just({"Principal": "*"}),
    st.just({"Principal": {"AWS": [USER], "Service": [SERVICE]}}),
    st.just({"Principal": {"AWS": [OTHER]}}),
    st.just({"NotPrincipal": {"AWS": [OTHER, "222222222222"]}}),
)
values = st.lists(st.sampled_from(["a", "b", "*", "?"]), min_size=1, max_size=2)
conditions = st.one_of(
    st.dictionaries(st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(KEYS), values, min_size=1), max_size=2),
    st.builds(lambda key, value: {"Null": {key: [value]}}, st.sampled_from(KEYS), st.sampled_from(["true", "false"])),
)


def element(name: str, choices: list[str]) -> st.SearchStrategy[Document]:
    listed = st.lists(st.sampled_from(choices), min_size=1, max_size=2)
    named = listed.map(lambda items: {name: items})
    return st.one_of(st.just({name: ["*"]}), named, named, listed.map(lambda items: {f"Not{name}": items}))


statements = st.builds(
    lambda effect, who, action, resource, condition: {
        "Effect": effect,
        **who,
        **action,
        **resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    principals,
    element("Action", ["s3:GetObject", "S3:putobject", "s3:*", "s3:Get*", "*"]),
    element("Resource", ["*", "r/*", "r/x*", "r/?", "q"]),
    conditions,
)
documents = st.builds(
    lambda items: {"Version": "2012-10-17", "Statement": items}, st.lists(statements, min_size=2, max_size=3)
)


def principal(who: str) -> Principal:
    return Principal.aws(ACCOUNTS[who], who) if who in ACCOUNTS else Principal.service(who)


def completions(known: dict[str, tuple[str, ...]]) -> list[dict[str, tuple[str, ...]]]:
    ways = [[known[key]] if key in known else list(WAYS) for key in KEYS]
    return [dict(zip(KEYS, way, strict=True)) for way in itertools.product(*ways)]


@given(
    documents,
    st.sampled_from([USER, OTHER, SERVICE]),
    st.sampled_from(["s3:GetObject", "s3:PutObject"]),
    st.sampled_from(["r/x", "q", "r/*", "r/x?", "*"]),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(WAYS)),
)
@settings(max_examples=600, deadline=None)
def test_a_definite_answer_holds_for_every_completion(
    document: Document, who: str, action: str, resource: str, known: dict[str, tuple[str, ...]]
) -> None:
    given_values = {key: value for key, value in known.items() if value}
    absent = [key for key, value in known.items() if not value]
    found = decide(Policy.parse(json.dumps(document)), Request(principal(who), action, resource, given_values, absent))
    inside = [text for text in RESOURCES if fits(resource, text)]
    real = {verdict(document, Call(who, action, text, context)) for text in inside for context in completions(known)}
    assert real <= OUTCOMES.get(found.outcome, real), found
    assert found.may_be_allowed or "allow" not in real
    assert bool(found.hangs_on) is (found.outcome is Outcome.DEPENDS)
    if len(known) == len(KEYS) and resource in inside:
        assert found.outcome is not Outcome.DEPENDS


TLS: dict[str, Any] = {"Bool": {"aws:SecureTransport": ["false"]}}
tls_conditions = st.sampled_from([{}, {}, TLS, {"Bool": {"aws:SecureTransport": ["true"]}}])


@given(
    st.lists(
        st.builds(
            lambda item, extra: {**item, "Effect": "Deny", "Condition": {**item["Condition"], **extra}},
            statements,
            tls_conditions,
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["s3:GetObject", "s3:PutObject"]),
    st.sampled_from(["r/x", "r/*", "*"]),
)
@settings(max_examples=300, deadline=None)
def test_a_denial_of_everyone_denies_everyone_in_every_case(items: list[Document], action: str, resource: str) -> None:
    document = {"Version": "2012-10-17", "Statement": items}
    found = deny_for_everyone(Policy.parse(json.dumps(document)), action, resource)
    inside = [text for text in RESOURCES if fits(resource, text)]
    real = {
        verdict(document, Call(who, action, text, {**context, "aws:securetransport": (tls,)}))
        for who in (USER, OTHER, ROOT, SERVICE)
        for text in inside
        for context in completions({})
        for tls in ("true", "false")
    }
    if found.extent is Extent.EVERYONE:
        assert real == {"deny"}, found
    assert bool(found.exceptions) is (found.extent is Extent.EXCEPT)
    assert bool(found.hangs_on) is (found.extent is Extent.DEPENDS)
    if real == {"neither"}:
        assert found.extent is Extent.NOT_DENIED or found.exceptions
