"""SNS topics and their subscriptions."""

from __future__ import annotations

from pydantic import Field

from auditor.model.arn import Arn, key_arn
from auditor.model.fact import Fact, Frozen, Part, Read, Unreadable


class Topic(Fact):
    """A topic's attributes (sns:GetTopicAttributes)."""

    policy: str | None = None
    kms_key: str | None = Field(default=None, alias="KmsMasterKeyId")
    fifo: bool = Field(default=False, alias="FifoTopic")
    owner: str = ""


class SubscriptionAttributes(Fact):
    """Which messages a subscription lets through (sns:GetSubscriptionAttributes); all of them without a policy."""

    filter_policy: str | None = None
    filter_policy_scope: str = "MessageAttributes"


class Subscription(Part):
    """Someone who subscribed to a topic.

    The ARN is `PendingConfirmation` until the subscriber has confirmed, `Deleted` once it has unsubscribed. Only the
    attributes of confirmed subscriptions are read, and of so many of them as are needed to find one that listens.
    Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html
    """

    arn: str = Field(alias="SubscriptionArn")
    protocol: str = ""
    endpoint: str = ""
    attributes: Read[SubscriptionAttributes] | None = None

    @property
    def confirmed(self) -> bool:
        """Whether messages are sent to it."""
        return self.arn.startswith("arn:")


class Subscriptions(Fact):
    """The subscriptions of a topic (sns:ListSubscriptionsByTopic)."""

    subscriptions: tuple[Subscription, ...] = ()


class TopicFacts(Frozen):
    """All that was read of the topic at an ARN; attributes are None where there is no such topic."""

    arn: str
    topic: Read[Topic] | None
    subscriptions: Read[Subscriptions]

    @property
    def key(self) -> str | None:
        """The ARN of the key, or of its alias, that encrypts the topic; None where none does."""
        arn = Arn.parse(self.arn)
        if arn is None or self.topic is None or isinstance(self.topic, Unreadable) or not self.topic.kms_key:
            return None
        return key_arn(self.topic.kms_key, arn.partition, arn.region, arn.account_id)

    @property
    def default_key(self) -> bool:
        """Whether AWS's own key for SNS encrypts the topic; nobody can change that key's policy."""
        return (self.key or "").endswith(":alias/aws/sns")
