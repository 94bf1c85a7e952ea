"""Asks AWS itself which events a deployed pattern matches, and compares its answer with ours.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.drill.operations import TEST_METRIC_FILTER
from auditor.findings import Event
from auditor.model.fact import Frozen, Unreadable
from auditor.model.logs import MetricFilter
from auditor.model.snapshot import Snapshot
from auditor.pattern import Pattern, PatternError, evaluate, parse

MOST_EVENTS = 50
# AWS takes five of these calls a second.
_PAUSE = 0.2


class Disagreement(Frozen):
    """An event that AWS and we judge differently; it is to be reported to us."""

    filter: str
    pattern: str
    event: Event
    ours: bool
    theirs: bool


class Asked(Frozen):
    """What came of asking.

    Attributes:
        filters: How many filters were asked about.
        events: How many events each was given.
        refused: Why AWS could not be asked, filter by filter.
    """

    filters: int
    events: int
    disagreements: tuple[Disagreement, ...] = ()
    refused: tuple[str, ...] = ()


def ask_aws(
    connection: Connection, account: Snapshot, events: Sequence[Event], sleep: Callable[[float], None] = time.sleep
) -> Asked:
    """Has AWS test each filter of the trails' log groups with events, at most 50 of them."""
    given = tuple(events[:MOST_EVENTS])
    disagreements: list[Disagreement] = []
    refused: list[str] = []
    asked = 0
    for region, found in _deployed(account):
        if asked:
            sleep(_PAUSE)
        asked += 1
        try:
            theirs = _tested(connection, region, found.pattern, given)
        except (ClientError, BotoCoreError) as error:
            refused.append(_refused(found, error))
            continue
        disagreements += _compared(found, given, theirs)
    return Asked(filters=asked, events=len(given), disagreements=tuple(disagreements), refused=tuple(refused))


def _deployed(account: Snapshot) -> Iterable[tuple[str, MetricFilter]]:
    groups = {(group.region, group.name) for group in account.log_groups}
    for facts in account.regions:
        for found in () if isinstance(facts.filters, Unreadable) else facts.filters.filters:
            if (facts.region, found.log_group) in groups:
                yield facts.region, found


def _tested(connection: Connection, region: str, pattern: str, events: Iterable[Event]) -> frozenset[int]:
    """Gives the places, from 0, of the events that AWS says the pattern matches."""
    client: Any = connection.client(TEST_METRIC_FILTER.service, region)
    told = [json.dumps(event, separators=(",", ":")) for event in events]
    answer = client.test_metric_filter(filterPattern=pattern, logEventMessages=told)
    return frozenset(int(match["eventNumber"]) - 1 for match in answer["matches"])


def _compared(found: MetricFilter, events: Sequence[Event], theirs: frozenset[int]) -> list[Disagreement]:
    pattern = _read(found.pattern)
    if pattern is None:
        # What we cannot read is UNKNOWN in a scan, so that nothing of ours is contradicted.
        return []
    judged = [(event, evaluate(pattern, event), place in theirs) for place, event in enumerate(events)]
    return [
        Disagreement(filter=found.name, pattern=found.pattern, event=event, ours=ours, theirs=aws)
        for event, ours, aws in judged
        if ours is not aws
    ]


def _read(text: str) -> Pattern | None:
    try:
        return parse(text)
    except PatternError:
        return None


def _refused(found: MetricFilter, error: Exception) -> str:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else type(error).__name__
    return f"AWS was not asked about {found.name} ({code}): this needs {TEST_METRIC_FILTER.permission}."
