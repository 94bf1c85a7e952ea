"""What an owner has read is not read again by a member of its organization."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from auditor.benchmark import load
from auditor.checking import Status
from auditor.collect import Connection, collect, own_buckets, resolved, with_shared
from auditor.collect.operations import OPERATIONS
from auditor.demo.sound import Sound, build_sound
from auditor.demo.trail_parts import allow_cloudtrail, make_bucket
from auditor.model.snapshot import Snapshot
from auditor.registry import load_checks
from auditor.scan import audit
from tests.aws.account import Account
from tests.chain.build import proof

MEMBER, ARCHIVE = "222222222222", "333333333333"
BUCKET = f"organization-logs-{ARCHIVE}"
# What a member's own calls are for, the organization's trail read elsewhere.
OWN = {
    "cloudtrail:DescribeTrails",
    "cloudtrail:ListTrails",
    "iam:ListAccountAliases",
    "s3control:GetPublicAccessBlock",
    "securityhub:DescribeHub",
    "sts:GetCallerIdentity",
}


def connection(account: Account) -> Connection:
    return Connection(account.session("us-east-1"), "us-east-1", account.endpoint_url)


@dataclass(frozen=True)
class Organization:
    """An organization whose management account is sound, and whose trail writes to an archive's bucket."""

    management: Account
    sound: Sound

    @property
    def member(self) -> Account:
        return self.management.other(MEMBER)

    def owners(self) -> tuple[Snapshot, Snapshot]:
        """What the management account and the archive read of themselves."""
        found = []
        for account in (self.management, self.management.other(ARCHIVE)):
            here = connection(account)
            found.append(own_buckets(here, collect(here)))
        return found[0], found[1]


@pytest.fixture
def organization(aws_account: Account) -> Organization:
    sound = build_sound(aws_account, controls=("root_usage",))
    accounts = [{"id": MEMBER, "name": "Shop"}, {"id": ARCHIVE, "name": "Log Archive"}]
    aws_account.controls.organize(aws_account.account_id, accounts)
    make_bucket(aws_account.other(ARCHIVE), BUCKET, *allow_cloudtrail(aws_account, BUCKET, sound.trail_arn))
    client = aws_account.client("cloudtrail")
    client.update_trail(Name=sound.trail, S3BucketName=BUCKET, IsOrganizationTrail=True)
    return Organization(aws_account, sound)


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots hold the same, but for when and in how many calls it was read."""
    left, right = (found.model_dump_json(exclude={"taken_at", "finished_at", "api_calls"}) for found in (one, other))
    return _timeless(left) == _timeless(right)


def _timeless(text: str) -> str:
    """Gives JSON without times, which the emulator tells by its clock, and without ids of requests."""
    return re.sub(r'"request_id":"[^"]*"|"\d{4}-\d\d-\d\dT[^"]*"', "", text)


def test_a_member_asks_for_nothing_that_the_owners_have_read(organization: Organization) -> None:
    owner, archive = organization.owners()
    assert owner.bucket(BUCKET).account_id == ""
    assert archive.bucket(BUCKET).account_id == ARCHIVE
    here = connection(organization.member)
    organization.management.controls.forget_calls()
    read = collect(here, shared=(owner, archive))
    assert read.account_id == MEMBER
    assert set(organization.management.controls.calls()) == OWN
    assert read.shared == (owner, archive)
    assert read.trails == owner.trails
    assert read.bucket(BUCKET) == archive.bucket(BUCKET)
    assert read.key(organization.sound.key_arn) == owner.key(organization.sound.key_arn)
    assert (read.roles, read.log_groups) == (owner.roles, owner.log_groups)
    assert read.regions == read.topics == ()
    assert proof("root_usage", read).status is Status.PASS


def test_without_the_owners_most_of_it_is_open(organization: Organization) -> None:
    alone = collect(connection(organization.member))
    assert alone.shared == ()
    assert proof("root_usage", alone).status is Status.UNKNOWN
    checks = load_checks(("bucket.*", "cloudwatch.*", "trail.*"))[0]
    unknown = [
        [one.check_id for one in audit(account, load("cis-5.0"), checks).findings if one.status is Status.UNKNOWN]
        for account in (alone, with_shared(alone, organization.owners()))
    ]
    assert len(unknown[0]) > 10
    assert unknown[1] == []


def test_owners_that_are_known_late_give_the_same(organization: Organization) -> None:
    owners = organization.owners()
    scout = collect(connection(organization.member))
    early = collect(connection(organization.member), shared=owners)
    assert same(with_shared(scout, owners), early)
    assert with_shared(early, owners) == early


def test_the_owners_resolve_each_other(organization: Organization) -> None:
    owner, archive = resolved(organization.owners())
    assert owner.bucket(BUCKET) == archive.bucket(BUCKET)
    assert archive.trails == owner.trails
    assert owner.shared == archive.shared == ()


def test_an_account_does_not_share_with_itself(organization: Organization) -> None:
    here = organization.management
    plain = collect(connection(here))
    again = collect(connection(here), shared=(plain,))
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
