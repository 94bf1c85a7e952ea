"""Asks AWS itself which events a deployed pattern matches, and compares its answer with ours.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect import Connection
from auditor.drill.operations import TEST_METRIC_FILTER
from auditor.findings import Event
from auditor.model.fact import DENIED, Frozen, Unreadable
from auditor.model.logs import MetricFilter
from auditor.model.snapshot import Snapshot
from auditor.pattern import QUESTIONS, Pattern, PatternError, Semantics, evaluate, parse
from auditor.pattern.evaluation import as_text

MOST_EVENTS = 50
# AWS takes five of these calls a second.
_PAUSE = 0.2


class Disagreement(Frozen):
    """An event that AWS and we judge differently; it is to be reported to us.

    Attributes:
        question: A behaviour of AWS that no source settles and that we read otherwise than AWS does, if that is all;
            else empty, and our engine is wrong.
    """

    filter: str
    pattern: str
    event: Event
    ours: bool
    theirs: bool
    question: str = ""


class Asked(Frozen):
    """What came of asking.

    Attributes:
        filters: How many filters AWS answered for.
        events: How many events each was given.
        refused: Why AWS was not asked about the others, a sentence each.
    """

    filters: int
    events: int
    disagreements: tuple[Disagreement, ...] = ()
    refused: tuple[str, ...] = ()


def ask_aws(
    connection: Connection, account: Snapshot, events: Sequence[Event], sleep: Callable[[float], None] = time.sleep
) -> Asked:
    """Has AWS test each filter of the trails' log groups with events.

    Args:
        connection: The account.
        account: What was read of it.
        events: The events, however many.
        sleep: What waits between two calls.
    """
    texts = tuple(dict.fromkeys(map(as_text, events)))
    told = {as_text(event): event for event in events}
    disagreements: list[Disagreement] = []
    refused: list[str] = []
    asked = 0
    for region, found, pattern in _deployed(account):
        if pattern is None:
            # What we cannot read is UNKNOWN in a scan, so that nothing of ours can be contradicted.
            refused.append(f"AWS was not asked about {found.name}, whose pattern we cannot read.")
            continue
        try:
            theirs = _matched(connection, region, found.pattern, texts, sleep)
        except (ClientError, BotoCoreError) as error:
            refused.append(_refused(found, error))
            if _is_denied(error):
                break
            continue
        if not theirs <= set(texts):
            refused.append(f"AWS's answer about {found.name} is of events that were not sent; it does not count.")
            continue
        asked += 1
        judged = [(text, evaluate(pattern, text), text in theirs) for text in texts]
        disagreements += [
            Disagreement(
                filter=found.name,
                pattern=found.pattern,
                event=told[text],
                ours=ours,
                theirs=aws,
                question=_question(pattern, text, aws),
            )
            for text, ours, aws in judged
            if ours is not aws
        ]
    return Asked(filters=asked, events=len(texts), disagreements=tuple(disagreements), refused=tuple(refused))


def _deployed(account: Snapshot) -> Iterator[tuple[str, MetricFilter, Pattern | None]]:
    own = [group for group in account.log_groups if group.account_id == account.account_id]
    groups = {(group.region, group.name) for group in own}
    for facts in account.regions:
        for found in () if isinstance(facts.filters, Unreadable) else facts.filters.filters:
            if (facts.region, found.log_group) in groups:
                yield facts.region, found, _read(found.pattern)


def _matched(
    connection: Connection, region: str, pattern: str, texts: Sequence[str], sleep: Callable[[float], None]
) -> frozenset[str]:
    """Gives the events that AWS says the pattern matches.

    They are known by their text: whether AWS numbers them from 0 or from 1 is told nowhere, and its example, from 0,
    could count the matches as well.
    """
    client: Any = connection.client(TEST_METRIC_FILTER.service, region)
    found: set[str] = set()
    for start in range(0, len(texts), MOST_EVENTS):
        sleep(_PAUSE)
        answer = client.test_metric_filter(filterPattern=pattern, logEventMessages=texts[start : start + MOST_EVENTS])
        found.update(match["eventMessage"] for match in answer["matches"])
    return frozenset(found)


def _question(pattern: Pattern, text: str, theirs: bool) -> str:
    """Names an open question whose other answer makes us agree with AWS; empty where none does."""
    likely = Semantics().settled()
    for name in QUESTIONS:
        other = replace(likely, **{name: not getattr(likely, name)})
        if evaluate(pattern, text, other) is theirs:
            return f"{QUESTIONS[name]} ({name})"
    return ""


def _read(text: str) -> Pattern | None:
    try:
        return parse(text)
    except PatternError:
        return None


def _is_denied(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in DENIED


def _refused(found: MetricFilter, error: Exception) -> str:
    if _is_denied(error):
        return f"AWS was not asked from {found.name} on: the permission {TEST_METRIC_FILTER.permission} is missing."
    why = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else str(error)
    return f"AWS gave no answer about {found.name}: {why.rstrip('.')}."
