"""cloudwatch.integration and cloudwatch.role: what a trail names, and what the role may do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.checking import Status
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts
from auditor.model.role import Role as RoleFact
from auditor.model.role import RoleFacts, RolePolicy
from checks.cloudwatch.integration import Integration
from checks.cloudwatch.role import Role
from tests.checks.build import ACCOUNT, LOG_GROUP, REGION, ROLE, SOURCE, TRAIL, log_group, role, trail, trail_facts
from tests.checks.trail_judging import OTHER, denied, on_trails, options, organization_trail, remedy

STREAMS = f"{LOG_GROUP}:log-stream:"
OWN = f"{STREAMS}{ACCOUNT}_CloudTrail_{REGION}"
WRITES = ["logs:CreateLogStream", "logs:PutLogEvents"]


def elsewhere(permission: str, resource: str) -> Unreadable:
    return Unreadable(
        source=SOURCE,
        error_code="OtherAccount",
        message="",
        permission=permission,
        resource=resource,
        account_id=OTHER,
    )


def in_group(group: Any) -> dict[str, Any]:
    where = log_group()
    return {"log_groups": (LogGroupFacts(**{**dict(where), "group": group}),)}


def with_role(facts: RoleFacts) -> dict[str, Any]:
    return {"roles": (facts,)}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(service: str = "cloudtrail.amazonaws.com", **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more})


@pytest.mark.parametrize("multi_region", [True, False])
def test_an_integrated_trail_passes(multi_region: bool) -> None:
    finding = on_trails(Integration, trail_facts(trail=trail(multi_region=multi_region)))
    assert finding.reason == (
        f"The trail management-trail delivers to the log group CloudTrail/ManagementEvents in {REGION}."
    )


@pytest.mark.parametrize(
    ("settings", "account", "why", "made"),
    [
        (
            {"log_group_arn": None, "role_arn": None},
            {"log_groups": (), "roles": ()},
            "delivers to no log group",
            ["create-log-group", "create-role", "put-role-policy", "update-trail"],
        ),
        (
            {},
            in_group(None),
            f"CloudTrail/ManagementEvents that the trail management-trail names does not exist in {REGION}",
            ["create-log-group"],
        ),
        ({"role_arn": None}, {"roles": ()}, "no role to write", ["create-role", "put-role-policy", "update-trail"]),
        (
            {},
            {"log_groups": (log_group(log_class="INFREQUENT_ACCESS"),)},
            "INFREQUENT_ACCESS, which has no metric filters",
            ["create-log-group", "put-role-policy", "update-trail"],
        ),
    ],
)
def test_a_trail_that_is_not_integrated_fails(
    settings: dict[str, Any], account: dict[str, Any], why: str, made: list[str]
) -> None:
    finding = on_trails(Integration, trail_facts(trail=trail(**settings)), **account)
    assert finding.status is Status.FAIL
    assert why in finding.reason
    summary, commands = remedy(finding)
    assert summary.startswith("The commands make the log group" if "create-log-group" in made else "The commands make")
    script = "\n".join(commands)
    for command in made:
        assert f" {command} " in script


@pytest.mark.parametrize(
    ("group", "why"),
    [
        (denied("logs:DescribeLogGroups", LOG_GROUP), "the permission logs:DescribeLogGroups is missing"),
        (
            elsewhere("logs:DescribeLogGroups", LOG_GROUP),
            f"belongs to account {OTHER}; reading it there needs logs:DescribeLogGroups",
        ),
        (log_group(log_class="DELIVERY").group, "a log group of the class DELIVERY"),
    ],
)
def test_a_log_group_that_tells_nothing_is_unknown(group: Any, why: str) -> None:
    finding = on_trails(Integration, trail_facts(trail=organization_trail()), **in_group(group))
    assert finding.status is Status.UNKNOWN
    assert why in finding.reason


@pytest.mark.parametrize("check", [Integration, Role])
def test_another_accounts_trail_is_not_changed_from_here(check: type[Integration]) -> None:
    facts = trail_facts(trail=organization_trail(role_arn=None if check is Integration else ROLE))
    summary, commands = remedy(on_trails(check, facts, **with_role(role(trust=trust("ec2.amazonaws.com")))))
    assert OTHER in summary
    assert not commands


@pytest.mark.parametrize("settings", [{"log_group_arn": None}, {"role_arn": None}])
def test_without_both_names_there_is_no_role_to_judge(settings: dict[str, None]) -> None:
    finding = on_trails(Role, trail_facts(trail=trail(**settings)))
    assert finding.status is Status.NOT_APPLICABLE
    assert "cloudwatch.integration" in finding.reason


@pytest.mark.parametrize(
    "facts",
    [
        role(policy=policy(allow("logs:*"))),
        role(policy=policy(allow(WRITES, f"{OWN}*"))),
        role(trust=trust(Condition={"StringEquals": {"aws:SourceArn": TRAIL, "aws:SourceAccount": ACCOUNT}})),
    ],
)
def test_a_role_that_lets_cloudtrail_write_passes(facts: RoleFacts) -> None:
    assert on_trails(Role, trail_facts(), **with_role(facts)).status is Status.PASS


@pytest.mark.parametrize(
    ("facts", "why", "made"),
    [
        (RoleFacts(arn=ROLE, role=None), "does not exist", "create-role"),
        (role(trust=trust("ec2.amazonaws.com")), "CloudTrail may take on the role", "update-assume-role-policy"),
        (
            role(trust=trust(Condition={"StringEquals": {"aws:SourceAccount": OTHER}})),
            "CloudTrail may take on the role",
            "update-assume-role-policy",
        ),
        (role(policy=policy(allow("logs:PutLogEvents"))), "may call logs:CreateLogStream", "put-role-policy"),
        (role(policy=policy(allow("logs:CreateLogStream"))), "may call logs:PutLogEvents", "put-role-policy"),
        (
            role(policy=policy(allow(WRITES, f"{LOG_GROUP}-other:log-stream:*"))),
            "may call logs:CreateLogStream",
            "put-role-policy",
        ),
        (
            role(policy=policy(allow("logs:*"), {"Effect": "Deny", "Action": "logs:Put*", "Resource": "*"})),
            "explicitly denied",
            "put-role-policy",
        ),
    ],
)
def test_a_role_that_keeps_cloudtrail_from_writing_fails(facts: RoleFacts, why: str, made: str) -> None:
    finding = on_trails(Role, trail_facts(), **with_role(facts))
    assert finding.status is Status.FAIL
    assert why in finding.reason
    _, commands = remedy(finding)
    assert any(f" {made} " in command for command in commands)


def test_a_trust_policy_keeps_its_statements() -> None:
    finding = on_trails(Role, trail_facts(), **with_role(role(trust=trust("ec2.amazonaws.com"))))
    (command,) = [line for line in remedy(finding)[1] if "update-assume-role-policy" in line]
    statements = json.loads(options(command)["--policy-document"])["Statement"]
    services = [statement["Principal"]["Service"] for statement in statements]
    assert services == ["ec2.amazonaws.com", "cloudtrail.amazonaws.com"]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (RoleFacts(arn=ROLE, role=denied("iam:GetRole", ROLE)), "iam:GetRole"),
        (RoleFacts(arn=ROLE, role=elsewhere("iam:GetRole", ROLE)), f"belongs to account {OTHER}"),
        (
            role(policy=policy(allow(WRITES, Condition={"StringEquals": {"aws:RequestedRegion": REGION}}))),
            "aws:RequestedRegion",
        ),
        (role(trust=trust(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})), "aws:multifactorauthpresent"),
        (role(policy="{"), "cannot be read"),
        (
            RoleFacts(arn=ROLE, role=role().role, policies=(denied("iam:GetRolePolicy", "policy write"),)),
            "iam:GetRolePolicy",
        ),
        (
            RoleFacts(
                arn=ROLE, role=role().role, policies=(*role().policies, denied("iam:GetPolicyVersion", "policy more"))
            ),
            "iam:GetPolicyVersion",
        ),
        (
            RoleFacts(
                arn=ROLE,
                role=RoleFact(source=SOURCE, arn=ROLE, name="r", trust=trust(), boundary="arn:aws:iam::aws:policy/B"),
                policies=role().policies,
            ),
            "boundary arn:aws:iam::aws:policy/B",
        ),
    ],
)
def test_a_role_that_tells_too_little_is_unknown(facts: RoleFacts, why: str) -> None:
    finding = on_trails(Role, trail_facts(), **with_role(facts))
    assert finding.status is Status.UNKNOWN
    assert why.lower() in finding.reason.lower()
    assert finding.notes == ("The delivery at 2026-11-24 11:55 UTC went without an error.",)


@pytest.mark.parametrize(
    ("resource", "verdict"),
    [(f"{STREAMS}*", Status.PASS), (f"{STREAMS}o-exampleorgid_*", Status.PASS), (f"{OWN}*", Status.FAIL)],
)
def test_an_organizations_own_trail_writes_its_members_streams(resource: str, verdict: Status) -> None:
    granted = (
        RolePolicy(source=SOURCE, name="own", text=policy(allow(WRITES, f"{OWN}*"))),
        RolePolicy(source=SOURCE, name="members", text=policy(allow(WRITES, resource))),
    )
    facts = RoleFacts(arn=ROLE, role=role().role, policies=granted)
    finding = on_trails(Role, trail_facts(trail=trail(organization=True)), **with_role(facts))
    assert finding.status is verdict
    if verdict is Status.FAIL:
        (command,) = remedy(finding)[1]
        document = options(command)["--policy-document"]
        more = RolePolicy(source=SOURCE, name="trail-auditor-members", text=document)
        mended = facts.model_copy(update={"policies": (*granted, more)})
        again = on_trails(Role, trail_facts(trail=trail(organization=True)), **with_role(mended))
        assert again.status is Status.PASS
