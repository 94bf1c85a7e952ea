"""Every check that fails, and chains with several broken links: mended, steady, and undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.demo.sound import build_sound
from auditor.findings import LinkStatus
from tests.aws.account import Account
from tests.remedy.breaks_of_chains import OF_CHAINS, Change
from tests.remedy.breaks_of_checks import BY_STATUS, OF_CHECKS
from tests.remedy.broken import Broken
from tests.remedy.closed_loop import CHECKS, Loop
from tests.remedy.test_closed_loop import EVERY, FAILING

# `make loops` runs them all, and any other run each third one.
EACH = [*OF_CHECKS, *BY_STATUS]
CHOSEN = EACH if EVERY else EACH[::3]


@pytest.mark.parametrize("make_worse", OF_CHAINS, ids=lambda one: one.__name__)
def test_several_links_at_once(aws_account: Account, tmp_path: Path, quick: Path, make_worse: Change) -> None:
    loop = Loop(aws_account, tmp_path, quick)
    make_worse(Broken(aws_account, build_sound(aws_account, controls=("root_usage",))))
    broken = loop.findings("alarm.root_usage")["alarm.root_usage"].chain
    assert tuple(link.link for link in broken if link.status is LinkStatus.BROKEN) == OF_CHAINS[make_worse]
    kept = loop.standing()
    loop.close("alarm.root_usage", keeping=kept)


@pytest.mark.parametrize(("check", "make_worse"), CHOSEN)
def test_a_check(aws_account: Account, tmp_path: Path, quick: Path, check: str, make_worse: Change) -> None:
    sound = build_sound(aws_account, controls=("root_usage",))
    make_worse(Broken(aws_account, sound))
    delivers = sound.trail if (check, make_worse) in BY_STATUS else ""
    Loop(aws_account, tmp_path, quick).close(check, delivers=delivers)


def test_every_check_that_can_fail_is_here() -> None:
    """But for two: S3 encrypts whatever it stores, and log files that were altered no command brings back."""
    here = {check for check, _ in (*OF_CHECKS, *BY_STATUS)} | {f"alarm.{one.control}" for one in FAILING}
    declared = {check.id for check in CHECKS} - {"bucket.encryption", "trail.log_integrity"}
    alarms = {check for check in declared if check.startswith("alarm.")}
    assert declared - alarms <= here
    assert here & alarms
