"""The commands for the first two links, exactly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from auditor.model.role import RolePolicy
from auditor.model.trail import (
    AdvancedSelector,
    BasicSelector,
    DataResource,
    EventSelectors,
    FieldSelector,
)
from tests.chain.build import account
from tests.checks.build import (
    ACCOUNT,
    LOG_GROUP,
    NOW,
    REGION,
    ROLE,
    SOURCE,
    TRAIL,
    log_group,
    role,
    status,
    trail,
    trail_facts,
)
from tests.remedy.build import (
    GROUP,
    STRANGER,
    argvs,
    of,
    remedy,
    statements,
    value,
    with_chain,
    with_selectors,
    with_status,
    with_trail,
)


def test_a_stopped_trail_is_started_and_nothing_else_is_done() -> None:
    expected = ["aws", "cloudtrail", "start-logging", "--region", REGION, "--name", "management-trail"]
    stopped = with_status(logging=False, latest_logs_delivery=None)
    assert argvs(stopped) == [expected]
    assert "start the trail management-trail" in remedy(stopped).summary
    assert "DisableKey" in remedy(stopped).summary


@pytest.mark.parametrize("changed", [{"multi_region": False}, {"global_events": False}])
def test_a_narrow_trail_records_all_regions(changed: dict[str, bool]) -> None:
    words = ["--name", "management-trail", "--is-multi-region-trail", "--include-global-service-events"]
    assert argvs(with_trail(**changed)) == [["aws", "cloudtrail", "update-trail", "--region", REGION, *words]]


def test_all_that_is_wrong_with_a_trail_is_mended() -> None:
    facts = trail_facts(trail=trail(multi_region=False), status=status(logging=False))
    names = [argv[2] for argv in argvs(with_chain(trails=(facts,)))]
    assert names == ["update-trail", "start-logging"]


def test_a_selector_is_added_to_those_that_are_there() -> None:
    objects = DataResource(type="AWS::S3::Object", values=("arn:aws:s3",))
    facts = with_selectors(BasicSelector(read_write="ReadOnly", data_resources=(objects,)))
    assert value(facts, "cloudtrail put-event-selectors", "--event-selectors") == [
        {
            "ReadWriteType": "ReadOnly",
            "IncludeManagementEvents": True,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        },
        {"ReadWriteType": "All", "IncludeManagementEvents": True},
    ]


def test_an_advanced_selector_is_added_to_those_that_are_there() -> None:
    data = FieldSelector(field="eventCategory", equals=("Data",))
    bucket = FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::a",), not_equals=("arn:aws:s3:::ab",))
    facts = with_selectors(advanced=(AdvancedSelector(fields=(data, bucket)),))
    assert value(facts, "cloudtrail put-event-selectors", "--advanced-event-selectors") == [
        {
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::a"], "NotEquals": ["arn:aws:s3:::ab"]},
            ]
        },
        {"Name": "All management events", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
    ]


def test_five_selectors_are_not_made_six() -> None:
    def selector(name: str, read_write: str) -> BasicSelector:
        bucket = DataResource(type="AWS::S3::Object", values=(f"arn:aws:s3:::{name}/",))
        return BasicSelector(read_write=read_write, management=False, data_resources=(bucket,))

    for kinds in (["All", *["ReadOnly"] * 4], ["ReadOnly", "WriteOnly", "ReadOnly", "WriteOnly", "ReadOnly"]):
        facts = with_selectors(*(selector(str(number), kind) for number, kind in enumerate(kinds)))
        put = value(facts, "cloudtrail put-event-selectors", "--event-selectors")
        assert len(put) == 5
        kept = {name: one["ReadWriteType"] for one in put for data in one["DataResources"] for name in data["Values"]}
        for number, kind in enumerate(kinds):
            assert kept[f"arn:aws:s3:::{number}/"] in {kind, "All"}
        assert any(one["ReadWriteType"] == "All" and one["IncludeManagementEvents"] for one in put)


def test_selectors_that_a_broken_filter_hides_are_mended_as_well() -> None:
    selectors = EventSelectors(source=SOURCE, basic=(BasicSelector(read_write="ReadOnly"),))
    facts = account(trails=(trail_facts(selectors=selectors),))
    assert [argv[2] for argv in argvs(facts)] == ["put-event-selectors", "put-metric-filter", "put-metric-alarm"]


def test_leaving_out_events_that_the_control_does_not_name_is_nothing_to_mend() -> None:
    selectors = EventSelectors(source=SOURCE, basic=(BasicSelector(excluded_sources=("rdsdata.amazonaws.com",)),))
    facts = account(trails=(trail_facts(selectors=selectors),))
    assert [argv[2] for argv in argvs(facts)] == ["put-metric-filter", "put-metric-alarm"]


def test_a_strangers_trail_is_for_that_account_to_mend() -> None:
    found = remedy(with_trail(arn=TRAIL.replace(ACCOUNT, STRANGER), multi_region=False))
    assert found.commands == ()
    assert f"belongs to account {STRANGER}" in found.summary


def grant(group: str) -> dict[str, Any]:
    return {
        "Sid": "TrailAuditorLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group}:log-stream:*",
    }


def test_a_trail_without_a_log_group_gets_group_role_filter_and_alarm() -> None:
    facts = account(trails=(trail_facts(trail=trail(log_group_arn=None, role_arn=None)),), log_groups=(), roles=())
    group, name = LOG_GROUP.replace(GROUP, "trail-auditor/management-trail"), "trail-auditor/management-trail"
    own_role = f"trail-auditor-{REGION}-management-trail"
    commands = remedy(facts).commands
    assert commands[0] == (
        f"aws logs describe-log-streams --region {REGION} --log-group-name {name} --limit 1 >/dev/null 2>&1"
        f" || aws logs create-log-group --region {REGION} --log-group-name {name}"
    )
    assert commands[1].startswith(f"aws iam get-role --role-name {own_role} >/dev/null 2>&1 || aws iam create-role ")
    assert "cloudtrail.amazonaws.com" in commands[1]
    assert value(facts, "iam put-role-policy", "--policy-document")["Statement"] == [grant(group)]
    assert f"arn:aws:iam::{ACCOUNT}:role/{own_role}" in commands[3]
    assert f"--cloud-watch-logs-log-group-arn '{group}:*'" in commands[3]
    assert of(facts, "logs put-metric-filter")["--log-group-name"] == [name]
    assert len(commands) == 6


def test_a_group_of_the_infrequent_access_class_is_left_for_a_new_one() -> None:
    facts = with_chain(log_groups=(log_group(log_class="INFREQUENT_ACCESS"),))
    assert of(facts, "logs put-metric-filter")["--log-group-name"] == ["trail-auditor/management-trail"]
    assert "CIS" in of(facts, "logs put-metric-filter")["--metric-transformations"][0]


def test_a_missing_group_is_made_by_its_own_name() -> None:
    facts = with_chain(log_groups=(log_group().model_copy(update={"group": None}),))
    (command,) = remedy(facts).commands
    assert command.endswith(f"aws logs create-log-group --region {REGION} --log-group-name {GROUP}")


def test_a_missing_role_is_made_by_its_own_name_and_path() -> None:
    arn = ROLE.replace("role/", "role/audit/")
    facts = with_chain(
        trails=(trail_facts(trail=trail(role_arn=arn)),),
        roles=(role().model_copy(update={"role": None, "arn": arn}),),
    )
    made, granted = remedy(facts).commands
    assert "create-role --path /audit/ --role-name CloudTrailToLogs" in made
    assert "--role-name CloudTrailToLogs --policy-name trail-auditor-logs" in granted


def test_a_failing_delivery_adds_to_the_roles_own_policy_and_keeps_what_stands_there() -> None:
    other = {"Sid": "Other", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    stale = {**grant("arn:old"), "Resource": "arn:old"}
    own = RolePolicy(source=SOURCE, name="trail-auditor-logs", text=statements(other, stale))
    facts = with_chain(
        trails=(trail_facts(status=status(latest_logs_delivery_error="AccessDenied")),),
        roles=(role().model_copy(update={"policies": (own,)}),),
    )
    assert value(facts, "iam put-role-policy", "--policy-document")["Statement"] == [other, grant(LOG_GROUP)]


def test_a_role_that_trusts_somebody_else_trusts_cloudtrail_as_well() -> None:
    ec2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = value(
        with_chain(roles=(role(trust=statements(ec2)),)), "iam update-assume-role-policy", "--policy-document"
    )
    assert trust["Statement"][0] == ec2
    assert trust["Statement"][1]["Principal"] == {"Service": "cloudtrail.amazonaws.com"}


def test_a_deny_in_a_roles_policy_is_named() -> None:
    deny = {"Sid": "NoLogs", "Effect": "Deny", "Action": "logs:*", "Resource": "*"}
    assert "NoLogs" in remedy(with_chain(roles=(role(policy=statements(deny)),))).summary


def test_a_stale_delivery_is_no_reason_to_touch_the_role_of_a_stopped_trail() -> None:
    facts = with_status(logging=False, latest_logs_delivery=NOW - timedelta(days=3))
    assert [argv[2] for argv in argvs(facts)] == ["start-logging"]
