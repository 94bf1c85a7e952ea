"""Every failure of the suites: its commands mend it, run again they change nothing, and their rollback undoes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.demo.sound import build_sound
from auditor.findings import LinkStatus, Status
from tests.aws.account import Account
from tests.remedy.breaks_of_chains import OF_CHAINS, Change
from tests.remedy.breaks_of_checks import BY_STATUS, OF_CHECKS
from tests.remedy.broken import Broken
from tests.remedy.closed_loop import CHECKS, Loop
from tests.scenarios import test_delivery, test_filter, test_metric_and_alarm, test_people, test_speaking, test_trail
from tests.scenarios.scenario import Scenario
from tests.scenarios.stage import TRAIL, build

MODULES = (test_trail, test_delivery, test_filter, test_metric_and_alarm, test_people, test_speaking)
FAILING = [scenario for module in MODULES for scenario in module.SCENARIOS if scenario.status is Status.FAIL]
# What these break is a trail's status, which moto keeps as the test set it.
OF_THE_STATUS = {"delivery error", "LatestCloudWatchLogsDeliveryError", "stale", "never delivered"}


# Every scenario takes minutes: `make loops` runs them all, and any other run each third one, and all checks.
CHOSEN = FAILING if os.environ.get("EVERY_LOOP") else FAILING[::3]


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda one: one.name)
def test_a_scenario(aws_account: Account, tmp_path: Path, quick: Path, scenario: Scenario) -> None:
    scenario.change(build(aws_account, scenario.control))
    trail = TRAIL if scenario.name in OF_THE_STATUS else ""
    Loop(aws_account, tmp_path, quick).close(f"alarm.{scenario.control}", delivers=trail)


@pytest.mark.parametrize("make_worse", OF_CHAINS, ids=lambda one: one.__name__)
def test_several_links_at_once(aws_account: Account, tmp_path: Path, quick: Path, make_worse: Change) -> None:
    loop = Loop(aws_account, tmp_path, quick)
    make_worse(Broken(aws_account, build_sound(aws_account, controls=("root_usage",))))
    broken = loop.findings()["alarm.root_usage"].chain
    assert tuple(link.link for link in broken if link.status is LinkStatus.BROKEN) == OF_CHAINS[make_worse]
    kept = loop.standing()
    loop.close("alarm.root_usage", keeping=kept)


@pytest.mark.parametrize(("check", "make_worse"), [*OF_CHECKS, *BY_STATUS])
def test_a_check(aws_account: Account, tmp_path: Path, quick: Path, check: str, make_worse: Change) -> None:
    sound = build_sound(aws_account, controls=("root_usage",))
    make_worse(Broken(aws_account, sound))
    delivers = sound.trail if (check, make_worse) in BY_STATUS else ""
    Loop(aws_account, tmp_path, quick).close(check, delivers=delivers)


def test_every_check_that_can_fail_is_here() -> None:
    """S3 encrypts whatever it stores, so that this check tells by what."""
    here = {check for check, _ in (*OF_CHECKS, *BY_STATUS)} | {f"alarm.{one.control}" for one in FAILING}
    declared = {check.id for check in CHECKS} - {"bucket.encryption"}
    alarms = {check for check in declared if check.startswith("alarm.")}
    assert declared - alarms <= here
    assert here & alarms
