"""The templates are valid, and what they make mends what fails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import hcl2
import pytest

from auditor.artefact.hcl import quoted
from auditor.artefact.plan import planned
from auditor.artefact.resources import template
from auditor.artefact.writing import written
from auditor.errors import UsageError
from auditor.findings import Status
from auditor.model.arn import Arn
from tests.artefact.conftest import plan_of, report_of
from tests.artefact.stack import Stack
from tests.aws.account import Account
from tests.remedy.closed_loop import EMAIL, Loop
from tests.remedy.test_hostile_names import HOSTILE
from tests.scenarios.stage import Stage, build
from tests.scenarios.test_metric_and_alarm import SCENARIOS

TOOLS = Path(sys.executable).parent
DOCUMENTED = json.loads((Path(__file__).parent / "terraform_arguments.json").read_text())["resources"]


def cloudformation(loop: Loop, *checks: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(plan_of(loop, *checks), "cloudformation")[0])
    return found


def passing(loop: Loop) -> set[str]:
    return {one.check_id for one in report_of(loop).findings if one.status is Status.PASS}


def apply(loop: Loop, content: dict[str, Any]) -> None:
    """Makes the stack, runs what its metadata says is needed besides, and confirms the subscription."""
    Stack(loop.account, content, Email=EMAIL)
    for step in content["Metadata"]["TrailAuditor"]["RunBesides"]:
        loop.run(step["Commands"])
    loop.account.controls.confirm(EMAIL)


def test_a_stack_and_the_commands_besides_mend_all(starting: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(starting, tmp_path, quick)
    failing = {one.check_id for one in planned(report_of(loop)).findings}
    apply(loop, cloudformation(loop))
    assert failing <= passing(loop)


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.status is Status.FAIL][::4], ids=lambda one: one.name
)
def test_a_template_mends_beside_what_a_script_would_change(
    aws_account: Account, tmp_path: Path, quick: Path, scenario: Any
) -> None:
    stage: Stage = build(aws_account, scenario.control)
    scenario.change(stage)
    loop, check = Loop(aws_account, tmp_path, quick), f"alarm.{scenario.control}"
    content = cloudformation(loop, check)
    assert content["Metadata"]["TrailAuditor"]["RunBesides"] == []
    apply(loop, content)
    assert check in passing(loop)


def test_moto_makes_the_types_that_it_knows(bare: Account, tmp_path: Path, quick: Path) -> None:
    content = cloudformation(Loop(bare, tmp_path, quick))
    known = {"AWS::SNS::Topic", "AWS::Logs::LogGroup", "AWS::IAM::Role"}
    made = {name: one for name, one in content["Resources"].items() if one["Type"] in known}
    assert {one["Type"] for one in made.values()} == known
    stacks = bare.client("cloudformation")
    body = json.dumps({**content, "Resources": made})
    told = [{"ParameterKey": "Email", "ParameterValue": EMAIL}]
    stacks.create_stack(StackName="mend", TemplateBody=body, Parameters=told, Capabilities=["CAPABILITY_NAMED_IAM"])
    (stack,) = stacks.describe_stacks(StackName="mend")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    topics = [one["TopicArn"] for one in bare.client("sns").list_topics()["Topics"]]
    assert topics == [f"arn:aws:sns:us-east-1:{bare.account_id}:trail-auditor-alerts"]


def test_cfn_lint_and_terraform_have_nothing_to_say(starting: Account, tmp_path: Path, quick: Path) -> None:
    plan = plan_of(Loop(starting, tmp_path, quick))
    path = tmp_path / "mend.json"
    path.write_text(written(plan, "cloudformation")[0])
    done = subprocess.run([TOOLS / "cfn-lint", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    as_the_provider_documents(written(plan, "terraform")[0], tmp_path)


def as_the_provider_documents(text: str, folder: Path) -> None:
    """Parses a configuration, and holds its arguments against those of the AWS provider's resources."""
    (folder / "mend.tf").write_text(text)
    resources = [
        (kind.strip('"'), body)
        for block in hcl2.loads(text)["resource"]
        for kind, named in block.items()
        for body in named.values()
    ]
    assert len(resources) > 15
    for kind, body in resources:
        known = DOCUMENTED[kind]["arguments"]
        given = {name for name in body if not name.startswith("__")} - {"depends_on"}
        assert given <= known.keys(), kind
        assert {name for name, need in known.items() if need == "required"} <= given, kind
        for name, inner in DOCUMENTED[kind].get("blocks", {}).items():
            (inside,) = body[name]
            assert {one for one in inside if not one.startswith("__")} <= inner.keys()
    if shutil.which("terraform"):
        formatted = subprocess.run(
            ["terraform", "fmt", "-check", "mend.tf"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert formatted.returncode == 0, formatted.stdout


@pytest.mark.parametrize(
    "text", [*HOSTILE, '${file("/etc/passwd")}', "%{ if true }x%{ endif }", 'a"b\\c', "ü \U0001f600"]
)
def test_terraform_takes_any_text_as_data(text: str) -> None:
    (block,) = hcl2.loads(f"locals {{\n  x = {quoted(text)}\n}}\n")["locals"]
    read = json.loads(block["x"])
    assert read.replace("$${", "${").replace("%%{", "%{") == text
    assert "${" not in read.replace("$${", "")


def test_resources_of_several_regions_are_asked_apart(aws_account: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(aws_account, tmp_path, quick)
    report = report_of(loop)
    moved = report.model_copy(
        update={
            "findings": (
                *report.findings,
                *(
                    type(one).model_validate_json(one.model_dump_json().replace("us-east-1", "eu-west-1"))
                    for one in report.findings
                ),
            )
        }
    )
    with pytest.raises(UsageError, match="eu-west-1, us-east-1"):
        template(planned(moved))
    here = template(planned(moved), "eu-west-1")
    assert here.resources
    assert {found.region for one in here.resources.values() if (found := Arn.parse(one.arn))} <= {"eu-west-1", ""}
