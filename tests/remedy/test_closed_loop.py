"""Every failure of the suites: its commands mend it, run again they change nothing, and their rollback undoes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.findings import Status
from tests.aws.account import Account
from tests.remedy.closed_loop import Loop
from tests.scenarios import test_delivery, test_filter, test_metric_and_alarm, test_people, test_speaking, test_trail
from tests.scenarios.scenario import Scenario
from tests.scenarios.stage import TRAIL, build

MODULES = (test_trail, test_delivery, test_filter, test_metric_and_alarm, test_people, test_speaking)
FAILING = [scenario for module in MODULES for scenario in module.SCENARIOS if scenario.status is Status.FAIL]
# What these break is a trail's status, which moto keeps as the test set it.
OF_THE_STATUS = {"delivery error", "LatestCloudWatchLogsDeliveryError", "stale", "never delivered"}


# Every scenario takes minutes: `make loops` runs them all, and any other run each eighth one.
EVERY = bool(os.environ.get("EVERY_LOOP"))
CHOSEN = FAILING if EVERY else FAILING[::8]


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda one: one.name)
def test_a_scenario(aws_account: Account, tmp_path: Path, quick: Path, scenario: Scenario) -> None:
    scenario.change(build(aws_account, scenario.control))
    trail = TRAIL if scenario.name in OF_THE_STATUS else ""
    Loop(aws_account, tmp_path, quick).close(f"alarm.{scenario.control}", delivers=trail)
