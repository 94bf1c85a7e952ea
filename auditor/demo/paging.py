"""Cuts lists into pages as AWS does; moto gives most of them whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from auditor.demo.call import Call

_LISTS = {
    "cloudtrail:ListTrails": ("NextToken", "NextToken", "Trails", 100),
    "cloudwatch:DescribeAlarms": ("NextToken", "NextToken", "MetricAlarms", 50),
    "iam:ListAttachedRolePolicies": ("Marker", "Marker", "AttachedPolicies", 100),
    "iam:ListRolePolicies": ("Marker", "Marker", "PolicyNames", 100),
    "logs:DescribeLogGroups": ("nextToken", "nextToken", "logGroups", 50),
    "logs:DescribeMetricFilters": ("nextToken", "nextToken", "metricFilters", 50),
    "sns:ListSubscriptions": ("NextToken", "NextToken", "Subscriptions", 100),
    "sns:ListSubscriptionsByTopic": ("NextToken", "NextToken", "Subscriptions", 100),
}
"""Operation to its input token, output token, list and the page size that AWS takes where none is asked."""

_LIMITS = ("MaxRecords", "MaxResults", "limit", "MaxItems")


class Pages:
    """How lists are cut into pages.

    Attributes:
        size: A page size for every list, for tests; None for AWS's own sizes.
    """

    def __init__(self) -> None:
        self.size: int | None = None

    def cut(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """Gives the page that a call asks for; the whole answer where the operation has no pages."""
        if call.name not in _LISTS:
            return forward(call)
        token_in, token_out, key, default = _LISTS[call.name]

        def page(result: dict[str, Any]) -> None:
            result.pop(token_out, None)
            result[key], token = self.slice(call, result.get(key) or [], default, token_in)
            if token:
                result[token_out] = token
            if call.operation in ("ListRolePolicies", "ListAttachedRolePolicies"):
                result["IsTruncated"] = token_out in result

        return call.changed(forward(call.without(token_in, *_LIMITS)), page)

    def slice(self, call: Call, found: list[Any], default: int, name: str = "NextToken") -> tuple[list[Any], str]:
        """Gives the part of a list that a call asks for, and the token for what follows; empty at the end.

        Args:
            call: The call.
            found: The whole list.
            default: The page size that AWS takes where none is asked.
            name: The argument that holds the token.
        """
        asked = next((int(call.params[name]) for name in _LIMITS if call.params.get(name)), default)
        size = min(self.size or asked, asked)
        start = int(call.params.get(name) or 0)
        return found[start : start + size], str(start + size) if start + size < len(found) else ""
