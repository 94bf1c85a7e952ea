from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_topic
from auditor.demo.trail_parts import document
from tests.aws.account import Account

THEIRS = "444455556666"
ROLE = f"arn:aws:iam::{THEIRS}:role/security/audit"


def make_role(account: Account, *, principal: str = "123456789012", **condition: Any) -> Account:
    """Makes the role in another account, and gives that account."""
    theirs = account.other(THEIRS)
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **condition}
    trust = {"Path": "/security/", "RoleName": "audit", "AssumeRolePolicyDocument": document(statement)}
    theirs.client("iam").create_role(**trust)
    return theirs


def refused(account: Account, role: str = ROLE, code: str = "AccessDenied", **asked: Any) -> str:
    with pytest.raises(ClientError, match=code) as caught:
        account.client("sts").assume_role(**{"RoleArn": role, "RoleSessionName": "audit", **asked})
    return str(caught.value)


def test_keys_of_another_account_open_another_account(aws_account: Account) -> None:
    make_topic(aws_account, "alerts")
    make_role(aws_account)
    theirs = aws_account.taking_on(ROLE)
    assert theirs.client("sns").list_topics()["Topics"] == []
    topic = make_topic(theirs, "theirs")
    assert topic.split(":")[4] == THEIRS
    assert theirs.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "0"
    assert [one["TopicArn"] for one in aws_account.other(THEIRS).client("sns").list_topics()["Topics"]] == [topic]


def test_who_has_taken_on_a_role_is_told_so(aws_account: Account) -> None:
    theirs = make_role(aws_account)
    identity = aws_account.taking_on(ROLE, session="nightly").client("sts").get_caller_identity()
    role_id = theirs.client("iam").get_role(RoleName="audit")["Role"]["RoleId"]
    assert identity["Arn"] == f"arn:aws:sts::{THEIRS}:assumed-role/audit/nightly"
    assert (identity["Account"], identity["UserId"]) == (THEIRS, f"{role_id}:nightly")
    assert theirs.client("sts").get_caller_identity()["Account"] == THEIRS


def test_a_role_that_does_not_exist_is_denied(aws_account: Account) -> None:
    theirs = make_role(aws_account)
    told = refused(aws_account, f"arn:aws:iam::{THEIRS}:role/audit")
    assert f"is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{THEIRS}:role/audit" in told
    refused(aws_account, "arn:aws:iam::777777777777:role/security/audit")
    theirs.client("iam").delete_role(RoleName="audit")
    refused(aws_account)


def test_a_role_that_trusts_somebody_else_is_denied(aws_account: Account) -> None:
    make_role(aws_account, principal="arn:aws:iam::777777777777:root")
    refused(aws_account)
    aws_account.other("777777777777").taking_on(ROLE)


def test_an_external_id_must_be_the_one_that_is_asked_for(aws_account: Account) -> None:
    make_role(aws_account, Condition={"StringEquals": {"sts:ExternalId": "between-us"}})
    refused(aws_account)
    refused(aws_account, ExternalId="another")
    aws_account.taking_on(ROLE, external_id="between-us")


def test_what_sts_does_not_take_is_refused(aws_account: Account) -> None:
    make_role(aws_account)
    refused(aws_account, "arn:aws:iam::444455556666:user/audit-role", "ValidationError")
    refused(aws_account, code="ValidationError", RoleSessionName="two words")
    refused(aws_account, code="MaxSessionDuration", DurationSeconds=7200)


def test_keys_of_a_role_are_nothing_without_their_token(aws_account: Account) -> None:
    make_role(aws_account)
    keys = aws_account.taking_on(ROLE).credentials
    session: Any = aws_account.session()
    asked = {"aws_access_key_id": keys.access_key_id, "aws_secret_access_key": "demo", "aws_session_token": "another"}
    client = session.client("sns", endpoint_url=aws_account.endpoint_url, **asked)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client.list_topics()
