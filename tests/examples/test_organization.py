"""The templates for an organization are valid and grant what the code needs.

`python -m tests.examples.test_organization` writes their policies anew.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from auditor.collect import Connection
from auditor.collect.assuming import Assumer
from auditor.errors import AccountError
from auditor.policy import Outcome, Policy, Principal, Request, decide, denies_without_tls, identity_allows
from auditor.policy.denial import Extent
from tests.aws.account import Account
from tests.cli.run import auditor
from tests.examples.template import load, resolved

ROOT = Path(__file__).parents[2]
HERE = ROOT / "examples" / "organization"
MEMBER, SCHEDULE = HERE / "member-role.yaml", HERE / "schedule-ecs.yaml"
TOOLS = Path(sys.executable).parent

AUDITING, READ = "111122223333", "444455556666"
RUNNER = f"arn:aws:iam::{AUDITING}:role/trail-auditor-runner"
EXTERNAL_ID = "3f2b9c"
GIVEN = {"AuditingAccountId": AUDITING, "ExternalId": EXTERNAL_ID}

# How a template says what `auditor policy` prints as the first of each.
SPELLED = {
    "arn:*:iam::*:role/ROLE": '!Sub "arn:${AWS::Partition}:iam::*:role/${RoleName}"',
    "arn:*:s3:::BUCKET/runs/*": '!Sub "${Reports.Arn}/runs/*"',
    "arn:*:s3:::BUCKET": "!GetAtt Reports.Arn",
    "*": '"*"',
}
CALLER = ("--fleet", "--role-name", "ROLE", "--out", "s3://BUCKET/runs")
BLOCK = re.compile(r"(?<=# policy\n)( *-.*?)?(?= *# /policy)", re.DOTALL)


def printed(*options: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(auditor("policy", *options).out)
    return document


def statements(document: dict[str, Any]) -> str:
    lines: list[str] = []
    for one in document["Statement"]:
        lines += [f"- Sid: {one['Sid']}", f"  Effect: {one['Effect']}", "  Action:"]
        lines += [f"    - {action}" for action in one["Action"]]
        lines += [f"  Resource: {SPELLED[one['Resource']]}"]
    return "".join(f"{' ' * 14}{line}\n" for line in lines)


def names(template: dict[str, Any], **given: str) -> dict[str, Any]:
    parameters = {name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one}
    return {"AWS::Partition": "aws", "AWS::AccountId": AUDITING, "AWS::Region": "us-east-1", **parameters, **given}


def policy_of(template: dict[str, Any], role: str, known: dict[str, Any]) -> Any:
    (inline,) = template["Resources"][role]["Properties"]["Policies"]
    return resolved(inline["PolicyDocument"], known)


@pytest.mark.parametrize("path", [MEMBER, SCHEDULE], ids=lambda path: path.name)
def test_cfn_lint_has_nothing_to_say(path: Path) -> None:
    done = subprocess.run([TOOLS / "cfn-lint", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    # What cfn-lint resolves and CloudFormation does not.
    assert not re.search(r"(: |- )[&*]\w|<<:", path.read_text())


def test_the_role_of_an_account_has_the_least_policy() -> None:
    template = load(MEMBER)
    assert policy_of(template, "Role", names(template, **GIVEN)) == printed()


def test_the_task_has_the_least_policy_of_a_caller() -> None:
    template = load(SCHEDULE)
    known = names(template) | {"AWS::Partition": "*", "RoleName": "ROLE", "Reports.Arn": "arn:*:s3:::BUCKET"}
    assert policy_of(template, "TaskRole", known) == printed(*CALLER)


@pytest.mark.parametrize(
    ("asker", "external_id", "allowed"),
    [
        (RUNNER, EXTERNAL_ID, True),
        (RUNNER, "another", False),
        (RUNNER, None, False),
        (f"{RUNNER}-2", EXTERNAL_ID, False),
        (f"arn:aws:iam::{AUDITING}:user/somebody", EXTERNAL_ID, False),
        (f"arn:aws:iam::{AUDITING}:root", EXTERNAL_ID, False),
        (f"arn:aws:iam::{READ}:role/trail-auditor-runner", EXTERNAL_ID, False),
    ],
)
def test_the_role_trusts_the_runner_who_knows_the_external_id(
    asker: str, external_id: str | None, allowed: bool
) -> None:
    template = load(MEMBER)
    trust = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
    document = resolved(trust, names(template, **GIVEN))
    assert "*" not in json.dumps(document)
    for statement in document["Statement"]:
        statement["Resource"] = "*"  # a trust policy has none, for it is the role's own
    context = {"aws:PrincipalArn": asker} | ({"sts:ExternalId": external_id} if external_id else {})
    request = Request(
        Principal.aws(asker.split(":")[4], asker),
        "sts:AssumeRole",
        f"arn:aws:iam::{READ}:role/trail-auditor",
        context,
        absent=() if external_id else ("sts:ExternalId",),
    )
    # The last word is with the runner's own policy, as between any two accounts.
    assert decide(Policy.parse(json.dumps(document)), request).may_be_allowed is allowed
    own = Policy.parse(json.dumps(printed("--fleet")))
    assert identity_allows([own], request).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AuditingAccountId", "*"),
        ("CallerRoleName", "*"),
        ("CallerRoleName", "runner-?"),
        ("CallerRoleName", "${aws:username}"),
        ("ExternalId", "*"),
        ("RoleName", "trail-auditor*"),
    ],
)
def test_no_parameter_takes_a_wildcard(name: str, value: str) -> None:
    for path in (MEMBER, SCHEDULE):
        declared = load(path)["Parameters"].get(name)
        if declared:
            assert not re.fullmatch(declared["AllowedPattern"], value)
            assert "Default" not in declared or re.fullmatch(declared["AllowedPattern"], declared["Default"])


def test_the_role_that_is_deployed_is_taken_on(aws_account: Account) -> None:
    """In a member account, from the account that audits, as a run does."""
    auditing = aws_account.other(AUDITING)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{AUDITING}:root"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    auditing.client("iam").create_role(RoleName="trail-auditor-runner", AssumeRolePolicyDocument=document)
    aws_account.other(READ).client("cloudformation").create_stack(
        StackName="trail-auditor",
        TemplateBody=MEMBER.read_text(),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in GIVEN.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    stranger = Connection(auditing.session(), "us-east-1", aws_account.endpoint_url)
    with pytest.raises(AccountError, match="AccessDenied"):
        Assumer(stranger, AUDITING, "aws", "trail-auditor", "run", EXTERNAL_ID).connection_to(READ)
    runner = Connection(auditing.taking_on(RUNNER).session(), "us-east-1", aws_account.endpoint_url)
    taken = Assumer(runner, AUDITING, "aws", "trail-auditor", "run", EXTERNAL_ID).connection_to(READ)
    caller = taken.client("sts", "us-east-1").get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{READ}:assumed-role/trail-auditor/run"
    iam = taken.client("iam", "us-east-1")
    role = iam.get_role(RoleName="trail-auditor")["Role"]
    assert role["MaxSessionDuration"] == 3600
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{AUDITING}:root"}
    assert trust["Condition"] == {"StringEquals": {"aws:PrincipalArn": RUNNER, "sts:ExternalId": EXTERNAL_ID}}
    (name,) = iam.list_role_policies(RoleName="trail-auditor")["PolicyNames"]
    document = iam.get_role_policy(RoleName="trail-auditor", PolicyName=name)["PolicyDocument"]
    # From a stack moto keeps it as Python prints it.
    assert (ast.literal_eval(document) if isinstance(document, str) else document) == printed()
    assert iam.list_attached_role_policies(RoleName="trail-auditor")["AttachedPolicies"] == []


def test_the_roles_of_both_templates_have_the_same_names() -> None:
    member, schedule = load(MEMBER)["Parameters"], load(SCHEDULE)["Parameters"]
    assert member["RoleName"]["Default"] == schedule["RoleName"]["Default"]
    assert member["CallerRoleName"]["Default"] == schedule["CallerRoleName"]["Default"]


def test_the_task_runs_a_scan_of_the_organization(tmp_path: Path) -> None:
    template = load(SCHEDULE)
    known = names(template, ExternalId=EXTERNAL_ID, Reports="acme-audits", Image="", Log="", Options="--ou ou-1 -q")
    (container,) = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    entry, command = (resolved(container[part], known) for part in ("EntryPoint", "Command"))
    environment = {one["Name"]: one["Value"] for one in resolved(container["Environment"], known)}
    stand_in = tmp_path / "auditor"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    stand_in.chmod(0o755)
    environment["PATH"] = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run([*entry, *command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    *options, place, unit, quiet, silent = done.stdout.splitlines()
    assert options == ["scan", "--organization", "--role-name", "trail-auditor", "--external-id", "3f2b9c", "--out"]
    assert re.fullmatch(r"s3://acme-audits/runs/\d{4}-\d\d-\d\dT\d{6}Z", place)
    assert (unit, quiet, silent) == ("--ou", "ou-1", "-q")
    shellcheck(*command)


def shellcheck(script: str, shell: str = "sh") -> None:
    command = [TOOLS / "shellcheck", f"--shell={shell}", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("told", "container"),
    [
        (False, {"exitCode": 0}),
        (False, {"exitCode": 1}),
        (False, {"exitCode": 3}),
        (True, {"exitCode": 2}),
        (True, {"exitCode": 130}),
        (True, {"exitCode": 137}),
        (True, {"reason": "CannotPullContainerError"}),
    ],
)
def test_somebody_is_told_of_a_run_that_does_not_come_to_its_end(told: bool, container: dict[str, Any]) -> None:
    cluster = f"arn:aws:ecs:us-east-1:{AUDITING}:cluster/audit"
    pattern = resolved(
        load(SCHEDULE)["Resources"]["NotFinished"]["Properties"]["EventPattern"], {"Cluster.Arn": cluster}
    )
    event = {"source": "aws.ecs", "detail-type": "ECS Task State Change"}
    detail = {"clusterArn": cluster, "lastStatus": "STOPPED"}

    def tells(**changed: Any) -> bool:
        # EventBridge looks into each object of an array; moto takes the one container for what it is.
        return EventPattern("", pattern).matches_event(
            {**event, "detail": {**detail, "containers": container, **changed}}
        )

    assert tells() is told
    assert not tells(lastStatus="RUNNING")
    assert not tells(clusterArn=f"{cluster}-of-others")


def test_the_bucket_of_the_reports_passes_our_own_checks() -> None:
    resources = load(SCHEDULE)["Resources"]
    bucket = resources["Reports"]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    arn = "arn:aws:s3:::acme-audits"
    document = resolved(resources["ReportsPolicy"]["Properties"]["PolicyDocument"], {"Reports.Arn": arn})
    assert denies_without_tls(Policy.parse(json.dumps(document)), arn).extent is Extent.EVERYONE


def test_nobody_reaches_the_task() -> None:
    group = load(SCHEDULE)["Resources"]["SecurityGroup"]["Properties"]
    assert "SecurityGroupIngress" not in group
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]] == [(443, 443)]


def test_the_image_has_what_the_command_needs() -> None:
    text = (HERE / "Dockerfile").read_text()
    native = re.search(r"^NATIVE := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert native is not None
    assert native[1] in text
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = re.search(r"trail-auditor\[([\w,]+)\]", text)
    assert asked is not None
    assert set(asked[1].split(",")) <= extras.keys()
    runs = re.findall(r"^RUN (.+?[^\\])$", text, re.MULTILINE | re.DOTALL)
    assert len(runs) == 3
    for run in runs:
        shellcheck(f"{run}\n")


if __name__ == "__main__":
    for path, document in ((MEMBER, printed()), (SCHEDULE, printed(*CALLER))):
        written = statements(document)
        path.write_text(BLOCK.sub(lambda _, written=written: written, path.read_text()))
