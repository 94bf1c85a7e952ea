"""Speaks to the front's own endpoints, which `auditor.demo.endpoints` describes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

_DIRECT = build_opener(ProxyHandler({}))


class Controls:
    """Speaks to the endpoints of a front, wherever it runs.

    Args:
        endpoint_url: The front's URL, such as `http://127.0.0.1:5000`.
    """

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url

    def calls(self, account: str = "") -> dict[str, int]:
        """Gives how often each call was made, such as `s3:GetBucketPolicy`, by one account or by all."""
        found: dict[str, int] = self._ask("GET", f"calls?account={account}")
        return found

    def forget_calls(self) -> None:
        """Forgets the count of calls."""
        self._ask("DELETE", "calls")

    def fail(self, operation: str, error: str = "AccessDenied", *, times: int | None = None, **more: str | int) -> None:
        """Sets a fault; `match`, `region`, `account` and `status` are those of `auditor.demo.faults.Fault`."""
        self._ask("POST", "faults", {"operation": operation, "error": error, "times": times, **more})

    def heal(self) -> None:
        """Takes all faults away."""
        self._ask("DELETE", "faults")

    def latency(self, seconds: float) -> None:
        """Holds every answer back."""
        self._ask("POST", "latency", {"seconds": seconds})

    def page_size(self, size: int | None) -> None:
        """Cuts every list into pages of this size; None for AWS's own sizes."""
        self._ask("POST", "pages", {"size": size})

    def confirm(self, endpoint: str, topic: str = "") -> list[str]:
        """Confirms an endpoint's pending subscriptions, on one topic or on all, and gives their ARNs."""
        found: list[str] = self._ask("POST", "confirm", {"endpoint": endpoint, "topic": topic})["confirmed"]
        return found

    def trail_status(self, trail: str, **fields: str | float | None) -> None:
        """Sets fields of a trail's status, by its name or ARN; None leaves a field out."""
        self._ask("POST", "trail-status", {"trail": trail, "fields": fields})

    def lie(self, pattern: str, read_as: str) -> None:
        """Has TestMetricFilter answer for a pattern as if it were another."""
        self._ask("POST", "lies", {"pattern": pattern, "as": read_as})

    def mirror(self, of: str, accounts: Iterable[str]) -> None:
        """Has accounts answered from one account's state, each under its own id.

        A call that changes something changes it for all of them. The names of buckets are unique in AWS, so a bucket
        of the template is to have the account's id in its name.
        """
        self._ask("POST", "mirrors", {"of": of, "accounts": list(accounts)})

    def organize(
        self, management: str, accounts: Iterable[Mapping[str, str]], units: Iterable[Mapping[str, str]] = ()
    ) -> dict[str, Any]:
        """Makes an organization, or adds to it; gives `id`, `root` and the ids of `units` by their names.

        `accounts` and `units` are those of `auditor.demo.gaps.organizations.OrganizationsGaps.organize`.
        """
        asked = {"management": management, "accounts": list(accounts), "units": list(units)}
        found: dict[str, Any] = self._ask("POST", "organization", asked)
        return found

    def reset(self) -> None:
        """Empties the account and forgets calls, faults and all other settings."""
        self._ask("POST", "reset")

    def _ask(self, method: str, name: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.endpoint_url}/_front/{name}", data=data, method=method)  # noqa: S310  loopback
        with _DIRECT.open(request, timeout=30) as response:
            return json.load(response)
