"""`auditor scan --verify-logs` from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.run import auditor
from tests.integrity.signed import ARN, BUCKET, recent
from tests.integrity.stage import Stage


def scanned(stage: Stage, out: Path, *more: str) -> tuple[int, dict[str, Any]]:
    arguments = ("scan", "--check", "trail.log_*", "--format", "json,bundle", "--out", str(out), *more)
    done = auditor(*arguments, environment=stage.environment)
    assert (out / "report.json").exists(), done.err
    return done.code, json.loads((out / "report.json").read_text())


def test_a_scan_has_the_finding_where_it_is_asked_for(stage: Stage, tmp_path: Path) -> None:
    chain, _ = recent(30)
    stage.fill(chain.objects)
    _, report = scanned(stage, tmp_path / "without")
    assert [one["check_id"] for one in report["findings"]] == ["trail.log_validation"]
    assert report["run"]["checks"] == ["trail.log_validation"]
    code, report = scanned(stage, tmp_path / "sound", "--verify-logs", "24h")
    (found,) = [one for one in report["findings"] if one["check_id"] == "trail.log_integrity"]
    assert (code, found["status"], found["resource"]) == (0, "PASS", ARN)
    assert report["run"]["api_calls"]["s3:GetObject"] >= 24 * 3
    gone = chain.written[20].logs[0]
    stage.account.client("s3").delete_object(Bucket=BUCKET, Key=gone)
    code, report = scanned(stage, tmp_path / "tampered", "--verify-logs", "1d")
    (found,) = [one for one in report["findings"] if one["check_id"] == "trail.log_integrity"]
    assert (code, found["status"], found["severity"]) == (1, "FAIL", "critical")
    assert gone in found["reason"]
    # The facts go into the bundle, so that the same findings come of them without AWS.
    verified = auditor("verify", str(tmp_path / "tampered" / "evidence.zip"))
    assert (verified.code, "the snapshot gives the same" in verified.out) == (0, True), verified.err
    again = auditor(
        "scan", "--from", str(tmp_path / "tampered" / "evidence.zip"), "--check", "trail.log_integrity", "--out", "-",
        "--format", "json",
    )  # fmt: skip
    assert [one["status"] for one in again.report["findings"]] == ["FAIL"]


def test_a_scan_takes_a_length_of_time_and_no_stored_facts(stage: Stage) -> None:
    done = auditor("scan", "--verify-logs", "yesterday", environment=stage.environment)
    assert done.code == 2
    assert "--verify-logs takes a time such as 7d or 12h" in done.err
