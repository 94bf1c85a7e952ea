"""cloudwatch.retention and cloudwatch.encryption."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from auditor.checking import Check, Status
from auditor.model.logs import LogGroupFacts
from checks.cloudwatch.encryption import LogGroupEncryption
from checks.cloudwatch.retention import LogGroupRetention
from tests.checks.build import ACCOUNT, LOG_GROUP, REGION, log_group, snapshot, trail, trail_facts
from tests.checks.trail_judging import denied, judged, remedy

both_checks = pytest.mark.parametrize("check", [LogGroupEncryption, LogGroupRetention])


def with_group(check: type[Check[Any]], group: Any) -> Any:
    facts = LogGroupFacts(**{**dict(log_group()), "group": group})
    return judged(check, snapshot(log_groups=(facts,)))


@pytest.mark.parametrize(("days", "words"), [(365, "for 365 days."), (3653, "for 3653 days."), (None, "for ever.")])
def test_a_year_or_more_passes(days: int | None, words: str) -> None:
    finding = with_group(LogGroupRetention, log_group(retention_days=days).group)
    assert finding.status is Status.PASS
    assert finding.reason.endswith(words)


def test_less_than_a_year_fails() -> None:
    finding = with_group(LogGroupRetention, log_group(retention_days=90).group)
    assert finding.reason == "The log group CloudTrail/ManagementEvents keeps events for 90 days only, not 365."
    (command,) = remedy(finding)[1]
    assert command == (
        f"aws logs put-retention-policy --region {REGION} --log-group-name CloudTrail/ManagementEvents "
        "--retention-in-days 365"
    )


def test_a_log_group_without_a_key_is_given_one() -> None:
    finding = with_group(LogGroupEncryption, log_group(kms_key=None).group)
    assert "names no KMS key" in finding.reason
    _, (made, kept, used) = remedy(finding)
    assert "alias/trail-auditor/logs/CloudTrail/ManagementEvents" in made
    assert kept.startswith("KEY_ARN=$(aws kms describe-key ")
    assert used == (
        f"aws logs associate-kms-key --region {REGION} --log-group-name CloudTrail/ManagementEvents "
        '--kms-key-id "$KEY_ARN"'
    )
    words = shlex.split(made.partition("$(")[2])
    account, service = json.loads(words[words.index("--policy") + 1])["Statement"]
    assert account["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert service["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
    assert service["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": LOG_GROUP}}


@both_checks
def test_a_log_group_that_does_not_exist_is_judged_elsewhere(check: type[Check[Any]]) -> None:
    finding = with_group(check, None)
    assert finding.status is Status.NOT_APPLICABLE
    assert "cloudwatch.integration" in finding.reason


@both_checks
def test_a_trail_without_a_log_group_has_nothing_to_judge(check: type[Check[Any]]) -> None:
    trails = (trail_facts(trail=trail(log_group_arn=None, role_arn=None)),)
    assert judged(check, snapshot(trails=trails, log_groups=(), roles=())).status is Status.NOT_APPLICABLE


@both_checks
def test_a_log_group_that_could_not_be_read_is_unknown(check: type[Check[Any]]) -> None:
    finding = with_group(check, denied("logs:DescribeLogGroups", LOG_GROUP))
    assert finding.status is Status.UNKNOWN
    assert "logs:DescribeLogGroups" in finding.reason


@both_checks
def test_an_account_without_trails_fails(check: type[Check[Any]]) -> None:
    assert judged(check, snapshot(trails=(), log_groups=())).reason == "The account has no trail."


def test_names_that_no_alias_may_hold_are_kept_apart() -> None:
    aliases = set()
    for name in ("a.b", "a-b", "a#b", "x" * 512, "x" * 511):
        where = {**dict(log_group(kms_key=None)), "name": name}
        finding = judged(LogGroupEncryption, snapshot(log_groups=(LogGroupFacts(**where),)))
        words = shlex.split(remedy(finding)[1][0])
        aliases.add(words[words.index("--key-id") + 1])
    assert len(aliases) == 5
    assert all(len(alias) <= 256 for alias in aliases)
