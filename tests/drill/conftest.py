"""The command `auditor drill`, run within the test's own process."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from auditor.cli.drill import drill
from tests.aws.account import Account
from tests.scenarios.stage import connection_to


class Command:
    """Runs `auditor drill` against an account, over one connection, since new clients take longer than a drill."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(drill, arguments, catch_exceptions=False)


@pytest.fixture
def command(aws_account: Account, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr("auditor.collect.connect", lambda *_: connection_to(aws_account))
    return Command(aws_account)
