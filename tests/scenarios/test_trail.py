"""The trail: does it record every event that the control names?"""

from __future__ import annotations

import pytest

from auditor.findings import LinkName, Status
from tests.aws.account import Account
from tests.scenarios.scenario import Scenario, Twin, every, rows
from tests.scenarios.stage import MANAGEMENT, TRAIL, Stage, build, judged

LEFT_OUT = f"The event selectors of {TRAIL} leave out"
KMS = {"ExcludeManagementEventSources": ["kms.amazonaws.com"]}
DATA = (("eventCategory", "Equals", "Data"), ("resources.type", "Equals", "AWS::S3::Object"))
SECOND = "acme-second-trail"


def stopped(stage: Stage) -> None:
    stage.client("cloudtrail").stop_logging(Name=TRAIL)


def started(stage: Stage) -> None:
    stage.client("cloudtrail").start_logging(Name=TRAIL)


def in_two_halves(stage: Stage, *, reads: str = "ReadOnly") -> None:
    """One trail logs what writes, another what reads; both deliver to the same group."""
    stage.basic({"ReadWriteType": "WriteOnly"})
    stage.another_trail(SECOND)
    stage.basic({"ReadWriteType": reads}, trail=SECOND)


def in_two_groups(stage: Stage, **alarm: object) -> None:
    """Each trail leaves out one event and delivers to a group of its own, with a filter and an alarm of its own."""
    stage.group("acme/second")
    stage.advanced((MANAGEMENT, ("eventName", "NotEquals", "DisableKey")))
    stage.another_trail(SECOND, "acme/second")
    stage.advanced((MANAGEMENT, ("eventName", "NotEquals", "ScheduleKeyDeletion")), trail=SECOND)
    stage.filter(name="second", group="acme/second", metric="second")
    stage.alarm("second", "second", **alarm)


def advanced(*conditions: tuple[str, str, str]) -> object:
    return lambda stage: stage.advanced((MANAGEMENT, *conditions))


SCENARIOS = (
    Scenario("stopped", stopped, LinkName.TRAIL, "is stopped", every(stopped, started)),
    Scenario(
        "single-region",
        lambda stage: stage.update_trail(IsMultiRegionTrail=False),
        LinkName.TRAIL,
        "records us-east-1 only",
        lambda stage: stage.another_trail(SECOND, multi_region=False),
    ),
    Scenario(
        "single-region without global services",
        lambda stage: stage.update_trail(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False),
        LinkName.TRAIL,
        "what happens in other regions is lost",
        lambda stage: stage.update_trail(IsMultiRegionTrail=True, IncludeGlobalServiceEvents=True),
        control="iam_policy_changes",
    ),
    Scenario(
        "delivery error",
        lambda stage: stage.status(LatestDeliveryError="NoSuchBucket"),
        LinkName.TRAIL,
        "NoSuchBucket",
        lambda stage: stage.status(LatestDeliveryError=""),
    ),
    Scenario(
        "ReadOnly",
        lambda stage: stage.basic({"ReadWriteType": "ReadOnly"}),
        LinkName.TRAIL,
        LEFT_OUT,
        lambda stage: stage.basic({"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}),
        lost="'readOnly': False",
    ),
    Scenario(
        "WriteOnly and refused reads",
        lambda stage: stage.basic({"ReadWriteType": "WriteOnly"}),
        LinkName.TRAIL,
        LEFT_OUT,
        Twin(lambda stage: stage.basic({"ReadWriteType": "WriteOnly"}), "cmk_disable_or_delete"),
        control="unauthorized_api_calls",
        lost="'readOnly': True",
    ),
    Scenario(
        "WriteOnly and what root reads",
        lambda stage: stage.basic({"ReadWriteType": "WriteOnly"}),
        LinkName.TRAIL,
        LEFT_OUT,
        Twin(lambda stage: stage.basic({"ReadWriteType": "WriteOnly"}), "security_group_changes"),
        control="root_usage",
        lost="'readOnly': True",
    ),
    Scenario(
        "ReadOnly and sign-ins, which are writes",
        lambda stage: stage.basic({"ReadWriteType": "ReadOnly"}),
        LinkName.TRAIL,
        LEFT_OUT,
        lambda stage: stage.basic({"ReadWriteType": "WriteOnly"}),
        control="console_auth_failures",
    ),
    Scenario(
        "IncludeManagementEvents false",
        lambda stage: stage.basic({"IncludeManagementEvents": False}),
        LinkName.TRAIL,
        LEFT_OUT,
        lambda stage: stage.basic({"IncludeManagementEvents": False}, {}),
    ),
    Scenario(
        "ExcludeManagementEventSources kms",
        lambda stage: stage.basic(KMS),
        LinkName.TRAIL,
        "kms.amazonaws.com",
        lambda stage: stage.basic({"ExcludeManagementEventSources": ["rdsdata.amazonaws.com"]}),
        lost="kms.amazonaws.com",
    ),
    Scenario(
        "advanced NotEquals kms",
        advanced(("eventSource", "NotEquals", "kms.amazonaws.com")),
        LinkName.TRAIL,
        "kms.amazonaws.com",
        advanced(("eventSource", "NotEquals", "rdsdata.amazonaws.com")),
    ),
    Scenario(
        "advanced readOnly true",
        advanced(("readOnly", "Equals", "true")),
        LinkName.TRAIL,
        LEFT_OUT,
        advanced(("readOnly", "Equals", "false")),
    ),
    Scenario(
        "advanced eventSource of another service",
        advanced(("eventSource", "Equals", "ec2.amazonaws.com")),
        LinkName.TRAIL,
        LEFT_OUT,
        advanced(("eventSource", "Equals", "ec2.amazonaws.com kms.amazonaws.com")),
    ),
    Scenario(
        "advanced eventName",
        advanced(("eventName", "NotEquals", "DisableKey")),
        LinkName.TRAIL,
        "DisableKey",
        advanced(("eventName", "NotEquals", "Decrypt GenerateDataKey")),
        lost="DisableKey",
    ),
    Scenario(
        "advanced eventName by its beginning",
        advanced(("eventName", "NotStartsWith", "Schedule")),
        LinkName.TRAIL,
        "ScheduleKeyDeletion",
        advanced(("eventName", "StartsWith", "Schedule Disable")),
        lost="ScheduleKeyDeletion",
    ),
    Scenario(
        "advanced userIdentity.arn",
        advanced(("userIdentity.arn", "NotStartsWith", "arn:aws:iam::123456789012:user/deploy")),
        LinkName.TRAIL,
        LEFT_OUT,
        lambda stage: stage.advanced(
            (MANAGEMENT, ("userIdentity.arn", "NotStartsWith", "arn:aws:iam::123456789012:user/deploy")),
            (MANAGEMENT, ("userIdentity.arn", "StartsWith", "arn:aws:iam::123456789012:user/deploy")),
        ),
        lost="user/deploy",
    ),
    Scenario(
        "advanced eventCategory Data, named as if it were for management events",
        lambda stage: stage.advanced(DATA, names=["Management events selector"]),
        LinkName.TRAIL,
        LEFT_OUT,
        lambda stage: stage.advanced(DATA, (MANAGEMENT,), names=["Management events selector", "Data only"]),
    ),
    Scenario(
        "two trails of which the second logs nothing new",
        lambda stage: in_two_halves(stage, reads="WriteOnly"),
        LinkName.TRAIL,
        LEFT_OUT,
        in_two_halves,
        control="root_usage",
        lost="'readOnly': True",
    ),
    Scenario(
        "two trails of which the second is stopped",
        every(in_two_halves, lambda stage: stage.client("cloudtrail").stop_logging(Name=SECOND)),
        LinkName.TRAIL,
        LEFT_OUT,
        every(in_two_halves, lambda stage: stage.basic({}, trail=SECOND)),
        control="root_usage",
    ),
    Scenario(
        "two trails with a group each, one of them not alarmed",
        lambda stage: in_two_groups(stage, ActionsEnabled=False),
        LinkName.TRAIL,
        LEFT_OUT,
        Twin(in_two_groups, said="cmk-disable-or-delete or second"),
        lost="DisableKey",
    ),
    Scenario(
        "no trail",
        lambda stage: stage.client("cloudtrail").delete_trail(Name=TRAIL),
        None,
        "no trail",
        every(lambda stage: stage.another_trail(SECOND), stopped),
    ),
)


@rows(SCENARIOS)
def test_scenario(aws_account: Account, scenario: Scenario) -> None:
    assert scenario.play(aws_account, aws_account.controls.reset) == ("", "")


@pytest.mark.parametrize("control", ["root_usage", "unauthorized_api_calls", "vpc_changes", "console_auth_failures"])
def test_leaving_out_kms_is_noted_by_the_controls_on_any_source(aws_account: Account, control: str) -> None:
    stage = build(aws_account, control)
    stage.basic(KMS)
    finding = judged(aws_account, control)
    assert finding.status is Status.PASS, finding.reason
    noted = any("leaves out events of kms.amazonaws.com" in note for note in finding.notes)
    assert noted is (control in {"root_usage", "unauthorized_api_calls"})
