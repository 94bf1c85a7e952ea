"""Runs the command over an organization, as its management account does, and reads what a run leaves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.demo.organization import Organization
from tests.aws.account import Account
from tests.cli.run import Done, auditor

EXTERNAL_ID = "7f3a"
# What tells when and by which request a fact was read, and nothing of what was found.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")
_TIMES = {"at", "request_id", "started_at", "finished_at"}


@dataclass(frozen=True)
class Fleet:
    """An organization, and the account that its emulator serves first."""

    account: Account
    organization: Organization

    @property
    def accounts(self) -> set[str]:
        """All accounts of the organization."""
        one = self.organization
        return {one.management, one.log_archive, *one.members}

    def environment(self, home: Path, endpoint: str | None = None) -> dict[str, str]:
        """The variables of someone in the management account."""
        found = self.account.other(self.organization.management).environment(home)
        return {**found, "AWS_ENDPOINT_URL": endpoint or self.account.endpoint_url}

    def arguments(self, *more: str) -> list[str]:
        """The words of a scan of the whole organization, for a machine."""
        role = ("--role-name", self.organization.role_name, "--external-id", EXTERNAL_ID)
        return ["scan", "--organization", *role, "--format", "json", *more]

    def scan(self, home: Path, *more: str, endpoint: str | None = None) -> Done:
        """Scans the whole organization."""
        return auditor(*self.arguments(*more), environment=self.environment(home, endpoint))

    def resume(self, home: Path, out: Path, *more: str) -> Done:
        """Goes on with a run."""
        return auditor("scan", "--resume", str(out), *more, environment=self.environment(home))

    def start(self, home: Path, *words: str, endpoint: str | None = None) -> subprocess.Popen[str]:
        """Starts a command and does not wait for it."""
        command = [sys.executable, "-m", "auditor.cli", *words]
        return subprocess.Popen(
            command,
            env=self.environment(home, endpoint),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def overview(out: Path) -> Any:
    """The overview that a run has left."""
    return json.loads((out / "fleet.json").read_text(encoding="utf-8"))


def rows(out: Path) -> dict[str, Any]:
    """The overview's row of each account."""
    return {row["account_id"]: row for row in overview(out)["accounts"]}


def findings(out: Path) -> dict[str, list[Any]]:
    """What was found in each account, without what tells one run from another."""
    return {
        path.stem: [timeless(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted((out / "findings").glob("*.jsonl"))
    }


def timeless(value: Any) -> Any:
    """A finding without the times and the names of requests."""
    if isinstance(value, Mapping):
        return {key: timeless(each) for key, each in value.items() if key not in _TIMES}
    if isinstance(value, list):
        return [timeless(each) for each in value]
    # The emulated trails have delivered four minutes ago, whenever they are asked.
    return _MOMENT.sub("then", value) if isinstance(value, str) else value
