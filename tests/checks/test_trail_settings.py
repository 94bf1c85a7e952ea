"""trail.log_validation and trail.encryption."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from auditor.checking import Status
from auditor.model.key import Key, KeyFacts
from checks.trail.encryption import TrailEncryption
from checks.trail.log_validation import LogValidation
from tests.checks.build import ACCOUNT, KEY, REGION, SOURCE, TRAIL, bucket, status, trail, trail_facts
from tests.checks.trail_judging import OTHER, denied, named, on_trails, organization_trail, remedy, run


def key(**changed: Any) -> dict[str, Any]:
    return {"keys": (KeyFacts(name=KEY, key=Key(source=SOURCE, **{"arn": KEY, **changed}), policy=None),)}


def test_validation_that_is_off_is_turned_on() -> None:
    facts = trail_facts(trail=named("dotted.name", "eu-west-1", validation=False))
    finding = on_trails(LogValidation, facts)
    assert finding.reason == "Log file validation of dotted.name is off."
    assert finding.evidence[0].observed == {"LogFileValidationEnabled": False}
    (command,) = remedy(finding)[1]
    assert command == "aws cloudtrail update-trail --region eu-west-1 --name dotted.name --enable-log-file-validation"
    assert on_trails(LogValidation, run(facts, command)).status is Status.PASS


@pytest.mark.parametrize("check", [LogValidation, TrailEncryption])
def test_another_accounts_trail_is_not_changed_from_here(check: type[LogValidation]) -> None:
    facts = trail_facts(trail=organization_trail(validation=False, kms_key=None))
    summary, commands = remedy(on_trails(check, facts))
    assert summary.startswith(f"It is mended in account {OTHER}, whose own report has the commands if it fails there")
    assert not commands


@pytest.mark.parametrize(
    ("facts", "keys", "why"),
    [
        (trail(kms_key=None), key(), "names no KMS key"),
        (trail(), {"keys": (KeyFacts(name=KEY, key=None, policy=None),)}, "does not exist"),
        (trail(), key(state="Unavailable"), "is not usable, its state is Unavailable"),
    ],
)
def test_a_trail_without_a_key_is_given_one(facts: Any, keys: dict[str, Any], why: str) -> None:
    finding = on_trails(TrailEncryption, trail_facts(trail=facts), **keys, buckets=(bucket(region="eu-west-1"),))
    assert finding.status is Status.FAIL
    assert why in finding.reason
    _, (made, kept, used) = remedy(finding)
    found = "aws kms describe-key --region eu-west-1 --key-id alias/trail-auditor/trail/us-east-1/management-trail"
    assert made.startswith(f"{found} >/dev/null 2>&1 || {{ KEY_ARN=$(aws kms create-key --region eu-west-1 ")
    assert made.endswith('--target-key-id "$KEY_ARN"; }')
    assert kept == f"KEY_ARN=$({found} --query KeyMetadata.Arn --output text)"
    assert used == f'aws cloudtrail update-trail --region {REGION} --name management-trail --kms-key-id "$KEY_ARN"'


def test_the_new_key_lets_cloudtrail_use_it_for_this_trail_only() -> None:
    made = remedy(on_trails(TrailEncryption, trail_facts(trail=trail(kms_key=None))))[1][0]
    words = shlex.split(made.partition("$(")[2])
    policy = json.loads(words[words.index("--policy") + 1])
    account, *service = policy["Statement"]
    assert account["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert [statement["Action"] for statement in service] == [
        "kms:GenerateDataKey*",
        ["kms:DescribeKey", "kms:Decrypt"],
    ]
    for statement in service:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceArn": TRAIL}
    context = service[0]["Condition"]["StringLike"]["kms:EncryptionContext:aws:cloudtrail:arn"]
    assert context == f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"


@pytest.mark.parametrize(
    ("state", "why", "names"),
    [
        ("Disabled", "its state is Disabled", ["enable-key"]),
        ("PendingDeletion", "is about to be deleted", ["cancel-key-deletion", "enable-key"]),
    ],
)
def test_a_key_that_was_switched_off_is_switched_on(state: str, why: str, names: list[str]) -> None:
    finding = on_trails(TrailEncryption, trail_facts(), **key(state=state))
    assert why in finding.reason
    commands = remedy(finding)[1]
    assert [command.rpartition("aws kms ")[2].split()[0] for command in commands] == names
    assert all(f"--region {REGION} --key-id {KEY}" in command for command in commands)


def test_another_accounts_key_is_enabled_there() -> None:
    finding = on_trails(TrailEncryption, trail_facts(), **key(arn=KEY.replace(ACCOUNT, OTHER), state="Disabled"))
    summary, commands = remedy(finding)
    assert OTHER in summary
    assert not commands


def test_a_key_of_aws_passes_with_a_note() -> None:
    finding = on_trails(TrailEncryption, trail_facts(), **key(manager="AWS"))
    assert finding.status is Status.PASS
    assert "AWS manages" in finding.notes[0]


def test_a_key_whose_state_is_not_known_is_unknown() -> None:
    keys = (KeyFacts(name=KEY, key=denied("kms:DescribeKey", KEY), policy=None),)
    finding = on_trails(TrailEncryption, trail_facts(), keys=keys)
    assert finding.status is Status.UNKNOWN
    assert KEY in finding.reason
    assert "kms:DescribeKey" in finding.reason
    assert finding.notes == ("The delivery at 2026-11-24 11:55 UTC went without an error.",)
    failing = trail_facts(status=status(latest_delivery_error="KMS.DisabledException"))
    assert on_trails(TrailEncryption, failing, keys=keys).notes == ()
