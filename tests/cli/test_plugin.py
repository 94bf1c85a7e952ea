"""The example of a third party's check and format, installed as anyone would install it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme-checks"
STORED = Path(__file__).parents[1] / "render" / "data" / "report-1.0.json"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a Python that finds the example's package beside what is installed here."""
    there = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(there)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(EXAMPLE)], check=True, timeout=120)
    paths = [str(there), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def auditor(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "auditor.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_listed_beside_the_built_in_checks(installed: dict[str, str]) -> None:
    listed = {check["id"]: check for check in json.loads(auditor(installed, "checks", "--json"))}
    assert listed["acme.trail_prefix"]["controls"] == {"acme-2026": "LOG-7"}
    assert "alarm.root_usage" in listed


def test_it_judges_the_demo_account(installed: dict[str, str]) -> None:
    report = json.loads(auditor(installed, "demo", "--format", "json", "--out", "-"))
    found = [finding for finding in report["findings"] if finding["check_id"] == "acme.trail_prefix"]
    assert found
    assert {finding["status"] for finding in found} == {"FAIL"}
    assert all("s3-key-prefix" in finding["remediation"]["commands"][0] for finding in found)


def test_its_format_is_there_too(installed: dict[str, str]) -> None:
    line = auditor(installed, "render", str(STORED), "--format", "acme-chat", "--out", "-")
    assert line == "2 checks fail in 111122223333.\n"


def test_one_that_does_not_load_is_a_finding_by_name(installed: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken_checks-1.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-checks\nVersion: 1\n")
    (broken / "entry_points.txt").write_text("[auditor.checks]\nbroken.check = nowhere:Nothing\n")
    environment = {**installed, "PYTHONPATH": os.pathsep.join([installed["PYTHONPATH"], str(tmp_path)])}
    report = json.loads(auditor(environment, "demo", "--format", "json", "--out", "-"))
    (found,) = (finding for finding in report["findings"] if finding["check_id"] == "broken.check")
    assert found["status"] == "UNKNOWN"
    assert "broken-checks" in found["reason"]
    assert "nowhere" in found["reason"]
