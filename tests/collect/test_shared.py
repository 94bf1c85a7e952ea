"""What an owner has read is not read again by a member of its organization."""

from __future__ import annotations

import re
from typing import Any

import boto3.session
import pytest

from auditor.collect import Connection, collect, own_buckets, resolved, with_shared
from auditor.collect.operations import OPERATIONS
from auditor.demo.session import Credentials, isolated_session
from auditor.demo.sound import Sound, build_sound
from auditor.findings import Status
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail
from tests.aws.account import Account
from tests.chain.build import proof

MEMBER = "222222222222"
# What a member's own calls are for, the organization's trail read elsewhere.
OWN = {
    "cloudtrail:ListTrails",
    "iam:ListAccountAliases",
    "s3control:GetPublicAccessBlock",
    "securityhub:DescribeHub",
    "sts:GetCallerIdentity",
}


def connection(account: Account, session: boto3.session.Session | None = None) -> Connection:
    return Connection(session or account.session("us-east-1"), "us-east-1", account.endpoint_url)


def in_member(account: Account, trail: Trail) -> Connection:
    """A connection to another account, which is shown a trail of the first one."""
    role = {"RoleArn": f"arn:aws:iam::{MEMBER}:role/audit", "RoleSessionName": "audit"}
    keys = account.client("sts").assume_role(**role)["Credentials"]
    session: Any = isolated_session(Credentials(keys["AccessKeyId"], keys["SecretAccessKey"]), "us-east-1")
    shown = trail.model_dump(by_alias=True, exclude={"source"}, exclude_none=True)

    class Answered:
        status_code = 200

    def told(**_: object) -> tuple[Answered, dict[str, Any]]:
        return Answered(), {"trailList": [shown], "ResponseMetadata": {}}

    session.events.register("before-call.cloudtrail.DescribeTrails", told)
    return connection(account, session)


@pytest.fixture
def organization(aws_account: Account) -> tuple[Account, Sound, Snapshot, Trail]:
    """A sound account whose trail is the organization's, as it reads itself."""
    sound = build_sound(aws_account, controls=("root_usage",))
    read = own_buckets(connection(aws_account), collect(connection(aws_account)))
    assert not isinstance(read.trails, Unreadable)
    facts = tuple(one.model_copy(update={"trail": _organizations(one.trail)}) for one in read.trails)
    return aws_account, sound, read.model_copy(update={"trails": facts}), facts[0].trail


def _organizations(trail: Trail) -> Trail:
    return trail.model_copy(update={"organization": True})


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots hold the same, but for when and in how many calls it was read."""
    left, right = (found.model_dump_json(exclude={"taken_at", "finished_at", "api_calls"}) for found in (one, other))
    return _timeless(left) == _timeless(right)


def _timeless(text: str) -> str:
    """Gives JSON without times, which the emulator tells by its clock, and without ids of requests."""
    return re.sub(r'"request_id":"[^"]*"|"\d{4}-\d\d-\d\dT[^"]*"', "", text)


def test_a_member_asks_for_nothing_that_the_owner_has_read(
    organization: tuple[Account, Sound, Snapshot, Trail],
) -> None:
    account, sound, owner, trail = organization
    here = in_member(account, trail)
    account.controls.forget_calls()
    read = collect(here, shared=(owner,))
    assert read.account_id == MEMBER
    assert set(account.controls.calls()) == OWN
    assert read.shared == (owner,)
    assert read.trails == owner.trails
    assert read.bucket(sound.bucket) == owner.bucket(sound.bucket)
    assert read.key(sound.key_arn) == owner.key(sound.key_arn)
    assert read.roles == owner.roles
    assert read.log_groups == owner.log_groups
    assert read.regions == read.topics == ()
    assert proof("root_usage", read).status is Status.PASS


def test_owners_that_are_known_late_give_the_same(organization: tuple[Account, Sound, Snapshot, Trail]) -> None:
    account, _, owner, trail = organization
    scout = collect(in_member(account, trail))
    assert scout.shared == ()
    assert proof("root_usage", scout).status is Status.UNKNOWN
    early = collect(in_member(account, trail), shared=(owner,))
    assert same(with_shared(scout, (owner,)), early)
    assert with_shared(early, (owner,)) == early
    assert resolved((owner,)) == (owner,)


def test_an_account_does_not_share_with_itself(organization: tuple[Account, Sound, Snapshot, Trail]) -> None:
    account, _, owner, _ = organization
    plain = collect(connection(account))
    again = collect(connection(account), shared=(owner,))
    assert again.shared == ()
    assert same(plain, again)
    assert plain.api_calls == again.api_calls


def test_an_account_knows_its_own_buckets_at_a_call_each(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=())
    here = connection(aws_account)
    read = collect(here)
    assert read.bucket(sound.bucket).account_id == ""
    aws_account.controls.forget_calls()
    owned = own_buckets(here, read)
    assert owned.bucket(sound.bucket).account_id == aws_account.account_id
    assert aws_account.controls.calls() == {"s3:GetBucketLocation": 1}
    assert owned.api_calls["s3:GetBucketLocation"] == read.api_calls["s3:GetBucketLocation"] + 1
    assert "s3:GetBucketLocation" in {f"{one.service}:{one.name}" for one in OPERATIONS}


def test_a_bucket_of_another_account_has_no_owner_that_is_known(aws_account: Account) -> None:
    sound = build_sound(aws_account, controls=())
    read = collect(connection(aws_account))
    aws_account.controls.fail("s3:GetBucketLocation")
    assert own_buckets(connection(aws_account), read).bucket(sound.bucket).account_id == ""
    aws_account.controls.heal()
    aws_account.controls.fail("s3:*")
    unread = collect(connection(aws_account))
    aws_account.controls.heal()
    aws_account.controls.forget_calls()
    assert own_buckets(connection(aws_account), unread).bucket(sound.bucket).account_id == ""
    assert aws_account.controls.calls() == {}, "a bucket of which nothing could be read is not asked for"
