"""What should have rung, held against the history that CloudWatch keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.backtest.history import alarms_of, compared, interval
from auditor.backtest.result import AlarmHistory, Backtest, exit_code
from auditor.collect.alarm_history import KEPT, RealHistory, _is_ring, account_of, real_history
from auditor.model.fact import Unreadable
from tests.aws.account import Account
from tests.backtest.build import few_chains, looking, replayed, stopping, write_logs
from tests.chain.build import alarm
from tests.checks.build import unreadable
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import build, connection_to

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAME = "cloudtrail_changes"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def against(
    tmp_path: Path, *real: float, events: tuple[float, ...] = (10, 300), changed: float | None = None
) -> tuple[Backtest, AlarmHistory]:
    """Trails were stopped twice, and the alarm went off in these minutes."""
    logs = [looking(at(0)), *(stopping(at(minutes)) for minutes in events), looking(at(600))]
    found = replayed(few_chains(), write_logs(tmp_path, logs))
    arn = alarm(NAME).arn
    history = {one.arn: RealHistory(()) for one in alarms_of(found)}
    history[arn] = RealHistory(tuple(at(minutes) for minutes in real), None if changed is None else at(changed))
    told = compared(found, history, at(0), at(640))
    (mine,) = [one.history for one in told.alarms if one.arn == arn]
    assert mine is not None
    return told, mine


def test_an_alarm_that_went_off_a_little_later_did_as_it_should(tmp_path: Path) -> None:
    told, mine = against(tmp_path, 18, 307)
    assert (mine.missing, mine.unexplained) == ((), ())
    assert exit_code(told) == 0


def test_an_alarm_that_never_went_off_is_a_failure(tmp_path: Path) -> None:
    told, mine = against(tmp_path)
    assert mine.missing == (at(11), at(301))
    assert exit_code(told) == 1


def test_an_alarm_that_went_off_for_nothing_in_the_logs_is_told(tmp_path: Path) -> None:
    told, mine = against(tmp_path, 15, 150, 304)
    assert mine.unexplained == (at(150),)
    assert exit_code(told) == 0


def test_what_came_before_the_alarm_was_changed_is_not_compared(tmp_path: Path) -> None:
    told, mine = against(tmp_path, 150, changed=200)
    assert (mine.missing, mine.unexplained) == ((at(301),), ())
    told, mine = against(tmp_path, changed=400)
    assert (mine.missing, mine.unexplained) == ((), ())
    assert exit_code(told) == 0


def test_what_has_only_just_happened_may_still_be_on_its_way(tmp_path: Path) -> None:
    _, mine = against(tmp_path, 15, events=(10, 625))
    assert mine.missing == ()


def test_what_could_not_be_read_is_told_and_decides_nothing(tmp_path: Path) -> None:
    found = replayed(few_chains(), write_logs(tmp_path, [stopping(at(0))]))
    denied = unreadable("cloudwatch:DescribeAlarmHistory", alarm(NAME).arn)
    told = compared(found, {alarm(NAME).arn: denied}, at(0), at(60))
    assert told.history is not None
    assert "cloudwatch:DescribeAlarmHistory is missing" in told.history.unread[0]
    assert all(one.history is None for one in told.alarms)
    assert exit_code(told) == 0


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(60 * 24), (at(0), at(630))),
        (at(60 * 24 * 30 + 100), (at(100), at(630))),
        (at(60 * 24 * 40), None),
        (at(300), (at(0), at(300))),
    ],
)
def test_cloudwatch_keeps_thirty_days(
    tmp_path: Path, now: datetime, expected: tuple[datetime, datetime] | None
) -> None:
    found = replayed(few_chains(), write_logs(tmp_path, [looking(at(0)), looking(at(600))]))
    assert interval(found, now, KEPT) == expected


def test_items_of_history_are_read_by_their_data_or_their_summary() -> None:
    assert _is_ring({"HistoryData": '{"newState": {"stateValue": "ALARM"}}', "HistorySummary": "to OK"})
    assert not _is_ring({"HistoryData": '{"newState": {"stateValue": "OK"}}'})
    assert _is_ring({"HistorySummary": "Alarm updated from OK to ALARM"})
    assert not _is_ring({"HistorySummary": "Alarm updated from ALARM to OK", "HistoryData": "{"})


def test_the_history_is_read_over_http(aws_account: Account) -> None:
    stage = build(aws_account, CONTROL)
    connection = connection_to(aws_account)
    watched = [alarm(stage.name), alarm("no-such-alarm")]
    stage.state(stage.name, "OK")
    before = datetime.now(UTC) - timedelta(minutes=1)
    for state in ("ALARM", "OK", "ALARM"):
        stage.state(stage.name, state)
    until = datetime.now(UTC) + timedelta(minutes=1)
    found = real_history(connection, watched, before, until)
    real = found[watched[0].arn]
    assert not isinstance(real, Unreadable)
    assert len(real.went_off) == 2
    assert found[watched[1].arn] == RealHistory(())
    later = real_history(connection, watched[:1], until, until + timedelta(minutes=1))
    assert later == {watched[0].arn: RealHistory(())}
    assert account_of(connection) == aws_account.account_id
    aws_account.controls.fail("cloudwatch:DescribeAlarmHistory")
    denied = real_history(connection, watched[:1], before, until)[watched[0].arn]
    assert isinstance(denied, Unreadable)
    assert denied.permission == "cloudwatch:DescribeAlarmHistory"
