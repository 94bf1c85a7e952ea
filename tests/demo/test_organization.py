from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from auditor.demo.organization import Organization, build_organization
from tests.aws.account import Account, serving
from tests.cli.run import scan_json

EXTERNAL_ID = "between-us"


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Account, Organization]]:
    with serving() as account:
        organization = build_organization(account, 1000, EXTERNAL_ID)
        yield account.other(organization.management), organization


def statuses(account: Account, home: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in scan_json(account, home)["findings"]:
        found.setdefault(finding["check_id"], set()).add(finding["status"])
    return found


def test_all_accounts_are_listed_in_their_units(built: tuple[Account, Organization]) -> None:
    management, organization = built
    client = management.client("organizations")
    pages = client.get_paginator("list_accounts").paginate()
    accounts = {one["Id"]: one for page in pages for one in page["Accounts"]}
    assert set(accounts) == set(organization.accounts)
    assert len(accounts) == 1002
    assert {one["Status"] for one in accounts.values()} == {"ACTIVE"}
    assert accounts[organization.members[0]]["Name"] == "acme-production-00001"
    held = {}
    for name, unit in organization.units.items():
        found = client.get_paginator("list_accounts_for_parent").paginate(ParentId=unit)
        held[name] = sum(len(page["Accounts"]) for page in found)
    assert held == {"Security": 1, "Workloads": 0, "Production": 334, "Sandbox": 666}
    assert len(organization.with_trail) == 334


def test_the_role_is_taken_on_in_each_member_by_its_external_id(built: tuple[Account, Organization]) -> None:
    management, organization = built
    for account in (organization.log_archive, *organization.members[:4], organization.members[-1]):
        member = management.taking_on(organization.role_arn(account), external_id=EXTERNAL_ID)
        assert member.client("sts").get_caller_identity()["Account"] == account
        trails = {one["TrailARN"] for one in member.client("cloudtrail").describe_trails()["trailList"]}
        own = f"arn:aws:cloudtrail:us-east-1:{account}:trail/management-trail"
        assert trails == {organization.trail_arn, *([own] if account in organization.with_trail else [])}
        with pytest.raises(ClientError, match="AccessDenied"):
            management.taking_on(organization.role_arn(account))
        if account != organization.log_archive:
            with pytest.raises(ClientError, match="AccessDenied"):
                member.client("s3").get_bucket_policy(Bucket=organization.bucket)
    with pytest.raises(ClientError, match="AccessDenied"):
        management.taking_on(organization.role_arn(organization.management), external_id=EXTERNAL_ID)


def test_the_chains_of_the_management_account_are_sound(built: tuple[Account, Organization], tmp_path: Path) -> None:
    found = statuses(built[0], tmp_path)
    assert {status for check, of in found.items() if check.startswith("alarm.") for status in of} == {"PASS"}
    # The bucket is another account's, which tells nobody about it.
    assert found["bucket.versioning"] == {"UNKNOWN"}


def test_a_member_with_a_trail_of_its_own_is_sound(built: tuple[Account, Organization], tmp_path: Path) -> None:
    management, organization = built
    member = management.taking_on(organization.role_arn(organization.members[0]), external_id=EXTERNAL_ID)
    found = statuses(member, tmp_path)
    assert {status for check, of in found.items() if check.startswith("alarm.") for status in of} == {"PASS"}
    assert "PASS" in found["bucket.versioning"]
