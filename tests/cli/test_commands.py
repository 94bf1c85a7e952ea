"""The smaller commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from auditor.benchmark import VERSIONS, load
from auditor.collect.organization import ORGANIZATION
from auditor.policy import Outcome, Policy, Principal, Request, identity_allows
from auditor.registry import check_ids, load_checks
from auditor.report import json_schema
from tests.cli.run import auditor

# The ids that the product promises; adding one is a change to this list, losing one a break.
PROMISED = """
trail.multi_region trail.logging trail.log_validation trail.management_events trail.global_events trail.encryption
trail.delivery trail.digest_delivery trail.log_integrity trail.s3_data_events trail.insights
bucket.public_access bucket.encryption bucket.delete_protection bucket.versioning bucket.tls_only
bucket.access_logging bucket.cloudtrail_access bucket.retention
cloudwatch.integration cloudwatch.delivery cloudwatch.role cloudwatch.retention cloudwatch.encryption
alarm.unauthorized_api_calls alarm.console_login_without_mfa alarm.root_usage alarm.iam_policy_changes
alarm.cloudtrail_changes alarm.console_auth_failures alarm.cmk_disable_or_delete alarm.s3_policy_changes
alarm.config_changes alarm.security_group_changes alarm.nacl_changes alarm.network_gateway_changes
alarm.route_table_changes alarm.vpc_changes alarm.organizations_changes securityhub.enabled
"""
IDS = PROMISED.split()


def test_every_promised_check_is_registered_and_loads() -> None:
    assert sorted(check_ids()) == sorted(IDS)
    checks, broken = load_checks()
    assert broken == ()
    assert sorted(check.id for check in checks) == sorted(IDS)


def test_every_check_says_what_it_is() -> None:
    checks, _ = load_checks()
    for check in checks:
        assert check.title, check.id
        assert not check.title.endswith("."), check.id
        assert check.rationale.endswith("."), check.id
        assert check.references, check.id
        assert type(check).judge.__doc__, check.id
    assert len({check.title for check in checks}) == len(checks)


def test_the_benchmarks_table_names_no_check_that_is_not_there() -> None:
    for version in VERSIONS:
        benchmark = load(version)
        assert set(benchmark.numbers) == set(IDS)
        assert set(benchmark.requirements) <= set(IDS)


def test_checks_lists_each_with_its_number_in_the_version() -> None:
    listed = auditor("checks", "--benchmark", "cis-1.2").out
    assert re.search(r"alarm\.root_usage +3\.3 +critical", listed)
    assert len(listed.splitlines()) == len(IDS)
    as_json = json.loads(auditor("checks", "--json").out)
    assert [check["id"] for check in as_json] == [line.split()[0] for line in listed.splitlines()]


def test_explain_says_what_is_wanted_and_why() -> None:
    said = auditor("explain", "alarm.unauthorized_api_calls").out
    assert "UnauthorizedOperation" in said
    assert "CloudWatch.2" in said
    assert "cis-5.0 4.1" in said
    assert auditor("explain", "alarm.nothing").code == 2


def test_the_schema_that_is_shipped_is_that_of_the_models() -> None:
    printed = json.loads(auditor("schema").out)
    assert printed == json_schema()
    jsonschema.Draft202012Validator.check_schema(printed)


def test_the_policy_lets_nothing_but_read() -> None:
    (statement,) = json.loads(auditor("policy").out)["Statement"]
    assert statement["Effect"] == "Allow"
    assert all(re.fullmatch(r"[a-z0-9]+:(Get|List|Describe)\w+", action) for action in statement["Action"])
    assert "s3:GetEncryptionConfiguration" in statement["Action"]


def test_the_policy_for_verifying_logs_adds_what_that_needs() -> None:
    reads, verifies = json.loads(auditor("policy", "--verify-logs").out)["Statement"]
    assert [reads] == json.loads(auditor("policy").out)["Statement"]
    assert verifies["Action"] == ["cloudtrail:ListPublicKeys", "kms:Decrypt", "s3:GetObject", "s3:ListBucket"]


def test_the_policy_for_drills_adds_what_they_need_and_nothing_else() -> None:
    reads, drills = json.loads(auditor("policy", "--drill").out)["Statement"]
    assert [reads] == json.loads(auditor("policy").out)["Statement"]
    assert drills["Action"] == ["cloudwatch:DescribeAlarmHistory", "cloudwatch:SetAlarmState", "logs:TestMetricFilter"]


def test_the_policy_for_a_fleet_is_what_the_caller_does() -> None:
    roles, listing = json.loads(auditor("policy", "--fleet").out)["Statement"]
    assert roles["Action"] == ["sts:AssumeRole"]
    assert roles["Resource"] == "arn:*:iam::*:role/trail-auditor"
    assert listing["Action"] == sorted(operation.permission for operation in ORGANIZATION)
    named = json.loads(auditor("policy", "--fleet", "--role-name", "/audit/reader/").out)["Statement"][0]
    assert named["Resource"] == "arn:*:iam::*:role/audit/reader"


def test_the_policy_for_a_fleet_lets_reports_be_stored_below_the_prefix_alone() -> None:
    policy = Policy.parse(auditor("policy", "--fleet", "--out", "s3://acme-audits/a/b/").out)

    def allowed(action: str, resource: str) -> bool:
        asker = Principal.aws("111122223333", "arn:aws:iam::111122223333:role/runner")
        return identity_allows([policy], Request(asker, action, resource)).outcome is Outcome.ALLOWED

    below = "arn:aws:s3:::acme-audits/a/b/accounts/123456789012/row.json"
    assert allowed("s3:PutObject", below)
    assert allowed("s3:GetObject", below)
    assert allowed("s3:ListBucket", "arn:aws:s3:::acme-audits")
    assert not allowed("s3:DeleteObject", below)
    assert not allowed("s3:PutObject", "arn:aws:s3:::acme-audits/a/accounts/123456789012/row.json")
    assert not allowed("s3:PutObject", "arn:aws:s3:::other/a/b/row.json")


def test_a_prefix_stands_for_itself_in_the_policy() -> None:
    statements = json.loads(auditor("policy", "--fleet", "--out", "s3://acme-audits/a*b/$c").out)["Statement"]
    assert statements[2]["Resource"] == "arn:*:s3:::acme-audits/a${*}b/${$}c/*"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--role-name", "reader"), "Add --fleet"),
        (("--out", "s3://acme-audits"), "Add --fleet"),
        (("--fleet", "--drill"), "Leave out"),
        (("--fleet", "--role-name", "reader*"), "'reader*' is no name of a role"),
        (("--fleet", "--out", "reports"), "'reports' is no place in S3"),
        (("--fleet", "--out", "s3://"), "names no place in S3"),
    ],
)
def test_what_no_policy_can_be_made_of_is_told(options: tuple[str, ...], said: str) -> None:
    done = auditor("policy", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_the_version_needs_none_of_the_heavy_packages() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "auditor.cli", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not imported & {"boto3", "botocore", "pydantic", "jinja2", "weasyprint", "moto", "rich"}
    assert re.fullmatch(r"auditor, version \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "demo",
        "scan",
        "render",
        "diff",
        "remediate",
        "verify",
        "checks",
        "explain",
        "pattern",
        "policy",
        "schema",
        "drill",
        "backtest",
    ],
)
def test_help_is_there_for_each_command(command: str) -> None:
    done = auditor(*([command] if command else []), "--help")
    assert done.code == 0
    assert "Usage: " in done.out


def test_the_demo_shows_every_kind_of_verdict_and_ends_well(tmp_path: Path) -> None:
    done = auditor("demo", "--out", str(tmp_path))
    assert done.code == 0, done.err
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json_schema()).validate(report)
    statuses = {finding["check_id"]: finding["status"] for finding in report["findings"]}
    assert set(statuses.values()) >= {"PASS", "FAIL", "UNKNOWN"}
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "report.pdf", "report.json"}
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_a_closed_pipe_is_no_failed_finding() -> None:
    command = f"{sys.executable} -m auditor.cli schema | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {0, 141}, "a fast writer may be done before the pipe closes"
    assert done.stderr == ""
