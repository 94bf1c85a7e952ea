"""The workflow for an organization does what it says, step by step."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.findings import Severity, Verdict
from auditor.overview import AccountRow, Declared, FleetRun, Tally
from tests.aws.account import Account
from tests.examples.test_organization import HERE, shellcheck

WORKFLOW = yaml.safe_load((HERE / "github-actions.yml").read_text())
STEPS = WORKFLOW["jobs"]["audit"]["steps"]
FLEET = ("--organization", "--role-name", "trail-auditor", "--external-id", "3f2b9c", "--out")


def script(name: str) -> str:
    (text,) = (step["run"] for step in STEPS if step.get("name") == name)
    return str(text)


def run(name: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a step as GitHub does."""
    (folder / "step.sh").write_text(script(name))
    environment = {"PATH": os.environ["PATH"], **WORKFLOW["env"], **variables}
    for kind in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        environment[kind] = str(folder / kind)
    command = ["bash", "-e", "step.sh"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_steps_are_sound_shell_and_take_no_text_from_outside() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 5
    for text in scripts:
        assert "${{" not in text
        shellcheck(text, "bash")


def test_the_actions_are_those_of_the_other_workflow() -> None:
    other = yaml.safe_load((HERE.parent / "github-actions.yml").read_text())
    pinned = {step["uses"] for step in other["jobs"]["audit"]["steps"] if "uses" in step}
    assert {step["uses"] for step in STEPS if "uses" in step} <= pinned


def test_the_report_is_kept_and_told_whatever_the_scan_found() -> None:
    after = STEPS[[step.get("name") for step in STEPS].index("Audit") + 1 :]
    assert len(after) == 3
    assert all("!cancelled()" in step["if"] for step in after)
    assert after[-1]["name"] == "Verdict"


class Job:
    """The step that audits, with a stand-in for `auditor` that says how it was called."""

    def __init__(self, folder: Path, account: Account, quick: Path) -> None:
        self.folder, self.account, self.quick = folder, account, quick
        account.client("s3").create_bucket(Bucket="acme-audits")

    def stored(self, name: str) -> None:
        self.account.client("s3").put_object(Bucket="acme-audits", Key=name, Body=b"{}")

    def __call__(self, code: int = 0, **variables: str) -> list[str]:
        """Gives what `auditor` was called with; it ends with this exit code."""
        stand_in = self.folder / "auditor"
        stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > called\nexit {code}\n')
        stand_in.chmod(0o755)
        environment = self.account.environment(self.folder)
        environment["PATH"] = os.pathsep.join([str(self.folder), str(self.quick), environment["PATH"]])
        given = {"EXTERNAL_ID": "3f2b9c", "RESUME": "", "RUN": "77", **variables}
        done = run("Audit", self.folder, **environment, **given)
        assert done.returncode == 0, done.stderr
        assert (self.folder / "GITHUB_OUTPUT").read_text() == f"code={code}\n"
        (self.folder / "GITHUB_OUTPUT").unlink()
        *called, at_least, high = (self.folder / "called").read_text().splitlines()
        assert (called.pop(0), at_least, high) == ("scan", "--fail-on", "high")
        return called


@pytest.fixture
def job(tmp_path: Path, aws_account: Account, quick: Path) -> Job:
    return Job(tmp_path, aws_account, quick)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 130])
def test_the_reports_stay_with_the_job(job: Job, code: int) -> None:
    assert job(code) == [*FLEET, "audit-report"]


def test_a_run_in_a_bucket_is_continued_when_the_job_is_run_again(job: Job) -> None:
    place = "s3://acme-audits/runs"
    job.stored("runs/770/run.json")
    assert job(2, PLACE=place) == [*FLEET, f"{place}/77"]
    job.stored("runs/77/run.json")
    job.stored("runs/77/fleet.json")
    job.stored("runs/77/accounts/123456789012/report.json")
    assert job(1, PLACE=place) == ["--resume", f"{place}/77"]
    assert [path.name for path in (job.folder / "audit-report").rglob("*") if path.is_file()] == ["fleet.json"]


def test_a_run_that_somebody_names_is_continued_or_nothing_is(job: Job) -> None:
    # As `auditor` prints it, with a slash at its end.
    assert job(3, RESUME="s3://acme-audits/runs/12/") == ["--resume", "s3://acme-audits/runs/12"]


@pytest.mark.parametrize(
    ("code", "ends", "said"), [("0", 0, ""), ("3", 0, "::warning::"), ("1", 1, "::error::A finding fails")]
)
def test_the_job_ends_as_the_scan_did(tmp_path: Path, code: str, ends: int, said: str) -> None:
    done = run("Verdict", tmp_path, CODE=code)
    assert (done.returncode, done.stdout.startswith(said)) == (ends, True)
    assert bool(done.stdout) is bool(said)


@pytest.mark.parametrize("code", ["2", "130", "137", ""])
def test_a_run_that_does_not_come_to_its_end_fails_the_job(tmp_path: Path, code: str) -> None:
    done = run("Verdict", tmp_path, CODE=code)
    assert done.returncode == 1
    assert "did not come to its end" in done.stdout


def test_the_summary_is_that_of_the_overview(tmp_path: Path) -> None:
    verdicts = {"alarm.root_usage": Verdict.FAIL, "trail.logging": Verdict.PASS, "bucket.encryption": Verdict.UNKNOWN}
    rows: list[dict[str, Any]] = [{}, {"unread": "no role"}]
    tally = Tally()
    for number, more in enumerate(rows):
        findings = {each: list(verdicts.values()).count(each) for each in Verdict}
        account = {"account_id": f"{number:012}", "verdicts": verdicts, "findings": findings, "score": 33}
        tally.add(AccountRow(**account, **more), ())
    declared = [Declared(check_id=check_id, control="4.3", title="", severity=Severity.HIGH) for check_id in verdicts]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    words = dict.fromkeys(("id", "source", "role_name", "caller_arn", "partition", "region", "benchmark", "engine"), "")
    overview = tally.overview(FleetRun(started_at=at, finished_at=at, checks=(), **words), declared)
    (tmp_path / "audit-report").mkdir()
    (tmp_path / "audit-report" / "fleet.json").write_text(overview.model_dump_json())
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = run("Summary", tmp_path, PATH=here)
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "GITHUB_STEP_SUMMARY").read_text().splitlines()
    assert lines[0] == "## 2 accounts, score 33 of 100"
    assert "**Not read: 1 of 2 accounts.**" in lines
    assert [line for line in lines if re.match(r"\| `", line)] == [
        "| `alarm.root_usage` | 4.3 | 2 | 0 |",
        "| `bucket.encryption` | 4.3 | 0 | 2 |",
    ]
