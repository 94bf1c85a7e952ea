from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_topic
from tests.aws.account import Account

PENDING = "PendingConfirmation"


def listed(account: Account, topic: str) -> dict[str, str]:
    found = account.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return {one["Endpoint"]: one["SubscriptionArn"] for one in found}


@pytest.mark.parametrize("protocol", ["email", "email-json", "https"])
def test_a_person_must_confirm(aws_account: Account, protocol: str) -> None:
    sns = aws_account.client("sns")
    topic = make_topic(aws_account, "alerts")
    endpoint = "https://pager.example/hook" if protocol == "https" else "me@example.com"
    told = sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert told["SubscriptionArn"] == "pending confirmation"
    assert listed(aws_account, topic) == {endpoint: PENDING}
    assert sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"] == PENDING

    (arn,) = aws_account.controls.confirm(endpoint)
    assert listed(aws_account, topic) == {endpoint: arn}
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"][PENDING] == "false"


def test_a_pending_subscription_knows_that_it_is(aws_account: Account) -> None:
    sns = aws_account.client("sns")
    asked = {"TopicArn": make_topic(aws_account, "alerts"), "Protocol": "email", "Endpoint": "me@example.com"}
    arn = sns.subscribe(**asked, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"][PENDING] == "true"


def test_a_queue_is_confirmed_at_once(aws_account: Account) -> None:
    topic, queue = make_topic(aws_account, "alerts"), "arn:aws:sqs:us-east-1:123456789012:q"
    aws_account.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    assert listed(aws_account, topic)[queue].startswith(topic)


def test_the_address_is_the_token(aws_account: Account) -> None:
    topic = make_topic(aws_account, "alerts", confirmed=["a@example.com"], pending=["b@example.com"])
    found = listed(aws_account, topic)
    assert found["a@example.com"].startswith(topic)
    assert found["b@example.com"] == PENDING
    counts = aws_account.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (counts["SubscriptionsConfirmed"], counts["SubscriptionsPending"]) == ("1", "1")
    with pytest.raises(ClientError, match="InvalidParameter"):
        aws_account.client("sns").confirm_subscription(TopicArn=topic, Token="nobody")


def test_one_topic_is_confirmed_and_not_the_other(aws_account: Account) -> None:
    first, second = (make_topic(aws_account, name, pending=["a@example.com"]) for name in ("one", "one-more"))
    aws_account.controls.confirm("a@example.com", first)
    assert listed(aws_account, second)["a@example.com"] == PENDING


@pytest.mark.parametrize("operation", ["get_topic_attributes", "list_subscriptions_by_topic"])
def test_another_accounts_topic_may_not_be_read(aws_account: Account, operation: str) -> None:
    theirs = "arn:aws:sns:us-east-1:444455556666:alerts"
    with pytest.raises(ClientError, match="AuthorizationError"):
        getattr(aws_account.client("sns"), operation)(TopicArn=theirs)
