"""What the command imports, and when: start-up is most of a scan's time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from auditor.demo.sound import build_sound
from tests.aws.account import Account

HEAVY = {"boto3", "botocore", "jinja2", "pydantic", "rich", "weasyprint", "auditor.chain", "auditor.checking"}


def imported(environment: dict[str, str], *arguments: str) -> list[str]:
    """Gives the modules that the command imports, in their order."""
    command = [sys.executable, "-X", "importtime", "-m", "auditor.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    lines = (line.split("|") for line in done.stderr.splitlines() if line.startswith("import time:"))
    return [line[-1].strip() for line in lines]


def test_version_and_help_import_next_to_nothing(aws_account: Account, tmp_path: Path) -> None:
    for asked in ("--version", "--help"):
        found = imported(aws_account.environment(tmp_path), asked)
        assert "click" in found
        assert not HEAVY & set(found)


def test_a_scan_as_json_begins_to_read_first_and_draws_nothing(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=("root_usage",))
    scan = ("scan", "--format", "json", "--out", "-", "--fail-on", "never")
    found = imported(aws_account.environment(tmp_path), *scan)
    assert not {"jinja2", "rich", "weasyprint"} & set(found)
    assert found.index("auditor.collect.account") < found.index("auditor.chain")
