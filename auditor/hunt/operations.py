"""The API operations of a hunt beyond those of a scan; `auditor policy --hunt` adds their permissions."""

from __future__ import annotations

from auditor.collect.operations import DESCRIBE_LOG_GROUPS, Operation

START_QUERY = Operation("logs", "StartQuery", "logs:StartQuery")
GET_QUERY_RESULTS = Operation("logs", "GetQueryResults", "logs:GetQueryResults")
STOP_QUERY = Operation("logs", "StopQuery", "logs:StopQuery")

HUNT = (DESCRIBE_LOG_GROUPS, START_QUERY, GET_QUERY_RESULTS, STOP_QUERY)
