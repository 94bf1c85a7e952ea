"""Runs the command as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.aws.account import Account
from tests.cli.forks import forks


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
    given = dict(os.environ) if environment is None else environment
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open("rb") as nothing:
        streams = (nothing.fileno(), out.fileno(), err.fileno())
        code = forks().run(arguments, given, streams, timeout=180)
        out.seek(0)
        err.seek(0)
        return Done(code, out.read().decode(errors="backslashreplace"), err.read().decode(errors="backslashreplace"))


def scan(account: Account, home: Path, *arguments: str, **variables: str) -> Done:
    environment = {**account.environment(home), **variables}
    return auditor("scan", *arguments, environment=environment)


def scan_json(account: Account, home: Path, *arguments: str) -> Any:
    done = scan(account, home, "--format", "json", "--out", "-", *arguments)
    assert done.code in {0, 1, 3}, done.err
    return done.report
