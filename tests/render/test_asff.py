from __future__ import annotations

import pytest

from auditor.findings import Finding, Severity, Status
from auditor.remediation import Remediation
from auditor.render import renderer
from auditor.report import Report
from tests.aws.account import Account

from .build import ACCOUNT, GROUP, TOPIC, TRAIL, finding, small
from .validity import BATCH, asff


def imported(only: Finding) -> dict[str, object]:
    (found,) = asff(renderer("asff").render(small(only)))
    return found


def test_security_hub_takes_it(aws_account: Account, sample: Report) -> None:
    findings = asff(renderer("asff").render(sample))
    hub = aws_account.client("securityhub")
    hub.enable_security_hub()
    answers = [
        hub.batch_import_findings(Findings=findings[start : start + BATCH]) for start in range(0, len(findings), BATCH)
    ]
    assert [answer["FailedFindings"] for answer in answers] == [[] for _ in answers]
    assert sum(answer["SuccessCount"] for answer in answers) == len(sample.findings)
    pages = hub.get_paginator("get_findings").paginate()
    kept = {each["Id"]: each for page in pages for each in page["Findings"]}
    assert kept.keys() == {each["Id"] for each in findings}


@pytest.mark.parametrize(
    ("status", "compliance", "workflow", "record", "label"),
    [
        (Status.PASS, "PASSED", "RESOLVED", "ACTIVE", "INFORMATIONAL"),
        (Status.FAIL, "FAILED", "NEW", "ACTIVE", "HIGH"),
        (Status.UNKNOWN, "WARNING", "NEW", "ACTIVE", "HIGH"),
        (Status.NOT_APPLICABLE, "NOT_AVAILABLE", "RESOLVED", "ARCHIVED", "INFORMATIONAL"),
    ],
)
def test_status(status: Status, compliance: str, workflow: str, record: str, label: str) -> None:
    found = imported(finding("trail.logging", status, severity=Severity.HIGH))
    assert found["Compliance"]["Status"] == compliance
    assert (found["Workflow"]["Status"], found["RecordState"]) == (workflow, record)
    assert found["Severity"] == {"Label": label, "Original": "high"}


@pytest.mark.parametrize(
    ("resource", "kind", "name"),
    [
        (TRAIL, "AwsCloudTrailTrail", TRAIL),
        (TOPIC, "AwsSnsTopic", TOPIC),
        ("arn:aws:s3:::logs", "AwsS3Bucket", "arn:aws:s3:::logs"),
        ("arn:aws:cloudwatch:us-west-2:1:alarm:A", "AwsCloudWatchAlarm", "arn:aws:cloudwatch:us-west-2:1:alarm:A"),
        (GROUP, "Other", GROUP),
        (ACCOUNT, "AwsAccount", f"AWS::::Account:{ACCOUNT}"),
        ("", "Other", "-"),
    ],
)  # fmt: skip
def test_resource(resource: str, kind: str, name: str) -> None:
    (found,) = imported(finding("trail.logging", resource=resource))["Resources"]
    assert (found["Type"], found["Id"]) == (kind, name)


def test_a_waived_failure_is_suppressed_and_noted(sample: Report) -> None:
    found = [each for each in asff(renderer("asff").render(sample)) if "Note" in each]
    assert len(found) == sample.summary.waived
    for each in found:
        assert each["Workflow"] == {"Status": "SUPPRESSED"}
        assert "ticket SEC-1412" in each["Note"]["Text"]
        assert each["Note"]["UpdatedBy"] == "j.doe@example.com"


def test_a_finding_names_its_controls_and_commands(sample: Report) -> None:
    failing = next(each for each in sample.findings if each.check_id == "trail.encryption")
    found = next(each for each in asff(renderer("asff").render(sample)) if each["Id"].endswith(failing.id))
    assert found["Compliance"]["RelatedRequirements"] == ["CIS AWS Foundations Benchmark v5.0/3.5"]
    assert found["ProductArn"] == f"arn:aws:securityhub:us-west-2:{ACCOUNT}:product/{ACCOUNT}/default"
    fields = found["ProductFields"]
    commands = [fields[f"trail-auditor/command-{place}"] for place in (1, 2)]
    assert commands == list(failing.remediation.commands)


@pytest.mark.parametrize(
    "commands",
    [("aws sts get-caller-identity", "x" * 2049), tuple(f"aws sts step-{place}" for place in range(44))],
)
def test_where_one_command_does_not_fit_all_are_left_out(commands: tuple[str, ...]) -> None:
    remedy = Remediation(summary="Mend it.", commands=commands)
    fields = imported(finding("trail.logging", Status.FAIL, remediation=remedy))["ProductFields"]
    assert fields["trail-auditor/commands-left-out"] == str(len(commands))
    assert not [name for name in fields if name.startswith("trail-auditor/command-")]
