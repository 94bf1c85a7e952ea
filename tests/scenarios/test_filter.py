"""The filter: does it match every event that the control names?"""

from __future__ import annotations

from auditor.findings import LinkName, Status
from tests.aws.account import Account
from tests.scenarios.scenario import Change, Scenario, Twin, every, rows
from tests.scenarios.stage import Stage

DISABLE = "{ ($.eventSource = kms.amazonaws.com) && ($.eventName = DisableKey) }"
DELETE = "{ ($.eventSource = kms.amazonaws.com) && ($.eventName = ScheduleKeyDeletion) }"


def but(condition: str) -> Change:
    """Gives the change that narrows the filter by one more condition."""
    return lambda stage: stage.filter("{ (" + stage.pattern.strip("{} ") + f") && ({condition}) }}")


def or_else(condition: str) -> Change:
    """Gives the change that widens the filter by one more event."""
    return lambda stage: stage.filter("{ (" + stage.pattern.strip("{} ") + f") || ({condition}) }}")


def deployed(pattern: str) -> Change:
    return lambda stage: stage.filter(pattern)


def on_another_group(stage: Stage) -> None:
    stage.group("acme/checkout")
    stage.delete_filter()
    stage.filter(group="acme/checkout")


def second_filter(metric: str) -> Change:
    """Gives the change that leaves each of two filters one event of the two."""
    return every(deployed(DISABLE), lambda stage: stage.filter(DELETE, name="second", metric=metric or stage.name))


def selects(criteria: str) -> Change:
    return lambda stage: stage.filter(extra={"fieldSelectionCriteria": criteria})


def transforms(*processors: dict[str, object]) -> Change:
    return lambda stage: stage.transformer({"parseJSON": {}}, *processors)


SCENARIOS = (
    Scenario(
        "field selection of another region",
        selects('@aws.region = "eu-west-1"'),
        LinkName.FILTER,
        "leaves out account 123456789012 in us-east-1",
        selects('@aws.region IN ["eu-west-1", "us-east-1"] AND @aws.account != "999988887777"'),
    ),
    Scenario(
        "field selection of another account",
        selects('@aws.account NOT IN ["123456789012"] OR (@aws.region = "eu-west-1")'),
        LinkName.FILTER,
        "leaves out account 123456789012",
        selects('@aws.account = "123456789012"'),
    ),
    Scenario(
        "field selection that cannot be read",
        selects("@source.log = 1"),
        LinkName.FILTER,
        "not followed",
        selects(""),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "a transformer that takes the event's name away",
        transforms({"deleteKeys": {"withKeys": ["eventName"]}}),
        LinkName.FILTER,
        "once the transformer has changed it",
        transforms({"deleteKeys": {"withKeys": ["responseElements", "requestParameters"]}}),
    ),
    Scenario(
        "a transformer that moves the event's source",
        transforms({"moveKeys": {"entries": [{"source": "eventSource", "target": "origin.service"}]}}),
        LinkName.FILTER,
        "once the transformer has changed it",
        transforms({"renameKeys": {"entries": [{"key": "userAgent", "renameTo": "agent"}]}}),
    ),
    Scenario(
        "a transformer that makes another record of it",
        transforms({"parseToOCSF": {"eventSource": "CloudTrail", "ocsfVersion": "V1.1"}}),
        LinkName.FILTER,
        "parseToOCSF",
        every(
            transforms({"parseToOCSF": {"eventSource": "CloudTrail", "ocsfVersion": "V1.1"}}),
            lambda stage: stage.filter(extra={"applyOnTransformedLogs": False}),
        ),
        status=Status.UNKNOWN,
    ),
    Scenario(
        "gone",
        Stage.delete_filter,
        LinkName.FILTER,
        "No metric filter of the trail's log group",
        lambda stage: stage.filter(),
    ),
    Scenario(
        "narrowed to one event",
        deployed(DISABLE),
        LinkName.FILTER,
        "ScheduleKeyDeletion",
        deployed('{ ($.eventSource = "kms.*") && (($.eventName = "Disable*") || ($.eventName = "ScheduleKey*")) }'),
        lost="ScheduleKeyDeletion",
    ),
    Scenario(
        "narrowed to one region",
        but("$.awsRegion = us-east-1"),
        LinkName.FILTER,
        "does not match every event",
        but('$.awsRegion = "*"'),
    ),
    Scenario(
        "narrowed by the kind of user",
        but("$.userIdentity.type = IAMUser"),
        LinkName.FILTER,
        "does not match every event",
        or_else("$.userIdentity.type = IAMUser"),
    ),
    Scenario(
        "contradictory",
        but("$.eventName = DisableKey && $.eventName = ScheduleKeyDeletion"),
        LinkName.FILTER,
        "",
        or_else("$.eventName = DisableKey && $.eventName = ScheduleKeyDeletion"),
    ),
    Scenario(
        "contradictory with the source",
        but("$.eventSource = s3.amazonaws.com"),
        LinkName.FILTER,
        "",
        but("$.eventSource != s3.amazonaws.com"),
    ),
    Scenario(
        "on another group",
        on_another_group,
        LinkName.FILTER,
        "acme/checkout, to which no trail delivers",
        every(on_another_group, lambda stage: stage.filter()),
    ),
    Scenario(
        "exclusion of an agent",
        but('$.userAgent != "terraform*"'),
        LinkName.FILTER,
        "does not match every event",
        or_else('$.userAgent = "terraform*"'),
        lost="terraform",
    ),
    Scenario(
        "exclusion of a user",
        but('$.userIdentity.arn != "*:user/deploy"'),
        LinkName.FILTER,
        "does not match every event",
        but('$.eventName != "Decrypt"'),
        lost=":user/deploy",
    ),
    Scenario(
        "exclusion of refused calls",
        but("$.errorCode NOT EXISTS"),
        LinkName.FILTER,
        "does not match every event",
        but("$.errorCode NOT EXISTS || $.errorCode = *"),
        lost="errorCode",
    ),
    Scenario(
        "an exclusion beyond the benchmark's own",
        but('$.sourceIPAddress != "10.*"'),
        LinkName.FILTER,
        "does not match every event",
        Twin(
            deployed('{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'),
            said="beyond the control",
        ),
        control="unauthorized_api_calls",
        lost="'10.",
    ),
    Scenario(
        "two filters on one metric and on another that nobody watches",
        second_filter("second"),
        LinkName.FILTER,
        "ScheduleKeyDeletion",
        second_filter(""),
        lost="ScheduleKeyDeletion",
    ),
    Scenario(
        "two metrics of which one has an alarm without actions",
        every(second_filter("second"), lambda stage: stage.alarm("second", "second", ActionsEnabled=False)),
        LinkName.FILTER,
        "ScheduleKeyDeletion",
        Twin(
            every(second_filter("second"), lambda stage: stage.alarm("second", "second")),
            said="cmk-disable-or-delete or second",
        ),
        lost="ScheduleKeyDeletion",
    ),
    Scenario(
        "made for another control",
        deployed("{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) }"),
        LinkName.FILTER,
        "is made for what the control names",
        Twin(deployed(""), said="beyond the control"),
    ),
    Scenario(
        "not readable",
        deployed("{ $.eventName = DisableKey && "),
        LinkName.FILTER,
        "is not readable",
        every(
            lambda stage: stage.filter("{ $.eventName = DisableKey && ", name="second"), lambda stage: stage.filter()
        ),
        status=Status.UNKNOWN,
    ),
)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")
