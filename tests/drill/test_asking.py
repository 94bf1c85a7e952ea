"""`--ask-aws`: AWS's own answer about the deployed filters."""

from __future__ import annotations

import json

from auditor.collect import collect
from auditor.drill.asking import ask_aws
from tests.drill.conftest import Command
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import build, connection_to

TESTED = "logs:TestMetricFilter"


def test_aws_agrees(command: Command) -> None:
    build(command.account, CONTROL)
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 0
    assert "AWS agrees with us on 1 filter, each with 2 events." in result.stdout


def test_every_event_of_every_control_is_asked_about(command: Command) -> None:
    stage = build(command.account, CONTROL)
    stage.group("other")
    stage.filter("{ $.a = 1 }", name="on a group of no trail", group="other")
    account = collect(connection_to(command.account))
    events = [{"eventName": "DisableKey", "n": n} for n in range(120)]
    pauses: list[float] = []
    command.account.controls.forget_calls()
    asked = ask_aws(connection_to(command.account), account, [*events, *events], pauses.append)
    assert (asked.filters, asked.events, asked.refused) == (1, 120, ())
    assert command.account.controls.calls() == {TESTED: 3}
    assert len(pauses) == 3
    assert all(1 / pause <= 5 for pause in pauses), "AWS takes five a second"


def test_aws_disagrees(command: Command) -> None:
    stage = build(command.account, CONTROL)
    command.account.controls.lie(stage.pattern, "{ $.eventName = DisableKey }")
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 1
    assert "ERROR: AWS says that cmk-disable-or-delete does not match an event, and we say that it matches." in (
        result.stdout
    )
    assert f"Pattern: {stage.pattern}" in result.stdout
    assert '"eventName": "ScheduleKeyDeletion"' in result.stdout
    assert "no source settles" not in result.stdout
    assert "AWS agrees" not in result.stdout


def test_an_answer_to_an_open_question_is_told_as_one(command: Command) -> None:
    stage = build(command.account, CONTROL)
    wild = '{ ($.eventName = "Disable*Key") || ($.eventName = "Schedule*Deletion") }'
    stage.filter(wild)
    command.account.controls.lie(wild, "{ $.eventName = None }")
    result = command("4.7", "--ask-aws", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["aws"]["disagreements"]
    assert {(one["ours"], one["theirs"]) for one in found} == {(True, False)}
    assert all("star_inside_word" in one["question"] for one in found)
    assert "no source settles" in command("4.7", "--ask-aws").stdout


def test_aws_may_not_be_asked(command: Command) -> None:
    stage = build(command.account, CONTROL)
    stage.filter(name="another")
    command.account.controls.fail(TESTED)
    command.account.controls.forget_calls()
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 3
    assert "the permission logs:TestMetricFilter is missing" in result.stderr
    assert command.account.controls.calls()[TESTED] == 1, "the next filter would be refused as well"
    assert "It arrives" in result.stdout


def test_one_filter_that_aws_does_not_answer_for_does_not_stop_the_others(command: Command) -> None:
    stage = build(command.account, CONTROL)
    stage.filter("{ $.b = 1 }", name="another")
    stage.filter("{ $.eventName == }", name="unreadable")
    command.account.controls.fail(TESTED, "InvalidParameterException", match="$.b")
    result = command("4.7", "--ask-aws")
    assert result.exit_code == 3
    assert "AWS gave no answer about another: InvalidParameterException." in result.stderr
    assert "AWS was not asked about unreadable, whose pattern we cannot read." in result.stderr
    assert "AWS agrees with us on 1 filter, each with 2 events." in result.stdout
    assert "permission" not in result.stderr


def test_json_stays_json(command: Command) -> None:
    build(command.account, CONTROL)
    found = json.loads(command("4.7", "--ask-aws", "--format", "json").stdout)
    assert found["aws"] == {"filters": 1, "events": 2, "disagreements": [], "refused": []}
    assert json.loads(command("4.7", "--format", "json").stdout)["aws"] is None
