"""Runs the command as a user does: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.aws.account import Account


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)


def auditor(*arguments: str, environment: dict[str, str] | None = None) -> Done:
    command = [sys.executable, "-m", "auditor.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def scan(account: Account, home: Path, *arguments: str, **variables: str) -> Done:
    environment = {**account.environment(home), **variables}
    return auditor("scan", *arguments, environment=environment)


def scan_json(account: Account, home: Path, *arguments: str) -> Any:
    done = scan(account, home, "--format", "json", "--out", "-", *arguments)
    assert done.code in {0, 1, 3}, done.err
    return done.report
