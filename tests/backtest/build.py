"""Accounts and logs for the tests of backtests."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.backtest.backtest import Replayed, Source, Span, backtest
from auditor.backtest.reading import read_logs
from auditor.benchmark import load
from auditor.checking import AlarmCheck
from auditor.logs import log_files
from auditor.model.snapshot import Snapshot
from auditor.registry import load_checks
from tests.chain.build import BENCHMARK, account, alarm, metric_filter
from tests.checks.build import ACCOUNT

DATA = Path(__file__).with_name("data")
# The account in whose logs the records of the data were.
OF_THE_DATA = "123837392027"
CHECKS = [check for check in load_checks(("alarm.*",), ())[0] if isinstance(check, AlarmCheck)]


FEW = [check for check in CHECKS if check.id in {"alarm.cloudtrail_changes", "alarm.unauthorized_api_calls"}]


def few_chains(**changed: Any) -> Snapshot:
    """An account with a sound chain for a few controls."""
    return _chains([check.id for check in FEW], changed)


def all_chains() -> Snapshot:
    """An account with a sound chain for each control."""
    return _chains(BENCHMARK.requirements, {})


def _chains(checks: Iterable[str], changed: dict[str, Any]) -> Snapshot:
    parts: list[Any] = []
    for check in checks:
        name = check.partition(".")[2]
        found = metric_filter(name, BENCHMARK.requirements[check].readings[0].pattern)
        parts += [found, alarm(name, **changed)]
    return account(*parts)


def account_of_the_data() -> Snapshot:
    """The same as if it were the account in whose logs the records of the data were."""
    return moved(all_chains(), OF_THE_DATA)


def moved(facts: Snapshot, account_id: str) -> Snapshot:
    """Gives an account under another id."""
    return Snapshot.model_validate_json(facts.model_dump_json().replace(ACCOUNT, account_id))


def event(name: str, source: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """An event of the account of the tests."""
    usual = {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/mary"},
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.10",
        "eventID": f"{name}-{at:%d%H%M%S}",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    return {**usual, **fields}


def stopping(at: datetime, **fields: Any) -> dict[str, Any]:
    """A trail is stopped."""
    return event("StopLogging", "cloudtrail.amazonaws.com", at, **fields)


def looking(at: datetime, **fields: Any) -> dict[str, Any]:
    """Something that no control names."""
    return event("DescribeInstances", "ec2.amazonaws.com", at, readOnly=True, **fields)


def write_logs(folder: Path, events: Sequence[dict[str, Any]], *, per_file: int = 100) -> Path:
    """Writes events as CloudTrail does."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(0, len(events), per_file):
        some = events[number : number + per_file]
        times = [one["eventTime"] for one in some if one["eventTime"].startswith("2")]
        delivered = datetime.fromisoformat(max(times, default="2026-11-20T12:00:00Z")) + timedelta(minutes=5)
        name = f"{ACCOUNT}_CloudTrail_us-east-1_{delivered:%Y%m%dT%H%MZ}_{number:016d}.json.gz"
        (folder / name).write_bytes(gzip.compress(json.dumps({"Records": some}).encode()))
    return folder


def replayed(
    facts: Snapshot,
    place: Path | str,
    *,
    checks: Iterable[AlarmCheck] = FEW,
    workers: int = 1,
    by_delivery: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Replayed:
    """Backtests logs of this machine."""
    files = log_files(str(place))

    def read(plan: Any) -> Any:
        return read_logs(plan, files, by_delivery=by_delivery, workers=workers, progress=lambda _: None)

    return backtest(facts, load(), list(checks), Source(str(place), "The clock.", read), Span(since, until))


def control(found: Replayed, name: str) -> Any:
    """Gives what became of a control."""
    return next(one for one in found.found.controls if one.check_id == f"alarm.{name}")
