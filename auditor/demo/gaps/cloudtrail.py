"""CloudTrail: delivery times and errors, default selectors, trails of other regions and of organizations, Insights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler
from auditor.demo.gaps.organizations import OrganizationsGaps

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

    A trail of an organization is seen in every member under its own ARN, and only the management account and
    CloudTrail's delegated administrators may change it. That members may ask for its status is told by
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html ("you must provide the full
    ARN"); of its selectors the API reference says nothing, and they are given here as well.

    Args:
        organizations: Which account is in which organization.

    Attributes:
        status: Fields of GetTrailStatus by a trail's name or ARN, to be told in place of the usual ones; a field
            that is None is left out.
    """

    def __init__(self, organizations: OrganizationsGaps) -> None:
        self._organizations = organizations
        self.status: dict[str, dict[str, Any]] = {}

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        of_one_trail: dict[str, Handler] = {
            "DeleteTrail": _forwarded,
            "GetEventSelectors": self._get_event_selectors,
            "GetInsightSelectors": self._get_insight_selectors,
            "GetTrail": _forwarded,
            "GetTrailStatus": self._get_trail_status,
            "PutEventSelectors": _forwarded,
            "PutInsightSelectors": self._put_insight_selectors,
            "StartLogging": _forwarded,
            "StopLogging": _forwarded,
            "UpdateTrail": _forwarded,
        }
        return {
            "cloudtrail:CreateTrail": self._create_trail,
            "cloudtrail:DescribeTrails": self._describe_trails,
            "cloudtrail:ListTrails": self._list_trails,
            **{f"cloudtrail:{name}": self._by_owner(handler) for name, handler in of_one_trail.items()},
        }

    def _by_owner(self, handler: Handler) -> Handler:
        """Gives the handler of a call for one trail, which asks the trail's owner where the organization has it."""

        def answer(call: Call, forward: Forward) -> Response:
            name = call.params.get("Name") or call.params.get("TrailName") or ""
            owner = name.split(":")[4] if name.startswith("arn:") and name.count(":") >= 5 else call.account
            if owner == call.account:
                return handler(call, forward)
            if all(trail.arn != name for trail in self._of_organization(call)):
                text = "AccountID in ARN is wrong, you can only access resources with AccountID"
                return call.error("CloudTrailARNInvalidException", f"{text} {call.account}.")
            if not call.operation.startswith("Get") and not self._may_manage(call):
                return _not_master(call)
            return handler(call.seen_by(owner), forward)

        return answer

    def _create_trail(self, call: Call, forward: Forward) -> Response:
        """A delegated administrator's trail of the organization belongs to the management account."""
        management = self._organizations.management_of(call.caller.account)
        if not call.params.get("IsOrganizationTrail") or management in ("", call.caller.account):
            return forward(call)
        return forward(call.seen_by(management)) if self._may_manage(call) else _not_master(call)

    def _may_manage(self, call: Call) -> bool:
        return self._organizations.may_manage(call.caller.account, "cloudtrail.amazonaws.com")

    def _of_organization(self, call: Call) -> list[Trail]:
        """Gives the trails that a member sees because its organization has them."""
        management = self._organizations.management_of(call.caller.account)
        if management in ("", call.account):
            return []
        return [trail for trail in _trails(management) if trail.is_org_trail]

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
        trails = [*_trails(call.account), *self._of_organization(call)]
        return call.reply({"Trails": [trail.short() for trail in trails]})

    def _describe_trails(self, call: Call, forward: Forward) -> Response:
        asked = call.params.get("trailNameList") or []
        copies = [
            trail
            for trail in self._of_organization(call)
            if call.params.get("includeShadowTrails") is not False
            and (trail.is_multi_region or trail.region_name == call.region)
        ]
        trails = {trail.arn: trail for trail in [*_trails(call.account), *copies]}

        def fill(result: dict[str, Any]) -> None:
            every = [*result["trailList"], *(trail.description(include_region=True) for trail in copies)]
            found = [one for one in every if not asked or {one["Name"], one["TrailARN"]} & set(asked)]
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


def _forwarded(call: Call, forward: Forward) -> Response:
    return forward(call)


def _not_master(call: Call) -> Response:
    text = "This operation can only be performed by the management account or a delegated administrator."
    return call.error("NotOrganizationMasterAccountException", text)


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
