"""The front's own endpoints under `/_front/`, by which another process sets faults and reads the count of calls.

    GET    /_front/calls          {"s3:GetBucketPolicy": 1, ...}; of one account with ?account=123456789012
    DELETE /_front/calls          forgets the count
    POST   /_front/faults         {"operation": "s3:GetBucketPolicy", "error": "AccessDenied", "times": 1}
    DELETE /_front/faults         takes all faults away
    POST   /_front/latency        {"seconds": 0.05}
    POST   /_front/pages          {"size": 2}, or {"size": null} for AWS's own sizes
    POST   /_front/confirm        {"endpoint": "soc@example.com", "topic": "arn:..."}; the topic may be left out
    POST   /_front/trail-status   {"trail": "management-trail", "fields": {"LatestDeliveryError": "AccessDenied"}}
    POST   /_front/lies           {"pattern": "{ $.a = 1 }", "as": "{ $.a = 2 }"}, for TestMetricFilter
    POST   /_front/mirrors        {"of": "123456789012", "accounts": ["200000000001", ...]}
    POST   /_front/organization   {"management": "111111111111", "units": [{"name": "Workloads", "parent": ""}],
                                   "accounts": [{"id", "name", "status", "state", "parent"}]}
    POST   /_front/reset          empties the account and forgets all of the above

Arguments may come as JSON or in the query. Times in `fields` are seconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from auditor.demo.faults import Fault

if TYPE_CHECKING:
    from auditor.demo.front import Front


def answer(front: Front, environ: dict[str, Any]) -> Response:
    """Answers a request to one of the front's own endpoints."""
    request = Request(environ)
    handler = _HANDLERS.get((request.method, request.path.removeprefix("/_front/")))
    if handler is None:
        return _json({"error": "no such endpoint"}, 404)
    try:
        asked = {**request.args.to_dict(), **json.loads(request.get_data() or b"{}")}
        return _json(handler(front, asked))
    except (KeyError, TypeError, ValueError) as error:
        return _json({"error": str(error)}, 400)


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, mimetype="application/json")


def _forget_calls(front: Front, _: dict[str, Any]) -> dict[str, int]:
    front.forget_calls()
    return {}


def _add_fault(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.faults.add(Fault(**asked))
    return {}


def _clear_faults(front: Front, _: dict[str, Any]) -> dict[str, str]:
    front.faults.clear()
    return {}


def _set_latency(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.latency = float(asked["seconds"])
    return {}


def _set_page_size(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.pages.size = None if asked["size"] is None else int(asked["size"])
    return {}


def _confirm(front: Front, asked: dict[str, Any]) -> dict[str, list[str]]:
    return {"confirmed": front.gaps.sns.confirm(asked["endpoint"], asked.get("topic", ""))}


def _set_trail_status(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.gaps.cloudtrail.status.setdefault(asked["trail"], {}).update(asked["fields"])
    return {}


def _lie(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.gaps.logs.lies[asked["pattern"]] = asked["as"]
    return {}


def _mirror(front: Front, asked: dict[str, Any]) -> dict[str, str]:
    front.mirrors.add(asked["of"], asked["accounts"])
    return {}


def _organize(front: Front, asked: dict[str, Any]) -> dict[str, Any]:
    return front.gaps.organizations.organize(asked["management"], asked["accounts"], asked.get("units", []))


def _reset(front: Front, _: dict[str, Any]) -> dict[str, str]:
    front.reset()
    return {}


_HANDLERS: dict[tuple[str, str], Callable[[Front, dict[str, Any]], Any]] = {
    ("GET", "calls"): lambda front, asked: front.calls(asked.get("account", "")),
    ("DELETE", "calls"): _forget_calls,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "latency"): _set_latency,
    ("POST", "pages"): _set_page_size,
    ("POST", "confirm"): _confirm,
    ("POST", "trail-status"): _set_trail_status,
    ("POST", "lies"): _lie,
    ("POST", "mirrors"): _mirror,
    ("POST", "organization"): _organize,
    ("POST", "reset"): _reset,
}
