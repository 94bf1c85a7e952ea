"""CloudWatch Logs: a log group's class, key and transformer, and metric filters that replace one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.logs.models import logs_backends
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler
from auditor.pattern import PatternError, compile_pattern, parse

_Key = tuple[str, str, str]
_NO_GROUP = "The specified log group does not exist."
_MOST_EVENTS = 50
_EXTRA = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")


class LogsGaps:
    """What moto lacks of CloudWatch Logs.

    Attributes:
        lies: For a pattern another, by which TestMetricFilter answers in its place.
    """

    def __init__(self) -> None:
        self._classes: dict[_Key, str] = {}
        self._transformers: dict[_Key, list[dict[str, Any]]] = {}
        self.lies: dict[str, str] = {}

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "logs:AssociateKmsKey": self._set_key,
            "logs:CreateLogGroup": self._create_log_group,
            "logs:DescribeLogGroups": self._describe_log_groups,
            "logs:DescribeMetricFilters": self._describe_metric_filters,
            "logs:DisassociateKmsKey": self._set_key,
            "logs:GetTransformer": self._get_transformer,
            "logs:PutMetricFilter": self._put_metric_filter,
            "logs:PutTransformer": self._put_transformer,
            "logs:TestMetricFilter": self._test_metric_filter,
        }

    def _create_log_group(self, call: Call, forward: Forward) -> Response:
        response = forward(call)
        if response.status_code < 300:
            self._classes[_key(call, call.params["logGroupName"])] = call.params.get("logGroupClass", "STANDARD")
        return response

    def _set_key(self, call: Call, _forward: Forward) -> Response:
        """Sets the key of a log group, or takes it away where the call names none."""
        group = logs_backends[call.account][call.region].groups.get(call.params["logGroupName"])
        if group is None:
            return call.error("ResourceNotFoundException", _NO_GROUP)
        group.kms_key_id = call.params.get("kmsKeyId")
        return call.reply({})

    def _describe_log_groups(self, call: Call, _forward: Forward) -> Response:
        found = []
        filters = logs_backends[call.account][call.region].filters.metric_filters
        for group in _groups(call):
            name = group["logGroupName"]
            group["logGroupClass"] = self._classes.get(_key(call, name), "STANDARD")
            group["metricFilterCount"] = sum(one["logGroupName"] == name for one in filters)
            found.append(group)
        return call.reply({"logGroups": found})

    def _describe_metric_filters(self, call: Call, forward: Forward) -> Response:
        group = call.params.get("logGroupName")
        if group is not None and group not in logs_backends[call.account][call.region].groups:
            return call.error("ResourceNotFoundException", _NO_GROUP)
        return forward(call)

    def _put_metric_filter(self, call: Call, forward: Forward) -> Response:
        name, group = call.params["filterName"], call.params["logGroupName"]
        backend = logs_backends[call.account][call.region]
        if group not in backend.groups:
            return call.error("ResourceNotFoundException", _NO_GROUP)
        backend.filters.delete_filter(name, group)
        response = forward(call)
        extra = {field: call.params[field] for field in _EXTRA if field in call.params}
        for one in backend.filters.get_matching_filters(name, group):
            if one["filterName"] == name:
                one.update(extra)
        return response

    def _test_metric_filter(self, call: Call, _forward: Forward) -> Response:
        """Stands in for AWS by our own engine, so that the two agree here, but for the lies that were asked for."""
        pattern, given = call.params["filterPattern"], call.params["logEventMessages"]
        if len(given) > _MOST_EVENTS:
            return call.error("InvalidParameterException", f"More than {_MOST_EVENTS} log event messages.")
        try:
            matches = compile_pattern(parse(self.lies.get(pattern, pattern)))
        except PatternError as error:
            return call.error("InvalidParameterException", str(error))
        events = enumerate(given)
        found = [{"eventNumber": number, "eventMessage": event} for number, event in events if matches(event)]
        return call.reply({"matches": found})

    def _put_transformer(self, call: Call, _forward: Forward) -> Response:
        self._transformers[_key(call, call.params["logGroupIdentifier"])] = call.params["transformerConfig"]
        return call.reply({})

    def _get_transformer(self, call: Call, _forward: Forward) -> Response:
        found = self._transformers.get(_key(call, call.params["logGroupIdentifier"]))
        if found is None:
            return call.error("ResourceNotFoundException", "The log group has no transformer.")
        return call.reply({"logGroupIdentifier": call.params["logGroupIdentifier"], "transformerConfig": found})


def _key(call: Call, name: str) -> _Key:
    return call.account, call.region, name


def _groups(call: Call) -> Iterator[dict[str, Any]]:
    """Gives the log groups that a call asks for, by name."""
    prefix = call.params.get("logGroupNamePrefix") or ""
    part = (call.params.get("logGroupNamePattern") or "").lower()
    asked = call.params.get("logGroupIdentifiers")
    for name, group in sorted(logs_backends[call.account][call.region].groups.items()):
        told = group.to_describe_dict()
        if not name.startswith(prefix) or part not in name.lower():
            continue
        if asked and not {name, told["arn"], told["logGroupArn"]} & set(asked):
            continue
        yield told
