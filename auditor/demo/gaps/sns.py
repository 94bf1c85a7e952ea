"""SNS: a subscription that a person must confirm stays pending until it is confirmed."""

from __future__ import annotations

from typing import Any

from moto.sns.models import sns_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler

_PENDING = "PendingConfirmation"
_CONFIRMED_BY_ITS_OWNER = {"email", "email-json", "http", "https"}


class SnsGaps:
    """What moto lacks of SNS."""

    def __init__(self) -> None:
        self._pending: dict[str, str] = {}
        self._confirmed: set[str] = set()

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "sns:ConfirmSubscription": self._confirm_subscription,
            "sns:GetSubscriptionAttributes": self._get_subscription_attributes,
            "sns:GetTopicAttributes": self._get_topic_attributes,
            "sns:ListSubscriptions": self._list,
            "sns:ListSubscriptionsByTopic": self._list,
            "sns:Subscribe": self._subscribe,
        }

    def confirm(self, endpoint: str, topic: str = "") -> list[str]:
        """Confirms the pending subscriptions of an endpoint, on one topic or on all, and gives their ARNs."""
        found = [
            arn
            for arn, pending in self._pending.items()
            if pending == endpoint and arn.startswith(f"{topic}:" if topic else "arn:")
        ]
        for arn in found:
            del self._pending[arn]
            self._confirmed.add(arn)
        return found

    def _subscribe(self, call: Call, forward: Forward) -> Response:
        def hold(result: dict[str, Any]) -> None:
            arn = result["SubscriptionArn"]
            if call.params.get("Protocol") in _CONFIRMED_BY_ITS_OWNER and arn not in self._confirmed:
                self._pending[arn] = call.params["Endpoint"]
                if not call.params.get("ReturnSubscriptionArn"):
                    result["SubscriptionArn"] = "pending confirmation"

        return call.changed(forward(call), hold)

    def _confirm_subscription(self, call: Call, _forward: Forward) -> Response:
        """Takes the endpoint itself for the token that AWS would have sent to it."""
        found = self.confirm(call.params.get("Token", ""), call.params.get("TopicArn", ""))
        if not found:
            return call.error("InvalidParameter", "Invalid parameter: Token")
        return call.reply({"SubscriptionArn": found[0]})

    def _list(self, call: Call, forward: Forward) -> Response:
        if _is_foreign(call):
            return _denied(call)

        def hide(result: dict[str, Any]) -> None:
            for one in result.get("Subscriptions") or []:
                if one["SubscriptionArn"] in self._pending:
                    one["SubscriptionArn"] = _PENDING

        return call.changed(forward(call), hide)

    def _get_subscription_attributes(self, call: Call, forward: Forward) -> Response:
        def mark(result: dict[str, Any]) -> None:
            pending = call.params.get("SubscriptionArn") in self._pending
            result["Attributes"][_PENDING] = "true" if pending else "false"
            result["Attributes"]["ConfirmationWasAuthenticated"] = "false"

        return call.changed(forward(call), mark)

    def _get_topic_attributes(self, call: Call, forward: Forward) -> Response:
        if _is_foreign(call):
            return _denied(call)
        topic = call.params.get("TopicArn", "")

        def count(result: dict[str, Any]) -> None:
            subscriptions = sns_backends[call.account][call.region].subscriptions
            arns = [one.arn for one in list(subscriptions.values()) if one.topic.arn == topic]
            pending = sum(arn in self._pending for arn in arns)
            result["Attributes"]["SubscriptionsPending"] = str(pending)
            result["Attributes"]["SubscriptionsConfirmed"] = str(len(arns) - pending)

        return call.changed(forward(call), count)


def _is_foreign(call: Call) -> bool:
    """Gives whether the topic belongs to another account, whose default policy keeps strangers out."""
    owner = call.params.get("TopicArn", "").split(":")[4:5]
    return owner not in ([], [call.account])


def _denied(call: Call) -> Response:
    action, topic = f"SNS:{call.operation}", call.params["TopicArn"]
    reason = f"because no resource-based policy allows the {action} action"
    message = f"User: {call.who} is not authorized to perform: {action} on resource: {topic} {reason}"
    return call.error("AuthorizationError", message, 403)
