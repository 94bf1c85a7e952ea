"""`--confirm-live`: a real alarm rings, and its state comes back, whatever happens."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from auditor.drill.bell import Bell, DrillError, find_bell
from auditor.drill.live import Outcome, ring
from auditor.errors import UsageError
from tests.aws.account import Account
from tests.drill.conftest import Command
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import Stage, build, connection_to

ELSEWHERE = "arn:aws:sns:us-east-1:123456789012:other"


@pytest.fixture
def stage(aws_account: Account) -> Stage:
    made = build(aws_account, CONTROL)
    made.state(made.name, "OK")
    return made


def state(stage: Stage) -> str:
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = stage.client("cloudwatch").describe_alarms(AlarmTypes=kinds)
    return str((found["CompositeAlarms"] or found["MetricAlarms"])[0]["StateValue"])


def bell_of(stage: Stage) -> Bell:
    return find_bell(connection_to(stage.account), stage.name)


def rung(stage: Stage, bell: Bell, wait: float, sleep: Callable[[float], None]) -> tuple[Outcome, ...]:
    return ring(connection_to(stage.account), bell, wait, sleep)


def silent(stage: Stage) -> Bell:
    """The alarm, as if it had an action of which its history never tells."""
    bell = bell_of(stage)
    return bell.model_copy(update={"alarm": bell.alarm.model_copy(update={"actions": (ELSEWHERE,)})})


def test_it_rings_and_is_set_back(stage: Stage, command: Command) -> None:
    command.account.controls.forget_calls()
    result = command("--confirm-live", stage.name, "--yes")
    assert result.exit_code == 0
    assert f"done      {stage.topic_arn}: Successfully executed action" in result.stdout
    assert f"{stage.name} is set back to OK." in result.stdout
    assert state(stage) == "OK"
    assert command.account.controls.calls()["cloudwatch:SetAlarmState"] == 2
    assert command("--confirm-live", stage.name, "--yes", "--wait", "0").exit_code == 0, (
        "what an earlier one told is old"
    )


def test_an_action_that_fails_is_told_with_its_reason(stage: Stage, command: Command) -> None:
    stage.client("sns").delete_topic(TopicArn=stage.topic_arn)
    result = command("--confirm-live", bell_of(stage).alarm.arn, "--yes")
    assert result.exit_code == 1
    assert f"failed    {stage.topic_arn}: Failed to execute action {stage.topic_arn}: Topic does" in result.stdout
    assert state(stage) == "OK"


def test_one_topic_is_not_taken_for_another_whose_name_begins_alike(stage: Stage) -> None:
    longer = stage.another_topic("acme-alerts-2", "soc@acme.example")
    stage.alarm(tells=[longer, stage.topic_arn])
    stage.state(stage.name, "OK")
    stage.client("sns").delete_topic(TopicArn=stage.topic_arn)
    outcomes = rung(stage, bell_of(stage), 0, lambda _: None)
    assert [(one.action, one.done) for one in outcomes] == [(longer, True), (stage.topic_arn, False)]


def test_silence_is_told_after_the_wait(stage: Stage) -> None:
    slept: list[float] = []
    (outcome,) = rung(stage, silent(stage), 5, slept.append)
    assert outcome.done is None
    assert "In 5 seconds" in outcome.told
    assert slept == [1.0, 2.0, 2.0]
    assert state(stage) == "OK"


def test_a_composite_alarm_rings_as_well(stage: Stage, command: Command) -> None:
    composite = {"AlarmName": "above", "AlarmRule": f"ALARM({stage.name})", "AlarmActions": [stage.topic_arn]}
    stage.client("cloudwatch").put_composite_alarm(**composite)
    result = command("--confirm-live", "above", "--yes")
    assert result.exit_code == 0
    assert state(stage) == "OK"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_is_set_back_when_it_is_told_to_end(stage: Stage, number: signal.Signals) -> None:
    seen: list[str] = []
    before = signal.getsignal(number)

    def end(_: float) -> None:
        seen.append(state(stage))
        os.kill(os.getpid(), number)

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        rung(stage, silent(stage), 60, end)
    assert seen == ["ALARM"]
    assert state(stage) == "OK"
    assert signal.getsignal(number) is before


def test_it_is_set_back_when_the_history_may_not_be_read(stage: Stage) -> None:
    def hide(_: float) -> None:
        stage.hide("cloudwatch:DescribeAlarmHistory")

    with pytest.raises(DrillError, match="DescribeAlarmHistory in us-east-1 failed with AccessDenied"):
        rung(stage, silent(stage), 60, hide)
    assert state(stage) == "OK"


def test_it_is_set_back_when_no_answer_comes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def answer(_connection: object, _bell: Bell, value: str) -> None:
        calls.append(value)
        if value == "ALARM":
            raise DrillError("SetAlarmState failed: the read timed out.", "")

    monkeypatch.setattr("auditor.drill.live._set", answer)
    with pytest.raises(DrillError, match="timed out"):
        rung(stage, bell_of(stage), 0, lambda _: None)
    assert calls == ["ALARM", "OK"], "the alarm may ring all the same"


def test_what_may_not_be_set_is_not_set_back(stage: Stage, command: Command) -> None:
    stage.hide("cloudwatch:SetAlarmState")
    command.account.controls.forget_calls()
    with pytest.raises(DrillError, match="SetAlarmState in us-east-1 failed with AccessDenied") as error:
        command("--confirm-live", stage.name, "--yes")
    assert "policy --drill" in error.value.advice
    assert command.account.controls.calls()["cloudwatch:SetAlarmState"] == 1


def test_a_state_that_could_not_be_set_back_comes_with_the_command(stage: Stage) -> None:
    with pytest.raises(DrillError, match="may be in ALARM still") as error:
        rung(stage, silent(stage), 60, lambda _: stage.hide("cloudwatch:SetAlarmState"))
    assert f"set-alarm-state --region us-east-1 --alarm-name {stage.name} --state-value OK" in error.value.advice


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda stage: stage.state(stage.name, "ALARM"), "in ALARM already"),
        (lambda stage: stage.alarm(ActionsEnabled=False), "no actions that are switched on"),
        (lambda stage: stage.alarm(tells=[]), "no actions that are switched on"),
        (lambda stage: stage.alarm(tells=["arn:aws:automate:us-east-1:ec2:terminate"]), "really change machines"),
        (
            lambda stage: (
                stage.alarm(OKActions=["arn:aws:automate:us-east-1:ec2:stop"]),
                stage.state(stage.name, "OK"),
            ),
            "really change machines",
        ),
        (Stage.delete_alarm, "There is no alarm"),
    ],
)
def test_an_alarm_that_may_not_be_rung(
    stage: Stage, command: Command, change: Callable[[Stage], object], said: str
) -> None:
    change(stage)
    command.account.controls.forget_calls()
    with pytest.raises(UsageError, match=said):
        command("--confirm-live", stage.name, "--yes")
    assert set(command.account.controls.calls()) == {"cloudwatch:DescribeAlarms"}


@pytest.mark.parametrize("name", ["arn:aws:sns:us-east-1:123456789012:acme-alerts", "a:b:c:d:e:f", "x" * 300])
def test_a_name_that_is_no_alarms(stage: Stage, command: Command, name: str) -> None:
    assert stage.name
    with pytest.raises((UsageError, DrillError)):
        command("--confirm-live", name, "--yes")


def test_all_that_it_will_do_is_told_and_nothing_rings_without_a_yes(stage: Stage, command: Command) -> None:
    stage.alarm(OKActions=[ELSEWHERE])
    stage.state(stage.name, "OK")
    command.account.controls.forget_calls()
    with pytest.raises(UsageError, match="Nobody is there"):
        command("--confirm-live", stage.name)
    assert set(command.account.controls.calls()) == {"cloudwatch:DescribeAlarms"}
    told = command("--confirm-live", stage.name, "--yes").stdout
    assert f"Its actions then run:\n  {stage.topic_arn}\nand those of going back:\n  {ELSEWHERE}\n" in told


def test_an_earlier_drill_is_not_taken_for_this_one(stage: Stage) -> None:
    assert rung(stage, bell_of(stage), 0, lambda _: None)[0].done is True
    stage.client("sns").delete_topic(TopicArn=stage.topic_arn)
    assert rung(stage, bell_of(stage), 0, lambda _: None)[0].done is False
