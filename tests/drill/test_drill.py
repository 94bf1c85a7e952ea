"""Drills: the event that is followed, what is told of it, what AWS is asked, and a live alarm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from auditor.benchmark import load
from auditor.cli.drill import drill
from auditor.collect import collect
from auditor.drill.exercise import Exercise, exercises
from auditor.drill.live import DrillError, ring, the_alarm
from auditor.errors import UsageError
from auditor.findings import ChainLink, LinkName, LinkStatus, Status
from auditor.pattern import evaluate, parse
from auditor.render.drawing import drawn_chain
from checks.alarm import CmkDisableOrDelete, UnauthorizedApiCalls
from tests.aws.account import Account
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import Stage, build, connection_to

BENCHMARK = load("cis-5.0")


def exercised(account: Account, *checks: Any) -> tuple[Exercise, ...]:
    return exercises(collect(connection_to(account)), BENCHMARK, checks or (CmkDisableOrDelete(),))


@pytest.fixture
def command(aws_account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    for name, value in aws_account.environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(*args: str) -> Result:
        asked = [*args, "--endpoint-url", aws_account.endpoint_url]
        return CliRunner().invoke(drill, asked, catch_exceptions=False)

    return run


def test_the_event_is_one_that_the_control_names_and_the_filter_sees(aws_account: Account) -> None:
    stage = build(aws_account, CONTROL)
    (found,) = exercised(aws_account)
    assert found.status is Status.PASS
    assert found.stops_at is None
    assert {event["eventName"] for event in found.examples} == {"DisableKey", "ScheduleKeyDeletion"}
    assert all(evaluate(parse(stage.pattern), event) for event in (found.event, *found.examples))


def test_the_event_that_gets_lost_is_followed(aws_account: Account) -> None:
    build(aws_account, CONTROL).filter("{ $.eventName = DisableKey }")
    (found,) = exercised(aws_account)
    assert found.event["eventName"] == "ScheduleKeyDeletion"
    assert found.stops_at is not None
    assert found.stops_at.link is LinkName.FILTER


def test_a_control_of_any_service_has_an_event_as_well(aws_account: Account) -> None:
    build(aws_account, CONTROL)
    (found,) = exercised(aws_account, UnauthorizedApiCalls())
    assert "errorCode" in found.event
    assert len(found.examples) > 1


def test_the_way_is_told(aws_account: Account, command: Callable[..., Result]) -> None:
    build(aws_account, CONTROL)
    told = command("4.7").output
    assert "✓ subscription" in told
    assert "A person is told. Confirmed: soc@acme.example (email)." in told
    assert told.count("✓") == 8
    told = command("root_usage", "alarm.cmk_disable_or_delete").output
    assert "✗ filter" in told
    assert "not reached" in told
    assert "It stops at the filter: nobody is told." in told


def test_the_way_as_json_and_all_controls(aws_account: Account, command: Callable[..., Result]) -> None:
    build(aws_account, CONTROL)
    found = json.loads(command("--format", "json").output)
    assert len(found) == 15
    assert all(one["event"] and one["control"].startswith("4.") for one in found)


def test_the_way_is_drawn(aws_account: Account, command: Callable[..., Result], tmp_path: Path) -> None:
    build(aws_account, CONTROL).unsubscribe()
    result = command("4.7", "--format", "svg", "--out", str(tmp_path / "new"))
    drawn = tmp_path / "new" / "drill-cmk-disable-or-delete.svg"
    assert f"Wrote {drawn}" in result.output
    root = ET.fromstring(drawn.read_text())  # noqa: S314 - our own file
    words = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert words.count("Sound") == 7
    assert words.count("Broken") == 1


def test_hostile_names_are_inert_in_the_drawing() -> None:
    name = "<script>alert(1)</script>&\x1b[31m\x00\u202e"
    link = ChainLink(link=LinkName.ALARM, resource=name, status=LinkStatus.BROKEN, reason=name)
    root = ET.fromstring(drawn_chain(name, name, [link]))  # noqa: S314 - our own text
    assert not [one for one in root.iter() if one.tag.endswith("script")]


def test_a_control_that_does_not_exist(command: Callable[..., Result]) -> None:
    with pytest.raises(UsageError, match=r"9\.9"):
        command("9.9")


def test_aws_agrees(aws_account: Account, command: Callable[..., Result]) -> None:
    build(aws_account, CONTROL)
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 0
    assert "AWS agrees with us on 1 filters and 2 events." in result.output


def test_aws_disagrees(aws_account: Account, command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    build(aws_account, CONTROL)
    monkeypatch.setattr("auditor.drill.asking.evaluate", lambda *_: False)
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 1
    assert "ERROR: AWS says that cmk-disable-or-delete matches, we say that it does not match: {" in result.output


def test_aws_may_not_be_asked(aws_account: Account, command: Callable[..., Result]) -> None:
    build(aws_account, CONTROL)
    aws_account.controls.fail("logs:TestMetricFilter")
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 3
    assert "this needs logs:TestMetricFilter" in result.output


def state(stage: Stage) -> str:
    return str(stage.client("cloudwatch").describe_alarms()["MetricAlarms"][0]["StateValue"])


def test_a_live_alarm_rings_and_is_set_back(aws_account: Account, command: Callable[..., Result]) -> None:
    stage = build(aws_account, CONTROL)
    stage.state(stage.name, "OK")
    result = command("--confirm-live", stage.name, "--yes")
    assert result.exit_code == 0
    assert f"✓ {stage.topic_arn}: Successfully executed action" in result.output
    assert state(stage) == "OK"
    assert aws_account.controls.calls()["cloudwatch:SetAlarmState"] == 3


def test_a_live_alarm_whose_action_fails(aws_account: Account, command: Callable[..., Result]) -> None:
    stage = build(aws_account, CONTROL)
    stage.state(stage.name, "OK")
    stage.client("sns").delete_topic(TopicArn=stage.topic_arn)
    arn = f"arn:aws:cloudwatch:us-east-1:{aws_account.account_id}:alarm:{stage.name}"
    result = command("--confirm-live", arn, "--yes")
    assert result.exit_code == 1
    assert "✗" in result.output
    assert "Failed to execute action" in result.output
    assert state(stage) == "OK"


def test_a_live_alarm_of_whose_action_nothing_is_told(aws_account: Account, command: Callable[..., Result]) -> None:
    stage = build(aws_account, CONTROL)
    stage.state(stage.name, "OK")
    stage.client("cloudwatch").put_composite_alarm(AlarmName="x", AlarmRule="TRUE")
    connection = connection_to(aws_account)
    region, alarm = the_alarm(connection, stage.name)
    slept: list[float] = []
    silent = alarm.model_copy(update={"actions": ("arn:aws:sns:us-east-1:123456789012:other",)})
    (outcome,) = ring(connection, region, silent, 5, slept.append)
    assert outcome.done is None
    assert slept == [1.0, 2.0, 2.0]
    assert command("--confirm-live", stage.name, "--yes", "--wait", "0").exit_code == 0


def test_the_state_is_set_back_when_the_drill_is_interrupted(aws_account: Account) -> None:
    stage = build(aws_account, CONTROL)
    stage.state(stage.name, "OK")
    connection = connection_to(aws_account)
    region, alarm = the_alarm(connection, stage.name)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    other = alarm.model_copy(update={"actions": ("arn:aws:sns:us-east-1:123456789012:other",)})
    with pytest.raises(KeyboardInterrupt):
        ring(connection, region, other, 60, interrupted)
    assert state(stage) == "OK"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda stage: stage.state(stage.name, "ALARM"), "in ALARM already"),
        (lambda stage: stage.alarm(ActionsEnabled=False), "no actions that are switched on"),
        (lambda stage: stage.alarm(tells=[]), "no actions that are switched on"),
        (Stage.delete_alarm, "no metric alarm"),
    ],
)
def test_an_alarm_that_cannot_be_drilled(
    aws_account: Account, command: Callable[..., Result], change: Callable[[Stage], object], said: str
) -> None:
    stage = build(aws_account, CONTROL)
    change(stage)
    with pytest.raises(UsageError, match=said):
        command("--confirm-live", stage.name, "--yes")


def test_what_may_not_be_set_is_told_with_what_to_do(aws_account: Account, command: Callable[..., Result]) -> None:
    stage = build(aws_account, CONTROL)
    aws_account.controls.fail("cloudwatch:SetAlarmState")
    with pytest.raises(DrillError, match="SetAlarmState in us-east-1 failed with AccessDenied") as error:
        command("--confirm-live", stage.name, "--yes")
    assert "policy --drill" in str(error.value.advice)


def test_nothing_rings_without_a_yes(aws_account: Account, command: Callable[..., Result]) -> None:
    stage = build(aws_account, CONTROL)
    aws_account.controls.forget_calls()
    assert command("--confirm-live", stage.name).exit_code == 1, "no answer on stdin aborts"
    assert set(aws_account.controls.calls()) == {"cloudwatch:DescribeAlarms"}
