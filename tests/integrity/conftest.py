from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.account import Account
from tests.integrity.signed import HOME
from tests.integrity.stage import Stage
from tests.integrity.stub import key_server

KEYS = {HOME: ["cloudtrail"], "eu-west-1": ["cloudtrail-ireland"]}


@pytest.fixture
def stage(aws_account: Account, quick: Path, tmp_path: Path) -> Iterator[Stage]:
    with key_server(aws_account.endpoint_url, KEYS) as url:
        yield Stage(aws_account, url, tmp_path, quick)
