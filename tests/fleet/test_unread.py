"""Accounts that cannot be read: UNKNOWN, with the reason, and the run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.findings import Severity
from auditor.fleet.run import exit_code
from auditor.overview import Overview
from auditor.registry import check_ids
from tests.cli.run import Done, auditor
from tests.fleet.fleet import EXTERNAL_ID, Fleet, findings, overview, rows


def scan(fleet: Fleet, home: Path, accounts: Path, *more: str) -> Done:
    role = ("--role-name", fleet.organization.role_name, "--external-id", EXTERNAL_ID)
    words = ["scan", "--accounts", str(accounts), *role, "-f", "json", "--out", str(home / "out"), *more]
    return auditor(*words, environment=fleet.environment(home))


def test_each_reason_is_told_and_the_others_are_read(fleet: Fleet, tmp_path: Path) -> None:
    one = fleet.organization
    fine, without_role, expired, closed = one.members[:4]
    listed = [{"Id": account} for account in (one.management, one.log_archive, fine, without_role, expired)]
    accounts = tmp_path / "accounts.json"
    accounts.write_text(json.dumps({"Accounts": [*listed, {"Id": closed, "State": "PENDING_CLOSURE"}]}))
    fleet.account.controls.fail("sts:AssumeRole", match=without_role)
    fleet.account.controls.fail("*", "ExpiredToken", account=expired)
    done = scan(fleet, tmp_path, accounts)
    assert done.code == 3, done.err
    found = rows(tmp_path / "out")
    assert {account: row["score"] for account, row in found.items() if not row["unread"]} == {
        one.management: 100,
        one.log_archive: 100,
        fine: 100,
    }
    said = {account: row["unread"] for account, row in found.items() if row["unread"]}
    role = f"arn:aws:iam::{without_role}:role/trail-auditor"
    assert f"The role {role} could not be taken on (AccessDenied)" in said.pop(without_role)
    assert "ExpiredToken" in said.pop(expired)
    assert said.pop(closed) == f"The account {closed} is pending closure in its organization."
    assert said == {}
    assert not fleet.account.controls.calls(closed)
    for account in (without_role, expired, closed):
        members = findings(tmp_path / "out")[account]
        assert {finding["status"] for finding in members} == {"UNKNOWN"}
        assert {finding["check_id"] for finding in members} == set(check_ids()) - {"trail.log_integrity"}
        assert all(found[account]["unread"] == finding["reason"] for finding in members)
        report = json.loads((tmp_path / "out/accounts" / account / "report.json").read_text())
        assert report["summary"]["status"]["UNKNOWN"] == len(members)
    assert f"not read: {without_role}: The role {role} could not be taken on" in done.out


def test_what_could_not_be_read_is_tried_again_and_the_rest_is_not(fleet: Fleet, tmp_path: Path) -> None:
    one = fleet.organization
    accounts = tmp_path / "accounts.txt"
    accounts.write_text("\n".join((one.management, *one.members[:3])))
    fleet.account.controls.fail("sts:AssumeRole", match=one.members[1])
    assert scan(fleet, tmp_path, accounts).code == 3
    fleet.account.controls.heal()
    fleet.account.controls.forget_calls()
    done = fleet.resume(tmp_path, tmp_path / "out")
    assert done.code == 0, done.err
    assert {row["score"] for row in rows(tmp_path / "out").values()} == {100}
    assert fleet.account.controls.calls(one.members[1])
    assert not fleet.account.controls.calls(one.members[0])
    assert not fleet.account.controls.calls(one.members[2])


def test_another_external_id_opens_no_account_but_ones_own(fleet: Fleet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = fleet.scan(tmp_path, "--external-id", "wrong", "--out", str(out))
    assert done.code == 3, done.err
    assert overview(out)["unread"] == len(fleet.accounts) - 1
    # The management account has no such role; it is read with the caller's own rights.
    assert rows(out)[fleet.organization.management]["unread"] == ""
    also = len(fleet.accounts) - 2
    assert f" and {also} more: The role arn:aws:iam::" in done.out


def test_a_missing_right_in_one_account_leaves_the_others_alone(fleet: Fleet, tmp_path: Path) -> None:
    member = fleet.organization.members[1]
    fleet.account.controls.fail("cloudtrail:DescribeTrails", account=member)
    done = fleet.scan(tmp_path, "--out", str(tmp_path / "out"))
    assert done.code == 3, done.err
    scores = {account: row["score"] for account, row in rows(tmp_path / "out").items()}
    assert {account for account, score in scores.items() if score < 100} == {member}
    reasons = {finding["reason"] for finding in findings(tmp_path / "out")[member]}
    assert any("cloudtrail:DescribeTrails is missing" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("verdicts", "fail_on", "code"),
    [
        ({"pass": 2}, Severity.INFO, 0),
        ({"fail": 1, "pass": 1}, Severity.INFO, 1),
        ({"fail": 1, "pass": 1}, Severity.CRITICAL, 0),
        ({"fail": 1, "unknown": 1}, Severity.CRITICAL, 3),
        ({"fail": 1, "unknown": 1}, Severity.HIGH, 1),
        ({"fail": 1, "pass": 1}, None, 0),
        ({"unknown": 1, "pass": 1}, None, 3),
        ({"waived": 2}, Severity.INFO, 0),
    ],
)
def test_exit_codes(verdicts: dict[str, int], fail_on: Severity | None, code: int) -> None:
    every = dict.fromkeys(("fail", "unknown", "waived", "pass", "not-applicable"), 0) | verdicts
    control = {"check_id": "a.b", "control": "", "title": "", "severity": "high", "accounts": every}
    run = dict.fromkeys(("id", "source", "role_name", "caller_arn", "partition", "region", "benchmark", "engine"), "")
    told = Overview.model_validate(
        {
            "run": {**run, "started_at": 0, "finished_at": 0, "checks": ["a.b"]},
            "score": 0,
            "findings": every,
            "unread": 0,
            "calls": 0,
            "controls": [control],
            "chains": [],
            "accounts": [],
        }
    )
    assert exit_code(told, fail_on) == code
