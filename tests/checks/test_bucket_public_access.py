from __future__ import annotations

from typing import Any

import pytest

from auditor.checking import Status
from auditor.model.bucket import Acl, Grant, Grantee, PolicyStatus, PublicAccessBlock
from auditor.model.fact import Unreadable
from checks.bucket.public_access import PublicAccess
from tests.checks.bucket_judging import commands, found, run, stated, told
from tests.checks.build import ACCOUNT, BUCKET, BUCKET_ARN, SOURCE, bucket, bucket_policy, snapshot, unreadable

GROUPS = "http://acs.amazonaws.com/groups/global"
OFF = PublicAccessBlock(source=SOURCE)
ALL_ON = bucket().public_access_block
PUBLIC = PolicyStatus(source=SOURCE, public=True)
ANYONE_READS = {
    "Sid": "Share",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET_ARN}/*",
}
MAYBE_PUBLIC = {**ANYONE_READS, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}}}
NO_POLICY = unreadable("s3:GetBucketPolicy", BUCKET)
NO_STATUS = unreadable("s3:GetBucketPolicyStatus", BUCKET)
NO_ACL = unreadable("s3:GetBucketAcl", BUCKET)
NO_BLOCK = unreadable("s3:GetBucketPublicAccessBlock", BUCKET)


def switched(*names: str) -> PublicAccessBlock:
    return PublicAccessBlock(source=SOURCE, **dict.fromkeys(names, True))


def granting(group: str, permission: str = "READ") -> Acl:
    grantee = Grantee(type="Group", uri=f"{GROUPS}/{group}")
    return Acl(source=SOURCE, grants=(Grant(grantee=grantee, permission=permission),))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"acl": granting("AllUsers")}, "the ACL grants READ to everyone"),
        ({"acl": granting("AuthenticatedUsers", "WRITE")}, "the ACL grants WRITE to every AWS account"),
        (
            {"policy_status": PUBLIC, "policy": bucket_policy(ANYONE_READS)},
            "S3 calls the bucket policy public (in Share",
        ),
        ({"policy_status": PUBLIC}, "S3 calls the bucket policy public"),
        ({"policy_status": PUBLIC, "policy": NO_POLICY}, "S3 calls the bucket policy public"),
        ({"policy_status": NO_STATUS, "policy": bucket_policy(ANYONE_READS)}, "the bucket policy is public (in Share"),
        ({"acl": granting("AllUsers"), "policy_status": NO_STATUS, "policy": NO_POLICY}, "to everyone"),
    ],
)
@pytest.mark.parametrize("block", [OFF, switched("block_acls", "block_policy")])
def test_a_door_that_no_switch_closes_fails_and_is_closed(
    changed: dict[str, Any], said: str, block: PublicAccessBlock
) -> None:
    facts = bucket(public_access_block=block, **changed)
    finding = found(PublicAccess, snapshot(buckets=(facts,)))
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"The bucket {BUCKET} is public: ")
    assert said in finding.reason
    mended = run(facts, *commands(finding))
    assert found(PublicAccess, snapshot(buckets=(mended,))).status is Status.PASS


@pytest.mark.parametrize(
    ("changed", "switch"),
    [({"acl": granting("AllUsers")}, "ignore_acls"), ({"policy_status": PUBLIC}, "restrict_buckets")],
)
def test_the_most_restrictive_of_bucket_and_account_wins(changed: dict[str, Any], switch: str) -> None:
    for own, above in ((switched(switch), OFF), (OFF, switched(switch))):
        account = snapshot(buckets=(bucket(public_access_block=own, **changed),), account_block=above)
        finding = found(PublicAccess, account)
        assert finding.status is Status.PASS
        assert "it would be public" in told(finding)


def test_a_bucket_that_nothing_guards_passes_with_a_warning() -> None:
    finding = found(PublicAccess, public_access_block=OFF)
    assert finding.status is Status.PASS
    assert f"The bucket {BUCKET} is not public: the ACL grants nothing to the public" in finding.reason
    assert "neither it nor the account sets BlockPublicAcls, IgnorePublicAcls" in told(finding)


@pytest.mark.parametrize(
    "changed",
    [{"acl": NO_ACL}, {"policy_status": NO_STATUS}, {"policy": NO_POLICY, "policy_status": NO_STATUS, "acl": NO_ACL}],
)
def test_four_switches_of_the_bucket_prove_it_whatever_else_is_unreadable(changed: dict[str, Any]) -> None:
    finding = found(PublicAccess, **changed)
    assert finding.status is Status.PASS
    assert f"All four switches of the public access block are on for {BUCKET}." == finding.reason


def test_the_switches_of_the_account_prove_it_too_for_a_bucket_of_its_own() -> None:
    changed = {"public_access_block": NO_BLOCK, "acl": NO_ACL}
    account = snapshot(buckets=(bucket(**changed),), account_block=ALL_ON)
    assert found(PublicAccess, account).status is Status.PASS
    theirs = snapshot(buckets=(bucket(**changed, policy=NO_POLICY),), account_block=ALL_ON)
    assert found(PublicAccess, theirs).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("changed", "permission"),
    [
        ({"public_access_block": OFF, "acl": NO_ACL}, "s3:GetBucketAcl"),
        ({"public_access_block": OFF, "policy_status": NO_STATUS, "policy": NO_POLICY}, "s3:GetBucketPolicyStatus"),
        ({"public_access_block": NO_BLOCK, "acl": granting("AllUsers")}, "s3:GetBucketPublicAccessBlock"),
        (
            {"public_access_block": OFF, "policy_status": NO_STATUS, "policy": stated(MAYBE_PUBLIC)},
            "s3:GetBucketPolicyStatus",
        ),
    ],
)
def test_what_could_not_be_read_leaves_it_open(changed: dict[str, Any], permission: str) -> None:
    finding = found(PublicAccess, **changed)
    assert finding.status is Status.UNKNOWN
    assert permission in finding.reason


def test_an_account_block_that_could_not_be_read_leaves_a_grant_open() -> None:
    hidden: Unreadable = unreadable("s3:GetAccountPublicAccessBlock", f"account {ACCOUNT}")
    facts = bucket(public_access_block=OFF, acl=granting("AllUsers"))
    finding = found(PublicAccess, snapshot(buckets=(facts,), account_block=hidden))
    assert finding.status is Status.UNKNOWN
    assert "the ACL grants READ to everyone; IgnorePublicAcls is not known" in finding.reason


def test_a_public_statement_that_s3_does_not_call_public_is_left_to_people() -> None:
    finding = found(PublicAccess, public_access_block=OFF, policy=bucket_policy(ANYONE_READS))
    assert finding.status is Status.UNKNOWN
    assert "yet S3 does not call it public" in finding.reason


def test_s3_own_word_suffices_where_the_policy_could_not_be_read() -> None:
    assert found(PublicAccess, public_access_block=OFF, policy=NO_POLICY).status is Status.PASS
