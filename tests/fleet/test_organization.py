"""A whole organization, by the command: who is read, how often, and what is said of whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import auditor
from tests.fleet.fleet import EXTERNAL_ID, Fleet, findings, overview, rows

# A member without a trail of its own is asked who it is, for its trails, and for what is the account's own.
_OF_A_MEMBER = {
    "cloudtrail:DescribeTrails": 1,
    "cloudtrail:ListTrails": 1,
    "iam:ListAccountAliases": 1,
    "s3control:GetPublicAccessBlock": 1,
    "securityhub:DescribeHub": 1,
    "sts:GetCallerIdentity": 1,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("organization")


@pytest.fixture
def out(fleet: Fleet, home: Path) -> Path:
    """One run over the sound organization, made by whichever test comes first."""
    found = home / "out"
    if not found.exists():
        done = fleet.scan(home, "--format", "json,html", "--out", str(found))
        assert done.code == 0, done.err
        (home / "calls.json").write_text(json.dumps({one: fleet.account.controls.calls(one) for one in fleet.accounts}))
        (home / "said").write_text(done.out + done.err)
    return found


def test_every_account_of_a_sound_organization_passes(fleet: Fleet, out: Path) -> None:
    found = overview(out)
    assert {row["account_id"] for row in found["accounts"]} == fleet.accounts
    assert {verdict for row in found["accounts"] for verdict in row["verdicts"].values()} == {"pass"}
    assert (found["score"], found["unread"]) == (100, 0)
    units = {row["account_id"]: row["unit"] for row in found["accounts"]}
    assert units[fleet.organization.log_archive] == "Root/Security"
    assert {units[one] for one in fleet.organization.with_trail} == {"Root/Workloads/Production"}


def test_what_the_organization_shares_is_read_once(fleet: Fleet, home: Path, out: Path) -> None:
    assert out.exists()
    calls = json.loads((home / "calls.json").read_text())
    one = fleet.organization
    own = set(one.with_trail)
    without = [account for account in one.members if account not in own]
    assert all(calls[account] == _OF_A_MEMBER for account in without[1:])
    status = {account: calls[account].get("cloudtrail:GetTrailStatus", 0) for account in fleet.accounts}
    assert status == {account: int(account in own or account == one.management) for account in fleet.accounts}
    # The management account is refused the bucket, and so leads to the log archive.
    policy = {account for account in fleet.accounts if "s3:GetBucketPolicy" in calls[account]}
    assert policy == own | {one.management, one.log_archive}
    assert calls[one.management]["sts:AssumeRole"] == len(fleet.accounts)


def test_a_member_is_judged_by_the_chain_that_its_events_take(fleet: Fleet, out: Path) -> None:
    one = fleet.organization
    member = next(account for account in one.members if account not in one.with_trail)
    root = next(finding for finding in findings(out)[member] if finding["check_id"] == "alarm.root_usage")
    assert root["status"] == "PASS"
    assert {link["resource"].split(":")[4] for link in root["chain"] if link["resource"].count(":") > 4} == {
        one.management
    }
    assert any(f"Read in account {one.management}" in note for note in root["notes"])
    policy = next(finding for finding in findings(out)[member] if finding["check_id"] == "bucket.public_access")
    assert policy["status"] == "PASS"
    assert one.log_archive in json.dumps(policy)


def test_a_run_leaves_what_it_says(fleet: Fleet, home: Path, out: Path) -> None:
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    per_account = {
        name
        for account in fleet.accounts
        for name in (
            f"findings/{account}.jsonl",
            *(f"accounts/{account}/{file}" for file in ("report.json", "report.html", "row.json")),
        )
    }
    assert names == per_account | {"run.json", "shared.json", "fleet.html", "fleet.json", "fleet.csv"}
    said = (home / "said").read_text()
    assert "9 accounts of the organization" in said
    assert f"Wrote {out}/fleet.html" in said
    assert EXTERNAL_ID not in said


def test_a_unit_alone(fleet: Fleet, tmp_path: Path) -> None:
    units = fleet.organization.units
    done = fleet.scan(tmp_path, "--ou", units["Workloads"], "--out", str(tmp_path / "out"))
    assert done.code == 0, done.err
    found = rows(tmp_path / "out")
    assert set(found) == set(fleet.organization.with_trail)
    # The trail and the bucket of accounts outside the unit are read all the same.
    assert {row["score"] for row in found.values()} == {100}


def test_a_file_of_accounts(fleet: Fleet, tmp_path: Path) -> None:
    one = fleet.organization
    chosen = [*one.members[:3], one.log_archive]
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("id,name\n" + "".join(f"{account},named {account}\n" for account in chosen))
    command = ["scan", "--accounts", str(accounts), "--role-name", one.role_name, "--external-id", EXTERNAL_ID]
    done = auditor(*command, "-f", "json", "--out", str(tmp_path / "out"), environment=fleet.environment(tmp_path))
    assert done.code == 0, done.err
    found = rows(tmp_path / "out")
    assert {account: row["name"] for account, row in found.items()} == {one: f"named {one}" for one in chosen}
    assert {row["score"] for row in found.values()} == {100}


def test_sessions_bear_the_name_of_the_run(fleet: Fleet, out: Path) -> None:
    run = overview(out)["run"]["id"]
    report = json.loads((out / "accounts" / fleet.organization.members[0] / "report.json").read_text())
    assert report["run"]["caller_arn"].endswith(f":assumed-role/trail-auditor/trail-auditor-{run}")


def test_what_mends_a_shared_chain_is_said_where_its_owner_is(fleet: Fleet, tmp_path: Path) -> None:
    one = fleet.organization
    alarms = fleet.account.other(one.management).client("cloudwatch")
    names = [alarm["AlarmName"] for alarm in alarms.describe_alarms()["MetricAlarms"]]
    (broken,) = [name for name in names if "root-usage" in name]
    alarms.disable_alarm_actions(AlarmNames=[broken])
    try:
        done = fleet.scan(tmp_path, "--out", str(tmp_path / "out"))
    finally:
        alarms.enable_alarm_actions(AlarmNames=[broken])
    assert done.code == 1
    found = overview(tmp_path / "out")
    (chain,) = found["chains"]
    without = {account for account in one.members if account not in one.with_trail}
    assert (chain["check_id"], chain["link"]) == ("alarm.root_usage", "action")
    assert chain["accounts"] == len(without | {one.management, one.log_archive})
    by_account = {
        account: next(finding for finding in members if finding["check_id"] == "alarm.root_usage")
        for account, members in findings(tmp_path / "out").items()
    }
    assert by_account[one.management]["remediation"]["commands"]
    member = by_account[min(without)]
    assert member["remediation"]["commands"] == []
    assert one.management in member["remediation"]["summary"]
    assert "alarm.root_usage breaks at the action in" in done.out
