from __future__ import annotations

from typing import Any

import pytest

from auditor.policy import Outcome, Principal, Request, decide, identity_allows

from .build import ACCOUNT, BUCKET, LOGS, ROLE, ROOT, allow, deny, policy

ALLOWED, DENIED, IMPLICIT, DEPENDS = Outcome
TRAIL = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/t"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
CLOUDTRAIL = Principal.service("cloudtrail.amazonaws.com")
CLOUDWATCH = Principal.service("cloudwatch.amazonaws.com")
ANA = Principal.aws(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ana")
GLASS = Principal.aws(ACCOUNT, ROLE)
SESSION = Principal.aws(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/break-glass/me")
ACCOUNT_ROOT = Principal.aws(ACCOUNT, ROOT)
STRANGER = Principal.aws("222222222222", "arn:aws:iam::222222222222:user/eve")
NOBODY = Principal.anonymous()
SERVICE = {"Service": "cloudtrail.amazonaws.com"}
OWNER = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}


@pytest.mark.parametrize(
    ("principal", "asker", "expected"),
    [
        pytest.param("*", NOBODY, ALLOWED, id="* is everyone, anonymous too"),
        pytest.param("*", CLOUDTRAIL, ALLOWED, id="* takes in services"),
        pytest.param({"AWS": "*"}, NOBODY, ALLOWED, id="AWS * is the same for anonymous"),
        pytest.param({"AWS": "*"}, STRANGER, ALLOWED, id="AWS * is every identity"),
        pytest.param({"AWS": "*"}, CLOUDTRAIL, DEPENDS, id="AWS * and a service outside SNS, SQS is open"),
        pytest.param(SERVICE, CLOUDTRAIL, ALLOWED, id="the service itself"),
        pytest.param(SERVICE, CLOUDWATCH, IMPLICIT, id="another service"),
        pytest.param(SERVICE, ANA, IMPLICIT, id="a user is no service"),
        pytest.param({"Service": "cloudtrail.eu-west-1.amazonaws.com"}, CLOUDTRAIL, DEPENDS, id="regional"),
        pytest.param({"AWS": ROOT}, CLOUDTRAIL, IMPLICIT, id="root does not take in a service"),
        pytest.param({"AWS": ROOT}, ACCOUNT_ROOT, ALLOWED, id="root itself"),
        pytest.param({"AWS": ACCOUNT}, ACCOUNT_ROOT, ALLOWED, id="the account id is its root"),
        pytest.param({"AWS": ROOT}, ANA, DEPENDS, id="the account delegates to identity policies"),
        pytest.param({"AWS": ROOT}, STRANGER, IMPLICIT, id="another account"),
        pytest.param({"AWS": ROLE}, GLASS, ALLOWED, id="the role"),
        pytest.param({"AWS": ROLE}, SESSION, ALLOWED, id="a session of the role"),
        pytest.param({"AWS": ROLE}, ANA, IMPLICIT, id="someone else"),
        pytest.param({"AWS": "AROAEXAMPLEEXAMPLEXX"}, GLASS, DEPENDS, id="a unique id may be anyone's"),
        pytest.param({"CanonicalUser": "79a5"}, GLASS, DEPENDS, id="a canonical id may be anyone's"),
        pytest.param({"Federated": "graph.facebook.com"}, GLASS, IMPLICIT, id="a federated principal"),
        pytest.param(None, ANA, DEPENDS, id="no principal in a resource policy"),
    ],
)
def test_principal_of_an_allow(principal: Any, asker: Principal, expected: Outcome) -> None:
    found = decide(policy(allow(Principal=principal)), Request(asker, "s3:GetObject", LOGS))
    assert found.outcome is expected


@pytest.mark.parametrize(
    ("spared", "asker", "expected"),
    [
        pytest.param([ROLE, ROOT], GLASS, IMPLICIT, id="role and account listed: spared"),
        pytest.param([ROLE], GLASS, DEPENDS, id="without its account AWS might deny"),
        pytest.param([ROOT], GLASS, DEPENDS, id="only the account listed"),
        pytest.param([ROOT], ACCOUNT_ROOT, IMPLICIT, id="root itself is spared"),
        pytest.param([ROLE, ROOT], STRANGER, DENIED, id="everyone else is denied"),
        pytest.param([ROLE, ROOT], CLOUDTRAIL, DENIED, id="services too"),
        pytest.param([ROLE, ROOT], NOBODY, DENIED, id="anonymous too"),
        pytest.param("*", ANA, IMPLICIT, id="everyone is spared"),
    ],
)
def test_not_principal_of_a_deny(spared: Any, asker: Principal, expected: Outcome) -> None:
    found = decide(policy(deny(NotPrincipal={"AWS": spared})), Request(asker, "s3:GetObject", LOGS))
    assert found.outcome is expected


def test_an_account_in_a_deny_is_everyone_of_it() -> None:
    denied = policy(deny(Principal={"AWS": ROOT}))
    assert decide(denied, Request(ANA, "s3:GetObject", LOGS)).outcome is DENIED


@pytest.mark.parametrize(
    ("elements", "action", "expected"),
    [
        pytest.param({"Action": "S3:getobject"}, "s3:GetObject", ALLOWED, id="actions have no case"),
        pytest.param({"Action": "s3:Get*"}, "s3:GetObject", ALLOWED, id="wildcard"),
        pytest.param({"Action": "s3:Get?bject"}, "s3:GetObject", ALLOWED, id="question mark"),
        pytest.param({"Action": "*"}, "s3:GetObject", ALLOWED, id="every action"),
        pytest.param({"Action": "s3:Put*"}, "s3:GetObject", IMPLICIT, id="another action"),
        pytest.param({"NotAction": "s3:Put*"}, "s3:GetObject", ALLOWED, id="NotAction takes in the rest"),
        pytest.param({"NotAction": "s3:Get*"}, "s3:GetObject", IMPLICIT, id="NotAction leaves out"),
        pytest.param({"Action": "s3:Get*"}, "s3:*", DEPENDS, id="only part of what is asked"),
        pytest.param({"NotAction": "s3:Get*"}, "s3:*", DEPENDS, id="NotAction takes only part away"),
    ],
)
def test_actions(elements: dict[str, Any], action: str, expected: Outcome) -> None:
    assert decide(policy(allow(**elements)), Request(ANA, action, LOGS)).outcome is expected


@pytest.mark.parametrize(
    ("elements", "resource", "expected"),
    [
        pytest.param({"Resource": f"{BUCKET}/*"}, f"{BUCKET}/x", ALLOWED, id="objects of the bucket"),
        pytest.param({"Resource": f"{BUCKET}/*"}, BUCKET, IMPLICIT, id="the bucket is none of its objects"),
        pytest.param({"Resource": f"{BUCKET}/X"}, f"{BUCKET}/x", IMPLICIT, id="resources have case"),
        pytest.param({"Resource": LOGS}, f"{BUCKET}/*", DEPENDS, id="only part of what is asked"),
        pytest.param({"NotResource": LOGS}, f"{BUCKET}/x", ALLOWED, id="NotResource takes in the rest"),
        pytest.param({"NotResource": LOGS}, LOGS, IMPLICIT, id="NotResource leaves out"),
        pytest.param({"Resource": f"{BUCKET}/${{aws:username}}/*"}, f"{BUCKET}/a/x", DEPENDS, id="variable"),
        pytest.param({"Resource": f"{BUCKET}/a${{*}}"}, f"{BUCKET}/ab", IMPLICIT, id="${*} is literal"),
        pytest.param({"Resource": None}, BUCKET, ALLOWED, id="no Resource: what the policy hangs on"),
    ],
)
def test_resources(elements: dict[str, Any], resource: str, expected: Outcome) -> None:
    assert decide(policy(allow(**elements)), Request(ANA, "s3:GetObject", resource)).outcome is expected


def test_a_variable_hangs_on_its_key() -> None:
    request = Request(ANA, "s3:GetObject", f"{BUCKET}/a/x")
    found = decide(policy(allow(Resource=f"{BUCKET}/${{aws:username}}/*")), request)
    assert found.hangs_on == ("aws:username",)


IF_A = {"StringEquals": {"k:a": "1"}}
IF_B = {"StringEquals": {"k:b": "1"}}


@pytest.mark.parametrize(
    ("statements", "context", "expected", "because", "hangs_on"),
    [
        pytest.param([], {}, IMPLICIT, (), (), id="nothing allows"),
        pytest.param([allow(Sid="A")], {}, ALLOWED, ("A",), (), id="allowed"),
        pytest.param([allow(), deny(Sid="D")], {}, DENIED, ("D",), (), id="explicit deny wins"),
        pytest.param(
            [allow(), deny(Condition=IF_A)],
            {},
            DEPENDS,
            ("statement 2", "statement 1"),
            ("k:a",),
            id="a deny that may apply makes an allow depend",
        ),
        pytest.param([allow(), deny(Condition=IF_A)], {"K:A": "2"}, ALLOWED, ("statement 1",), (), id="not this time"),
        pytest.param(
            [allow(Condition=IF_A), allow(Condition=IF_B)],
            {},
            DEPENDS,
            ("statement 1", "statement 2"),
            ("k:a", "k:b"),
            id="two allows that may apply",
        ),
        pytest.param(
            [allow(Condition=IF_A), allow()], {}, ALLOWED, ("statement 2",), (), id="one sure allow is enough"
        ),
        pytest.param([deny(Condition=IF_A), deny(Sid="D")], {}, DENIED, ("D",), (), id="one sure deny is enough"),
    ],
)
def test_statements_together(
    statements: list[dict[str, Any]],
    context: dict[str, str],
    expected: Outcome,
    because: tuple[str, ...],
    hangs_on: tuple[str, ...],
) -> None:
    found = decide(policy(*statements), Request(ANA, "s3:GetObject", LOGS, context))
    assert (found.outcome, found.because, found.hangs_on) == (expected, because, hangs_on)


def test_only_a_deny_that_may_apply_leaves_no_way_to_be_allowed() -> None:
    found = decide(policy(deny(Condition=IF_A)), Request(ANA, "s3:GetObject", LOGS))
    assert found.outcome is DEPENDS
    assert not found.may_be_allowed
    assert found.reason == "depends by statement 1 on k:a"


def test_no_policy_allows_nothing() -> None:
    assert decide(None, Request(NOBODY, "s3:GetObject", LOGS)).outcome is IMPLICIT


def test_the_bucket_policy_of_the_cloudtrail_guide_lets_its_own_trail_write() -> None:
    source = {"StringEquals": {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}}
    written = policy(allow(Principal=SERVICE, Action="s3:PutObject", Resource=LOGS, Condition=source))
    known = {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}
    assert decide(written, Request(CLOUDTRAIL, "s3:PutObject", LOGS, known)).outcome is ALLOWED
    other = {**known, "aws:SourceArn": f"{TRAIL}2"}
    assert decide(written, Request(CLOUDTRAIL, "s3:PutObject", LOGS, other)).outcome is IMPLICIT


@pytest.mark.parametrize(("owner", "expected"), [(ACCOUNT, ALLOWED), ("222222222222", IMPLICIT), (None, DEPENDS)])
def test_the_default_topic_policy_lets_alarms_of_its_account_publish(owner: str | None, expected: Outcome) -> None:
    default = policy(
        allow(Principal={"AWS": "*"}, Action="SNS:Publish", Resource=TOPIC, Condition=OWNER),
        version="2008-10-17",
    )
    known = {"aws:SourceOwner": owner} if owner else {}
    assert decide(default, Request(CLOUDWATCH, "sns:Publish", TOPIC, known)).outcome is expected


def test_an_organization_condition_shuts_a_service_out() -> None:
    written = policy(allow(Action="sns:Publish", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))
    assert decide(written, Request(CLOUDWATCH, "sns:Publish", TOPIC)).outcome is IMPLICIT


def test_a_key_policy_for_root_alone_gives_a_service_nothing() -> None:
    written = policy(allow(Principal={"AWS": ROOT}, Action="kms:*"))
    assert decide(written, Request(CLOUDWATCH, "kms:Decrypt", KEY)).outcome is IMPLICIT


def test_what_follows_from_the_principal_may_be_overruled() -> None:
    written = policy(allow(Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}))
    assert decide(written, Request(GLASS, "s3:GetObject", LOGS)).outcome is ALLOWED
    assert decide(written, Request(SESSION, "s3:GetObject", LOGS)).outcome is DEPENDS
    told = {"aws:PrincipalArn": ROLE}
    assert decide(written, Request(SESSION, "s3:GetObject", LOGS, told)).outcome is ALLOWED
    assert decide(written, Request(NOBODY, "s3:GetObject", LOGS)).outcome is IMPLICIT
    hidden = Request(GLASS, "s3:GetObject", LOGS, absent=["AWS:principalarn"])
    assert decide(written, hidden).outcome is IMPLICIT


STREAMS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:NAME:log-stream:{ACCOUNT}_CloudTrail_us-east-1*"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param([STREAMS], ALLOWED, id="as the CloudTrail guide writes it"),
        pytest.param([f"arn:aws:logs:*:{ACCOUNT}:log-group:NAME:*"], ALLOWED, id="the whole group"),
        pytest.param(["*"], ALLOWED, id="everything"),
        pytest.param([STREAMS.replace("east-1*", "east-1_x")], DEPENDS, id="only some of the streams"),
        pytest.param([STREAMS.replace("NAME", "OTHER")], IMPLICIT, id="another group"),
        pytest.param([STREAMS.replace("*", "?*"), STREAMS.replace("*", "")], ALLOWED, id="all, in two parts"),
    ],
)
def test_a_role_may_write_every_stream_asked_for(resources: list[str], expected: Outcome) -> None:
    role = policy(allow(Principal=None, Action="logs:PutLogEvents", Resource=resources))
    found = identity_allows([role], Request(GLASS, "logs:PutLogEvents", STREAMS))
    assert found.outcome is expected


def test_identity_policies_count_together_and_name_no_principal() -> None:
    grant, bar = policy(allow(Principal=None)), policy(deny(Principal=None, Sid="Bar"))
    request = Request(GLASS, "s3:GetObject", LOGS)
    assert identity_allows([grant, bar], request).because == ("Bar",)
    assert identity_allows([], request).outcome is IMPLICIT
    assert identity_allows([policy(allow())], request).outcome is DEPENDS
