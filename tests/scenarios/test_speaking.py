"""Alarms that compute, alarms above alarms, mute rules: does the one that goes off speak?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from auditor.findings import LinkName, Status
from tests.aws.account import Account
from tests.scenarios.scenario import Change, Scenario, every, rows
from tests.scenarios.stage import Stage

NEXT_YEAR = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)
UNDEFAULTED: Change = lambda stage: stage.filter(defaultValue=None)  # noqa: E731 - a change is a function


def computes(expression: str, *others: str, **settings: object) -> Change:
    """Gives the change that puts the alarm on an expression; `m2` and so on are other filters' metrics."""

    def change(stage: Stage) -> None:
        for other in others:
            if "/" not in other:
                stage.filter('{ $.eventName = "Other" }', name=other, metric=other, defaultValue=None)
        stage.math_alarm(expression, *others, **settings)

    return change


def above(rule: str, **settings: object) -> Change:
    """Gives the change that lets a composite alarm alone speak; `X` in its rule is the alarm below it."""

    def change(stage: Stage) -> None:
        stage.alarm(tells=[])
        stage.composite(rule.replace("X", stage.name), **settings)

    return change


def another(state: str) -> Change:
    """Gives the change that makes an alarm of another kind, in some state."""

    def change(stage: Stage) -> None:
        stage.alarm("deploying", "deploys", tells=[])
        stage.state("deploying", state)

    return change


MATH = (
    Scenario(
        "half of it", computes("m1 / 2"), LinkName.ALARM, "m1 / 2 is 0.5, and 0.5 >= 1 is false", computes("m1 * 2")
    ),
    Scenario(
        "a sum of which one is missing",
        every(UNDEFAULTED, computes("m1 + m2", "others")),
        LinkName.ALARM,
        "how metric math takes a missing datapoint",
        every(UNDEFAULTED, computes("FILL(m1, 0) + FILL(m2, 0)", "others")),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "what others do takes it away",
        computes("FILL(m1, 0) - FILL(m2, 0)", "others"),
        LinkName.ALARM,
        "m2 1000",
        computes("MAX([FILL(m1, 0), FILL(m2, 0)])", "others"),
    ),
    Scenario(
        "a share of what others do",
        computes("100 * FILL(m1, 0) / FILL(m2, 1)", "others", Threshold=5),
        LinkName.ALARM,
        "0.1 >= 5 is false",
        computes("IF(FILL(m1, 0) > 0, 100, 0)", "others", Threshold=5),
    ),
    Scenario(
        "in ALARM at rest",
        computes("FILL(m1, 1)"),
        LinkName.ALARM,
        "is in ALARM without any event",
        computes("FILL(m1, 0)"),
    ),
    Scenario(
        "turned round",
        computes("IF(FILL(m1, 0) > 0, 1, 0)", ComparisonOperator="LessThanThreshold"),
        LinkName.ALARM,
        "1 < 1 is false",
        computes("IF(FILL(m1, 0) > 0, 0, 1)", ComparisonOperator="LessThanThreshold"),
    ),
    Scenario(
        "with what no filter feeds",
        computes("m1 - m2", "AWS/Lambda/Errors"),
        LinkName.ALARM,
        "no filter feeds AWS/Lambda/Errors",
        computes("m1"),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "a function over time",
        computes("RATE(m1)"),
        LinkName.ALARM,
        "RATE is not followed",
        computes("ABS(m1)"),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "several of several periods, with nothing between",
        every(UNDEFAULTED, lambda stage: stage.alarm(EvaluationPeriods=3, TreatMissingData="notBreaching")),
        LinkName.ALARM,
        "3 periods of 3",
        every(UNDEFAULTED, lambda stage: stage.alarm(EvaluationPeriods=3, TreatMissingData="missing")),
    ),
)

COMPOSITE = (
    Scenario(
        "with another only",
        every(another("OK"), above("ALARM(X) AND ALARM(deploying)")),
        LinkName.ACTION,
        "alone",
        every(another("OK"), above("ALARM(X) OR ALARM(deploying)")),
    ),
    Scenario(
        "of the OK state",
        above("OK(X)"),
        LinkName.ACTION,
        "does not go off with cmk-disable-or-delete alone",
        above("ALARM(X) OR FALSE"),
    ),
    Scenario(
        "kept in ALARM",
        above("ALARM(X) OR TRUE"),
        LinkName.ACTION,
        "in ALARM without any event",
        above('NOT OK("X") AND NOT INSUFFICIENT_DATA("X")'),
    ),
    Scenario(
        "silent while another is in ALARM, which it is",
        every(another("ALARM"), above("ALARM(X) AND NOT ALARM(deploying)")),
        LinkName.ACTION,
        "as the other alarms stand now",
        every(another("OK"), above("ALARM(X) AND NOT ALARM(deploying)")),
    ),
    Scenario(
        "suppressed",
        every(another("ALARM"), above("ALARM(X)", ActionsSuppressor="deploying")),
        LinkName.ACTION,
        "deploying is in ALARM and suppresses",
        every(another("OK"), above("ALARM(X)", ActionsSuppressor="deploying")),
    ),
    Scenario(
        "its actions switched off",
        above("ALARM(X)", ActionsEnabled=False),
        LinkName.ACTION,
        "The actions of acme-any are switched off",
        every(above("ALARM(X)", ActionsEnabled=False), lambda stage: stage.alarm()),
    ),
    Scenario(
        "round in a circle",
        above("ALARM(X) OR ALARM(acme-any)"),
        LinkName.ACTION,
        "looks at itself",
        every(above("ALARM(X)", name="inner", AlarmActions=[]), lambda stage: stage.composite("ALARM(inner)")),
    ),
    Scenario(
        "a rule of which a part is new",
        above("AT_LEAST(1, ALARM(X))"),
        LinkName.ACTION,
        "AT_LEAST",
        above("NOT (OK(X) OR INSUFFICIENT_DATA(X))"),
        status=Status.UNKNOWN,
    ),
)

MUTED = (
    Scenario(
        "a mute rule that never ends",
        lambda stage: stage.mute(),
        LinkName.ACTION,
        "cron(0 0 * * *) for P1D each time, without an end",
        lambda stage: stage.mute("another-alarm"),
    ),
    Scenario(
        "a composite alarm that is muted",
        every(above("ALARM(X)"), lambda stage: stage.mute("acme-any")),
        LinkName.ACTION,
        "The mute rule acme-quiet silences acme-any",
        every(above("ALARM(X)"), lambda stage: stage.mute(StartDate=NEXT_YEAR)),
    ),
    Scenario(
        "a mute rule that cannot be read",
        every(lambda stage: stage.mute("another-alarm"), lambda stage: stage.hide("cloudwatch:GetAlarmMuteRule")),
        LinkName.ACTION,
        "cloudwatch:GetAlarmMuteRule",
        lambda stage: stage.hide("cloudwatch:GetAlarmMuteRule"),
        status=Status.UNKNOWN,
    ),
)

SCENARIOS = (*MATH, *COMPOSITE, *MUTED)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")
