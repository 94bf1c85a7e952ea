"""`auditor hunt run` against CloudWatch, over HTTP and by the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.hunt.files import hunt_files
from auditor.hunt.library import library
from auditor.pattern import batches
from tests.aws.account import Account
from tests.cli.run import Done, auditor
from tests.hunt.cloudwatch import CloudWatch
from tests.hunt.conftest import GROUP
from tests.hunt.interpreter import LogEvent
from tests.hunt.real import EXCERPT

PAST = ("--from", "2023-07-10T00:00:00Z", "--to", "2023-07-11T00:00:00Z")
Watched = tuple[Account, CloudWatch]


def hunt(account: Account, home: Path, *arguments: str) -> Done:
    return auditor("hunt", "run", *arguments, environment=account.environment(home))


def hunted(account: Account, home: Path, *arguments: str) -> Any:
    done = hunt(account, home, *arguments, "--format", "json")
    assert done.code == 0, done.err
    return done.report


def in_files(name: str) -> list[dict[str, str]]:
    hits = hunt_files(library()[name].search({}), batches(EXCERPT))
    return [dict(zip(hits.columns, row, strict=True)) for row in hits.rows]


def test_the_trails_own_log_group_is_asked(trailed: Watched, tmp_path: Path) -> None:
    account, logs = trailed
    done = hunt(account, tmp_path, "denials", *PAST, "--format", "json")
    assert done.code == 0, done.err
    assert done.report["rows"] == in_files("denials")
    assert done.report["sources"] == [f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}"]
    assert done.report["scanned"] == sum(len(event.message.encode()) for event in logs.events[GROUP])
    asking, *_, found = done.err.splitlines()
    assert asking.startswith(f"Asking arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}, 2023-07-10T00:00:00Z to")
    assert "$0.00 at $0.005 per GB" in asking
    assert found.startswith(f"{len(done.report['rows'])} events found; CloudWatch read ")
    assert logs.calls["StartQuery"] == 1
    assert not logs.stopped


def test_a_list_that_is_cut_off_is_asked_in_parts(
    trailed: Watched, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from auditor.collect import connect
    from auditor.hunt import cloudwatch
    from auditor.hunt.asking import Asker
    from auditor.hunt.groups import places_named
    from auditor.hunt.model import Hits
    from auditor.hunt.period import period_of

    account, logs = trailed
    for name, value in account.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    period = period_of(None, PAST[1], PAST[3], datetime.now(UTC))
    assert period is not None
    logs.most, logs.page, logs.states = 9, 4, ()
    asker = Asker(connect(None, "us-east-1", account.endpoint_url))
    search = library()["iam-activity"].search({})
    (found,) = cloudwatch.hunt_groups(asker, [search], places_named([GROUP], "us-east-1"), period, 9)
    assert isinstance(found, Hits)
    assert list(found.rows) == [tuple(row.values()) for row in in_files("iam-activity")]
    assert found.missing == ()
    assert logs.calls["StartQuery"] > 2
    assert logs.calls["GetQueryResults"] > logs.calls["StartQuery"], "pages"


def test_groups_are_counted(trailed: Watched, tmp_path: Path) -> None:
    account, _ = trailed
    for name in ("activity-by-region", "activity-by-hour", "first-seen"):
        assert hunted(account, tmp_path, name, *PAST, "--log-group", GROUP)["rows"] == in_files(name)


def test_several_log_groups_are_asked_at_once(trailed: Watched, aws_account: Account, tmp_path: Path) -> None:
    account, logs = trailed
    aws_account.client("logs").create_log_group(logGroupName="other")
    logs.events["other"] = logs.events[GROUP][:20]
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*"
    report = hunted(account, tmp_path, "activity-by-region", *PAST, "--log-group", "other", "--log-group", arn)
    assert sum(int(row["events"]) for row in report["rows"]) == len(logs.events[GROUP]) + 20
    assert logs.calls["StartQuery"] == 1
    (asked,) = logs.asked.values()
    assert asked.groups == ("other", GROUP)


def test_regions_are_asked_one_by_one_and_added_up(trailed: Watched, aws_account: Account, tmp_path: Path) -> None:
    account, logs = trailed
    aws_account.client("logs", "eu-west-1").create_log_group(logGroupName="europe")
    logs.events["europe"] = logs.events[GROUP]
    arns = (
        f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}",
        "arn:aws:logs:eu-west-1:123456789012:log-group:europe",
    )
    options = [part for arn in arns for part in ("--log-group", arn)]
    report = hunted(account, tmp_path, "activity-by-region", *PAST, *options)
    once = in_files("activity-by-region")
    assert [row | {"events": str(2 * int(row["events"]))} for row in once] == report["rows"]
    assert logs.calls["StartQuery"] == 2


def test_a_place_among_the_queries_that_run_is_waited_for(trailed: Watched, tmp_path: Path) -> None:
    account, logs = trailed
    logs.errors = {
        "StartQuery": ["LimitExceededException", "ThrottlingException"],
        "GetQueryResults": ["ThrottlingException"],
    }
    assert hunted(account, tmp_path, "denials", *PAST)["rows"] == in_files("denials")
    assert logs.calls["StartQuery"] == 3


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        ("StartQuery", "AccessDeniedException", "the permission logs:StartQuery is missing. `auditor policy --hunt`"),
        ("GetQueryResults", "AccessDeniedException", "the permission logs:GetQueryResults is missing."),
        ("StartQuery", "MalformedQueryException", "StartQuery failed with MalformedQueryException"),
    ],
)
def test_why_it_could_not_be_asked_is_told(trailed: Watched, tmp_path: Path, call: str, code: str, said: str) -> None:
    account, logs = trailed
    logs.errors = {call: [code]}
    done = hunt(account, tmp_path, "denials", *PAST)
    assert (done.code, done.out) == (3, "")
    assert said in done.err
    if call == "GetQueryResults":
        assert logs.stopped == ["query-0"]


@pytest.mark.parametrize("state", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_fails_at_aws_is_no_empty_answer(trailed: Watched, tmp_path: Path, state: str) -> None:
    account, logs = trailed
    logs.last = state
    done = hunt(account, tmp_path, "denials", *PAST)
    assert (done.code, done.out) == (3, "")
    assert (
        f"gave a query of arn:aws:logs:us-east-1:123456789012:log-group:{GROUP} in us-east-1 up: {state}." in done.err
    )


def test_a_log_group_that_is_not_there(trailed: Watched, tmp_path: Path) -> None:
    done = hunt(trailed[0], tmp_path, "denials", "--log-group", "nowhere")
    assert (done.code, done.out) == (3, "")
    assert "There is no log group nowhere in us-east-1. Name another with --log-group, or see --region." in done.err


def test_an_account_whose_trails_deliver_to_no_log_group(watched: Watched, tmp_path: Path) -> None:
    done = hunt(watched[0], tmp_path, "denials")
    assert (done.code, done.out) == (3, "")
    assert "No trail delivers to a log group that can be asked." in done.err


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_is_told_to_end_stops_the_query_at_aws(
    trailed: Watched, tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    account, logs = trailed
    logs.states = ("Forever",)
    command = [sys.executable, "-m", "auditor.cli", "hunt", "run", "denials", "--log-group", GROUP]
    with subprocess.Popen(command, env=account.environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        assert logs.started.wait(60)
        while not logs.calls["GetQueryResults"]:
            time.sleep(0.05)
        process.send_signal(sign)
        assert process.wait(60) == code
        assert "Traceback" not in (process.stderr.read() if process.stderr else "")
    assert logs.stopped == ["query-0"]


def test_much_is_not_read_unasked(trailed: Watched, tmp_path: Path) -> None:
    account, logs = trailed
    big = [LogEvent(event.at, event.message) for event in logs.events[GROUP]]
    client = account.client("logs")
    client.create_log_stream(logGroupName=GROUP, logStreamName="s")
    now = int(time.time() * 1000)
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName="s",
        logEvents=[{"timestamp": now, "message": event.message} for event in big],
    )
    done = hunt(account, tmp_path, "denials", "--max-gb", "0.000001")
    assert done.code == 2
    assert "CloudWatch would read about 0.0 GB. Give --yes, a larger --max-gb or less time." in done.err
    assert not logs.calls["StartQuery"]
    assert hunt(account, tmp_path, "denials", "--max-gb", "0.000001", "--yes").code == 0
    assert logs.calls["StartQuery"] == 1


def test_rows_fail_a_pipeline_that_asks_for_it(trailed: Watched, tmp_path: Path) -> None:
    account, _ = trailed
    assert hunt(account, tmp_path, "denials", *PAST, "--fail-if-any").code == 1
    assert hunt(account, tmp_path, "root-activity", *PAST, "--fail-if-any").code == 0


def test_what_is_asked_is_what_show_prints(trailed: Watched, tmp_path: Path) -> None:
    account, logs = trailed
    given = ("-p", 'identity=o\'brien | "x" \\ *\n', "-p", "match=contains")
    hunted(account, tmp_path, "by-identity", *given, *PAST)
    shown = auditor("hunt", "show", "by-identity", *given)
    assert shown.out.rstrip("\n") == next(iter(logs.asked.values())).text
    assert json.loads(auditor("hunt", "show", "denials", "--json").out)["insights"].startswith("fields @timestamp, ")
