"""CloudTrail events for the tests: an excerpt of real ones, and the whole where it is at hand.

Both are of https://github.com/invictus-ir/aws_dataset, MIT licence, Copyright (c) 2023 Invictus Incident Response; see
data/LICENSE.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.pattern import Batch, batches
from tests.hunt.interpreter import LogEvent

EXCERPT = Path(__file__).with_name("data") / "excerpt"
ALL = Path(__file__).parents[3] / "shared" / "data" / "cloudtrail"


def events_of(folder: Path) -> list[dict[str, Any]]:
    return [event for batch in batches(folder) if isinstance(batch, Batch) for event in batch.events]  # type: ignore[misc]


def log_events(events: list[dict[str, Any]]) -> list[LogEvent]:
    """Gives events as a log group holds them, each taken in when it happened."""
    return [LogEvent(taken_in(event), json.dumps(event)) for event in events]


def taken_in(event: dict[str, Any]) -> int:
    text = event.get("eventTime")
    try:
        moment = datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int(moment.timestamp() * 1000)
