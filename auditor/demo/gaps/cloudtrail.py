"""CloudTrail: delivery times and errors, default selectors, trails of other regions, Insights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler

_RECENT = timedelta(minutes=4)
_LONG = timedelta(days=90)
_DEFAULT_SELECTOR = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}


class CloudTrailGaps:
    """What moto lacks of CloudTrail.

    Attributes:
        status: Fields of GetTrailStatus by a trail's name or ARN, to be told in place of the usual ones; a field
            that is None is left out.
    """

    def __init__(self) -> None:
        self.status: dict[str, dict[str, Any]] = {}

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "cloudtrail:DescribeTrails": self._describe_trails,
            "cloudtrail:GetEventSelectors": self._get_event_selectors,
            "cloudtrail:GetInsightSelectors": self._get_insight_selectors,
            "cloudtrail:GetTrailStatus": self._get_trail_status,
            "cloudtrail:ListTrails": self._list_trails,
            "cloudtrail:PutInsightSelectors": self._put_insight_selectors,
        }

    def _get_trail_status(self, call: Call, forward: Forward) -> Response:
        name = call.params.get("Name", "")
        trail = _find(call, name)
        if trail is None:
            return _not_found(call, name)
        by_arn = self.status.get(trail.arn, {})
        fields = {**_deliveries(trail), **self.status.get(trail.trail_name, {}), **by_arn}

        def add(status: dict[str, Any]) -> None:
            status.update(fields)
            for field in [field for field, value in status.items() if value is None]:
                del status[field]

        return call.changed(forward(call), add)

    def _get_event_selectors(self, call: Call, forward: Forward) -> Response:
        def fill(result: dict[str, Any]) -> None:
            advanced = result.get("AdvancedEventSelectors")
            basic = result.get("EventSelectors")
            if advanced and not basic:
                del result["EventSelectors"]
                return
            result.pop("AdvancedEventSelectors", None)
            result["EventSelectors"] = [{**_DEFAULT_SELECTOR, **one} for one in basic or [{}]]

        return call.changed(forward(call), fill)

    def _list_trails(self, call: Call, _forward: Forward) -> Response:
        return call.reply({"Trails": [trail.short() for trail in _trails(call.account)]})

    def _describe_trails(self, call: Call, forward: Forward) -> Response:
        asked = call.params.get("trailNameList") or []
        trails = {trail.arn: trail for trail in _trails(call.account)}

        def fill(result: dict[str, Any]) -> None:
            found = [one for one in result["trailList"] if not asked or {one["Name"], one["TrailARN"]} & set(asked)]
            for one in found:
                trail = trails[one["TrailARN"]]
                one["HasCustomEventSelectors"] = bool(trail.event_selectors or trail.advanced_event_selectors)
                one["HasInsightSelectors"] = bool(trail.insight_selectors)
            result["trailList"] = found

        return call.changed(forward(call), fill)

    def _get_insight_selectors(self, call: Call, forward: Forward) -> Response:
        trail = _find(call, call.params.get("TrailName", ""))
        if trail is not None and not trail.insight_selectors:
            message = f"Insights is not enabled on trail {trail.trail_name}."
            return call.error("InsightNotEnabledException", message)
        return forward(call)

    def _put_insight_selectors(self, call: Call, forward: Forward) -> Response:
        trail = _find(call, call.params.get("TrailName", ""))
        if trail is not None:
            trail.insight_selectors = []
        return forward(call)


def _trails(account: str) -> Iterator[Trail]:
    for backend in list(cloudtrail_backends[account].values()):
        yield from list(backend.trails.values())


def _find(call: Call, name: str) -> Trail | None:
    """Finds a trail by its ARN, or by its name where the call goes to its home region."""
    for trail in _trails(call.account):
        if trail.arn == name or (trail.trail_name == name and trail.region_name == call.region):
            return trail
    return None


def _not_found(call: Call, name: str) -> Response:
    text = f"Unknown trail: {name} for the user: {call.account}"
    return call.error("TrailNotFoundException", text)


def _deliveries(trail: Trail) -> dict[str, Any]:
    """Gives since when a trail logs and when it delivered last; every trail here has been at it for months."""
    if not trail.status.is_logging:
        return {}
    now = datetime.now(UTC).replace(microsecond=0)
    recent, started = now - _RECENT, now - _LONG
    found: dict[str, Any] = {
        "LatestDeliveryTime": recent,
        "LatestDeliveryAttemptTime": f"{recent:%Y-%m-%dT%H:%M:%SZ}",
        "LatestDeliveryAttemptSucceeded": f"{recent:%Y-%m-%dT%H:%M:%SZ}",
        "StartLoggingTime": started,
        "TimeLoggingStarted": f"{started:%Y-%m-%dT%H:%M:%SZ}",
    }
    if trail.cw_log_group_arn and trail.cw_role_arn:
        found["LatestCloudWatchLogsDeliveryTime"] = recent
    if trail.log_validation:
        found["LatestDigestDeliveryTime"] = recent
    return found
