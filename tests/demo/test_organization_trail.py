from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.demo.trail_parts import document, make_bucket, make_key, make_trail
from tests.aws.account import Account
from tests.demo.test_organizations import ADMIN, MANAGEMENT, MEMBER, organized

MIRROR = "200000000001"
BUCKET = f"logs-{ADMIN}"
ARN = f"arn:aws:cloudtrail:us-east-1:{MANAGEMENT}:trail/organization"


@pytest.fixture
def management(aws_account: Account) -> Account:
    """The management account of an organization with a trail; the bucket belongs to another account."""
    aws_account.controls.mirror(MEMBER, [MIRROR])
    management, _ = organized(aws_account)
    aws_account.controls.organize(MANAGEMENT, [{"id": MIRROR, "parent": "Workloads"}])
    make_bucket(aws_account.other(ADMIN), BUCKET, allow(MANAGEMENT, "s3:GetBucketAcl", "s3:GetBucketVersioning"))
    client = management.client("cloudtrail")
    trail = {"Name": "organization", "S3BucketName": BUCKET, "IsMultiRegionTrail": True, "IsOrganizationTrail": True}
    client.create_trail(**trail)
    client.start_logging(Name="organization")
    client.put_insight_selectors(TrailName="organization", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    make_bucket(aws_account.other(MEMBER), f"own-{MEMBER}")
    make_trail(aws_account.other(MEMBER), "own", f"own-{MEMBER}")
    return management


def allow(account: str, *actions: str, **more: Any) -> dict[str, Any]:
    principal = "*" if account == "*" else {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*", **more}


@pytest.mark.parametrize("account", [MEMBER, MIRROR])
def test_a_member_sees_the_trail_beside_its_own(management: Account, account: str) -> None:
    member = management.other(account)
    own = f"arn:aws:cloudtrail:us-east-1:{account}:trail/own"
    for region in ("us-east-1", "eu-west-1"):
        client = member.client("cloudtrail", region)
        trails = {one["TrailARN"]: one for one in client.describe_trails()["trailList"]}
        assert {arn: one["IsOrganizationTrail"] for arn, one in trails.items()} == {own: False, ARN: True}
        assert trails[ARN]["S3BucketName"] == BUCKET
        assert trails[ARN]["HomeRegion"] == "us-east-1"
        assert trails[ARN]["HasInsightSelectors"]
        asked = {"trailNameList": [ARN]}
        assert [one["TrailARN"] for one in client.describe_trails(**asked)["trailList"]] == [ARN]
        assert client.describe_trails(**asked, includeShadowTrails=False)["trailList"] == []
    assert {one["TrailARN"] for one in member.client("cloudtrail").list_trails()["Trails"]} == {own, ARN}


@pytest.mark.parametrize("account", [MEMBER, MIRROR, ADMIN, MANAGEMENT])
def test_the_trail_is_read_by_its_arn(management: Account, account: str) -> None:
    client = management.other(account).client("cloudtrail")
    assert client.get_trail(Name=ARN)["Trail"]["TrailARN"] == ARN
    assert client.get_trail_status(Name=ARN)["IsLogging"]
    assert client.get_event_selectors(TrailName=ARN)["EventSelectors"][0]["IncludeManagementEvents"]
    assert client.get_insight_selectors(TrailName=ARN)["TrailARN"] == ARN


@pytest.mark.parametrize("account", [MEMBER, MIRROR])
def test_a_member_may_neither_ask_by_name_nor_change_it(management: Account, account: str) -> None:
    client = management.other(account).client("cloudtrail")
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        client.get_trail_status(Name="organization")
    for call in (client.stop_logging, client.delete_trail, client.update_trail):
        with pytest.raises(ClientError, match="NotOrganizationMasterAccountException"):
            call(Name=ARN)
    mine = {"Name": "mine", "S3BucketName": f"own-{account}", "IsOrganizationTrail": True}
    with pytest.raises(ClientError, match="NotOrganizationMasterAccountException"):
        client.create_trail(**mine)
    assert management.client("cloudtrail").get_trail_status(Name=ARN)["IsLogging"]


def test_a_delegated_administrators_trail_is_the_management_accounts(management: Account) -> None:
    client = management.other(ADMIN).client("cloudtrail")
    made = client.create_trail(Name="second", S3BucketName=BUCKET, IsOrganizationTrail=True)
    assert made["TrailARN"] == ARN.replace("organization", "second")
    client.start_logging(Name=made["TrailARN"])
    assert management.client("cloudtrail").get_trail_status(Name="second")["IsLogging"]
    # It has one region, so it is seen in no other.
    seen = management.other(MEMBER).client("cloudtrail", "eu-west-1").describe_trails()["trailList"]
    assert {one["Name"] for one in seen} == {"own", "organization"}


def test_a_stranger_sees_nothing(management: Account) -> None:
    client = management.other("999999999999").client("cloudtrail")
    assert client.describe_trails()["trailList"] == []
    with pytest.raises(ClientError, match=r"CloudTrailARNInvalidException.*resources with AccountID 999999999999\."):
        client.get_trail_status(Name=ARN)


def refused(account: Account, method: str, code: str = "AccessDenied", bucket: str = BUCKET, **asked: str) -> str:
    with pytest.raises(ClientError, match=code) as caught:
        getattr(account.client("s3"), method)(Bucket=bucket, **asked)
    return str(caught.value)


SETTINGS = (
    "get_bucket_policy",
    "get_bucket_acl",
    "get_bucket_encryption",
    "get_public_access_block",
    "list_objects_v2",
)


@pytest.mark.parametrize("account", [MEMBER, MIRROR, "999999999999"])
def test_a_bucket_tells_strangers_nothing(management: Account, account: str) -> None:
    for method in SETTINGS:
        told = refused(management.other(account), method)
        assert f"arn:aws:iam::{account}:user/auditor is not authorized to perform: s3:" in told
    refused(management.other(account), "head_bucket", "403")
    refused(management.other(account), "get_bucket_acl", "NoSuchBucket", bucket="missing")


def test_a_buckets_policy_lets_others_in(management: Account) -> None:
    assert management.client("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    management.client("s3").get_bucket_acl(Bucket=BUCKET)
    refused(management, "get_bucket_logging")
    owner, organization = management.other(ADMIN).client("s3"), management.client("organizations")
    within = {"StringEquals": {"aws:PrincipalOrgID": organization.describe_organization()["Organization"]["Id"]}}
    statement = allow("*", "s3:Get*", Condition=within)
    owner.put_bucket_policy(Bucket=BUCKET, Policy=document(statement))
    management.other(MIRROR).client("s3").get_bucket_logging(Bucket=BUCKET)
    refused(management.other("999999999999"), "get_bucket_logging")
    # However much a policy allows, it is told to its owner only.
    refused(management, "get_bucket_policy", "MethodNotAllowed")
    assert owner.get_bucket_policy(Bucket=BUCKET)["Policy"] == document(statement)


def test_the_owner_whom_one_expects_must_be_the_owner(management: Account) -> None:
    owner = management.other(ADMIN)
    owner.client("s3").get_bucket_acl(Bucket=BUCKET, ExpectedBucketOwner=ADMIN)
    refused(owner, "get_bucket_acl", ExpectedBucketOwner=MEMBER)
    refused(management, "get_bucket_acl", ExpectedBucketOwner=MANAGEMENT)
    mirror = management.other(MIRROR)
    mirror.client("s3").get_bucket_acl(Bucket=f"own-{MIRROR}", ExpectedBucketOwner=MIRROR)
    refused(mirror, "get_bucket_acl", bucket=f"own-{MIRROR}", ExpectedBucketOwner=ADMIN)
    refused(mirror, "get_bucket_acl", bucket=f"own-{MEMBER}")
    refused(owner, "get_bucket_acl", bucket=f"own-{MIRROR}")


def test_a_key_of_another_account_is_not_found(management: Account) -> None:
    key = make_key(management, "logs")
    with pytest.raises(ClientError, match="NotFoundException"):
        management.other(MEMBER).client("kms").describe_key(KeyId=key)
