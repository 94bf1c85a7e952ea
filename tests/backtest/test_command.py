"""`auditor backtest` as a person runs it, against an account behind HTTP and without one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.demo.account import build
from auditor.demo.sound import Sound, build_sound
from tests.aws.account import Account
from tests.backtest.build import DATA, OF_THE_DATA, account_of_the_data, few_chains, looking, stopping, write_logs
from tests.cli.run import Done, auditor

ONLY = ("--check", "alarm.cloudtrail_changes")
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


@pytest.fixture
def sound(aws_account: Account) -> Sound:
    return build_sound(aws_account, controls=("cloudtrail_changes",))


def run(account: Account | None, home: Path, *arguments: str) -> Done:
    environment = account.environment(home) if account else {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    return auditor("backtest", *arguments, environment=environment)


def result(done: Done) -> Any:
    assert done.code in {0, 1, 3}, done.err
    found = json.loads(done.out)
    return found, found["controls"][0]


def as_json(account: Account, home: Path, *arguments: str) -> Any:
    return result(run(account, home, *ONLY, "-f", "json", "--out", "-", *arguments))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.json"
    path.write_text(few_chains().model_dump_json())
    return path


def test_a_scan_now_and_a_folder(aws_account: Account, sound: Sound, tmp_path: Path) -> None:
    place = write_logs(tmp_path / "logs", [looking(ago(days=3)), stopping(ago(days=2)), looking(ago(days=1))])
    done = run(aws_account, tmp_path, *ONLY, "--logs", str(place))
    # The real alarm is in the emulator, which evaluates nothing, and so it never went off.
    assert done.code == 1, done.err
    assert "1 event in 2 days should have rung. All did." in done.out
    assert f"cloudtrail-changes: It should have gone off once and did not, first at {ago(days=2):%Y-%m-%d}" in done.out
    assert "it never went off" in done.out
    assert "\x1b" not in done.out + done.err
    assert sound.controls == ("cloudtrail_changes",)


@pytest.mark.usefixtures("sound")
def test_an_alarm_that_went_off_in_time(aws_account: Account, tmp_path: Path) -> None:
    place = write_logs(tmp_path / "logs", [stopping(ago(minutes=4)), looking(ago(minutes=1))])
    cloudwatch = aws_account.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName="cloudtrail-changes", StateValue="ALARM", StateReason="a test")
    found, control = as_json(aws_account, tmp_path, "--logs", str(place))
    (alarm,) = found["alarms"]
    assert len(alarm["history"]["went_off"]) == 1
    assert (alarm["history"]["missing"], alarm["history"]["unexplained"]) == ([], [])
    assert control["rang"] == 1


def test_the_trails_own_log_group(aws_account: Account, sound: Sound, tmp_path: Path) -> None:
    put(aws_account, sound.log_group, [looking(ago(hours=5)), stopping(ago(hours=4)), looking(ago(hours=3))], lines=1)
    old = [stopping(ago(days=9))]
    put(aws_account, sound.log_group, old, stream="old")
    found, control = as_json(aws_account, tmp_path, "--log-group")
    assert (found["logs"]["counted"], control["should"], control["rang"]) == (3, 1, 1)
    assert found["logs"]["place"] == f"log group {sound.log_group} in us-east-1"
    assert found["logs"]["aside"] == {"not a JSON object": 1}
    by_name, _ = as_json(aws_account, tmp_path, "--log-group", sound.log_group, "--since", "3w")
    assert by_name["logs"]["counted"] == 4
    arn = f"arn:aws:logs:us-east-1:{aws_account.account_id}:log-group:{sound.log_group}"
    short, _ = as_json(aws_account, tmp_path, "--log-group", arn, "--since", "270m", "--until", "200m")
    assert short["logs"]["counted"] == 1


def put(
    account: Account, group: str, events: Sequence[dict[str, Any]], *, stream: str = "trail", lines: int = 0
) -> None:
    logs = account.client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    told = [(one["eventTime"], json.dumps(one)) for one in events] + [(events[0]["eventTime"], "no event")] * lines
    moments = [(round(datetime.fromisoformat(time).timestamp() * 1000), text) for time, text in told]
    items = [{"timestamp": at, "message": text} for at, text in sorted(moments)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=items)


def test_a_log_group_with_more_than_a_page(aws_account: Account, sound: Sound, tmp_path: Path) -> None:
    many = [looking(ago(minutes=600 - number % 500), eventID=str(number)) for number in range(900)]
    put(aws_account, sound.log_group, [*many, stopping(ago(minutes=50))])
    aws_account.controls.page_size(20)
    found, control = as_json(aws_account, tmp_path, "--log-group", "--since", "1d")
    assert (found["logs"]["counted"], control["rang"]) == (901, 1)


def test_a_log_group_that_may_not_be_read(aws_account: Account, sound: Sound, tmp_path: Path) -> None:
    aws_account.controls.fail("logs:FilterLogEvents")
    done = run(aws_account, tmp_path, *ONLY, "--log-group", sound.log_group)
    assert done.code == 3
    assert "the permission logs:FilterLogEvents is missing" in done.out
    assert "Traceback" not in done.err


def test_a_bucket(aws_account: Account, sound: Sound, tmp_path: Path) -> None:
    prefix = f"AWSLogs/{aws_account.account_id}/CloudTrail/us-east-1/2026/"
    place = write_logs(tmp_path / "logs", [stopping(ago(days=2)), looking(ago(days=1))], per_file=1)
    # The trail's own bucket refuses plain HTTP.
    bucket = f"copy-of-{sound.bucket}"
    s3 = aws_account.client("s3")
    s3.create_bucket(Bucket=bucket)
    for path in place.iterdir():
        s3.put_object(Bucket=bucket, Key=prefix + path.name, Body=path.read_bytes())
    found, control = as_json(aws_account, tmp_path, "--logs", f"s3://{bucket}/AWSLogs/")
    assert (found["logs"]["files"], control["rang"]) == (2, 1)
    several, _ = as_json(aws_account, tmp_path, "--logs", f"s3://{bucket}/AWSLogs/", "--workers", "2")
    assert several["logs"] == found["logs"]
    aws_account.controls.fail("s3:GetObject", match=min(path.name for path in place.iterdir()))
    done = run(aws_account, tmp_path, *ONLY, "--logs", f"s3://{bucket}/AWSLogs/")
    assert "the permission s3:GetObject is missing" in done.out
    assert done.code == 3


def test_without_aws(stored: Path, tmp_path: Path) -> None:
    place = write_logs(tmp_path / "logs", [stopping(ago(days=2)), looking(ago(days=1))])
    out = tmp_path / "out"
    done = run(None, tmp_path, "--logs", str(place), "--from", str(stored), "-f", "html,pdf,json", "--out", str(out))
    assert done.code == 0, done.err
    assert sorted(path.name for path in out.iterdir()) == ["backtest.html", "backtest.json", "backtest.pdf"]
    assert (out / "backtest.pdf").read_bytes().startswith(b"%PDF")
    assert all(f"Wrote {out / name}" in done.out for name in ("backtest.html", "backtest.json", "backtest.pdf"))
    assert run(None, tmp_path, "--logs", str(place), "--report", str(stored), "-q").out == ""


def test_what_gets_lost_gives_1(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(few_chains(actions_enabled=False).model_dump_json())
    place = write_logs(tmp_path / "logs", [stopping(ago(days=2))])
    done = run(None, tmp_path, "--logs", str(place), "--from", str(path))
    assert done.code == 1
    assert "4.5: 1 event lost at the action. The actions of cloudtrail_changes are switched off." in done.out
    assert "cloudtrail.amazonaws.com StopLogging by IAMUser" in done.out


def test_a_broken_file_gives_3(stored: Path, tmp_path: Path) -> None:
    place = write_logs(tmp_path / "logs", [stopping(ago(days=2))])
    (place / "broken.json.gz").write_bytes(gzip.compress(b"{}")[:10])
    done = run(None, tmp_path, "--logs", str(place), "--from", str(stored))
    assert done.code == 3
    assert f"Not read: {place / 'broken.json.gz'}" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give one of the two"),
        (("--logs", "logs", "--log-group"), "Give one of the two"),
        (("--logs", "nowhere"), "There is no nowhere"),
        (("--logs", "empty"), "holds no log files"),
        (("--logs", "logs", "--since", "soon"), "is no time"),
        (("--logs", "logs", "--format", "docx"), "no format 'docx'"),
        (("--logs", "logs", "--out", "-"), "one format"),
        (("--logs", "logs", "--check", "trail.logging"), "alarm control"),
        (("--logs", "theirs"), "None of the 256 events is of account 123456789012"),
    ],
)
def test_usage(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_logs(tmp_path / "logs", [looking(ago(days=1))])
    (tmp_path / "empty").mkdir()
    (tmp_path / "theirs").symlink_to(DATA)
    done = run(None, tmp_path, "--from", str(stored), *arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_the_policy_adds_what_a_backtest_needs() -> None:
    reads, more = json.loads(auditor("policy", "--backtest").out)["Statement"]
    assert [reads] == json.loads(auditor("policy").out)["Statement"]
    assert more["Action"] == [
        *("cloudwatch:DescribeAlarmHistory", "logs:FilterLogEvents", "s3:GetObject", "s3:ListBucket")
    ]


def test_every_control_of_the_real_records(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(account_of_the_data().model_dump_json())
    done = run(None, tmp_path, "--logs", str(DATA), "--from", str(path), "-v")
    assert done.code == 0, done.err
    assert "60 events in 1 day should have rung. All did." in done.out


def test_the_demos_account_loses_them_where_its_chains_break(aws_account: Account, tmp_path: Path) -> None:
    build(aws_account)
    place = tmp_path / "logs"
    place.mkdir()
    for path in DATA.glob("*.json.gz"):
        records = gzip.decompress(path.read_bytes()).replace(OF_THE_DATA.encode(), aws_account.account_id.encode())
        (place / path.name).write_bytes(gzip.compress(records))
    done = run(aws_account, tmp_path, "--logs", str(place), "-f", "json", "--out", "-")
    assert done.code == 1, done.err
    controls = {one["number"]: one for one in json.loads(done.out)["controls"]}
    lost = {number: one["losses"][0]["link"] for number, one in controls.items() if one["losses"]}
    assert lost == {"4.1": "filter", "4.5": "action", "4.8": "subscription", "4.12": "filter"}
    reasons = " ".join(group["reason"] for one in controls.values() for group in one["losses"])
    assert "The pattern of acme-unauthorized-api-calls does not match it." in reasons
    assert "is on the log group acme/checkout-service, to which no trail delivers" in reasons
    rang = {number for number, one in controls.items() if one["outcome"] == "rang"}
    assert rang == {"4.2", "4.4", "4.10", "4.13", "4.14", "4.15"}
    # Two filters feed the one metric of 4.4; both are heard.
    assert (controls["4.4"]["should"], controls["4.4"]["lost"]) == (10, 0)
