"""An organization of seven members in a server of its own; shared, so leave its accounts as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.demo.organization import build_organization
from tests.aws.account import serving
from tests.fleet.fleet import EXTERNAL_ID, Fleet


@pytest.fixture(scope="session")
def _fleet() -> Iterator[Fleet]:
    with serving() as account:
        yield Fleet(account, build_organization(account, 7, EXTERNAL_ID))


@pytest.fixture
def fleet(_fleet: Fleet) -> Iterator[Fleet]:
    _fleet.account.controls.forget_calls()
    yield _fleet
    _fleet.account.controls.heal()
