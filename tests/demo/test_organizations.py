from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.account import Account

MANAGEMENT, ADMIN, MEMBER = "111111111111", "222222222222", "333333333333"
UNITS = ({"name": "Security"}, {"name": "Workloads"}, {"name": "Production", "parent": "Workloads"})


def organized(account: Account, count: int = 0) -> tuple[Account, dict[str, Any]]:
    """Gives the management account of an organization that has an administrator, a member and some more."""
    accounts = [
        {"id": ADMIN, "name": "Audit", "parent": "Security"},
        {"id": MEMBER, "name": "Shop", "parent": "Production"},
        *({"id": f"2000{number:08}", "parent": "Workloads"} for number in range(count)),
    ]
    found = account.controls.organize(MANAGEMENT, accounts, UNITS)
    management = account.other(MANAGEMENT)
    register = management.client("organizations").register_delegated_administrator
    register(AccountId=ADMIN, ServicePrincipal="cloudtrail.amazonaws.com")
    return management, found


def ids(account: Account, operation: str = "list_accounts", key: str = "Accounts", **asked: str) -> list[str]:
    pages = account.client("organizations").get_paginator(operation).paginate(**asked)
    return [one["Id"] for page in pages for one in page[key]]


def test_an_organization_is_read_from_its_root_down(aws_account: Account) -> None:
    management, found = organized(aws_account)
    client = management.client("organizations")
    told = client.describe_organization()["Organization"]
    assert (told["Id"], told["MasterAccountId"], told["FeatureSet"]) == (found["id"], MANAGEMENT, "ALL")
    (root,) = client.list_roots()["Roots"]
    units = ids(management, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=root["Id"])
    assert units == [found["units"]["Security"], found["units"]["Workloads"]]
    below = ids(management, "list_children", "Children", ParentId=units[1], ChildType="ORGANIZATIONAL_UNIT")
    assert below == [found["units"]["Production"]]
    assert ids(management, "list_children", "Children", ParentId=below[0], ChildType="ACCOUNT") == [MEMBER]
    assert ids(management, "list_accounts_for_parent", ParentId=units[0]) == [ADMIN]
    assert ids(management, "list_accounts_for_parent", ParentId=root["Id"]) == [MANAGEMENT]
    account = client.describe_account(AccountId=MEMBER)["Account"]
    assert (account["Name"], account["Status"], account["State"]) == ("Shop", "ACTIVE", "ACTIVE")
    assert account["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/{found['id']}/{MEMBER}"
    with pytest.raises(ClientError, match="ParentNotFoundException"):
        client.list_accounts_for_parent(ParentId="ou-none-11111111")


def test_who_may_ask(aws_account: Account) -> None:
    management, found = organized(aws_account)
    admin, member, stranger = (aws_account.other(account) for account in (ADMIN, MEMBER, "999999999999"))
    assert ids(admin) == ids(management) == [MANAGEMENT, ADMIN, MEMBER]
    assert ids(admin, "list_delegated_administrators", "DelegatedAdministrators") == [ADMIN]
    assert ids(admin, "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal="sts") == []
    for client in (admin.client("organizations"), member.client("organizations")):
        assert client.describe_organization()["Organization"]["Id"] == found["id"]
    for call in ("list_accounts", "list_roots", "list_delegated_administrators"):
        with pytest.raises(ClientError, match=r"AccessDeniedException.*You don't have permissions"):
            getattr(member.client("organizations"), call)()
    with pytest.raises(ClientError, match="AccessDeniedException"):
        admin.client("organizations").create_organizational_unit(ParentId=found["root"], Name="Mine")
    for call in ("describe_organization", "list_accounts"):
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            getattr(stranger.client("organizations"), call)()


def test_what_moto_makes_is_read_as_well(aws_account: Account) -> None:
    client = aws_account.client("organizations")
    client.create_organization(FeatureSet="ALL")
    made = client.create_account(AccountName="Shop", Email="shop@example.com")["CreateAccountStatus"]["AccountId"]
    assert ids(aws_account) == [aws_account.account_id, made]
    theirs = aws_account.taking_on(f"arn:aws:iam::{made}:role/OrganizationAccountAccessRole")
    assert theirs.client("organizations").describe_organization()["Organization"]["MasterAccountId"] == "123456789012"
    client.close_account(AccountId=made)
    assert client.describe_account(AccountId=made)["Account"]["State"] == "SUSPENDED"
    with pytest.raises(ClientError, match="AccessDenied"):
        aws_account.taking_on(f"arn:aws:iam::{made}:role/OrganizationAccountAccessRole")


def test_an_account_may_be_in_any_state(aws_account: Account) -> None:
    management, _ = organized(aws_account)
    closing = {"id": MEMBER, "status": "SUSPENDED", "state": "CLOSED"}
    aws_account.controls.organize(MANAGEMENT, [closing, {"id": MANAGEMENT, "name": "Acme"}])
    found = {one["Id"]: one for one in management.client("organizations").list_accounts()["Accounts"]}
    assert (found[MEMBER]["Name"], found[MEMBER]["Status"], found[MEMBER]["State"]) == ("Shop", "SUSPENDED", "CLOSED")
    assert found[MANAGEMENT]["Name"] == "Acme"


def test_a_reset_forgets_the_organization(aws_account: Account) -> None:
    organized(aws_account)
    aws_account.controls.reset()
    for account in (MANAGEMENT, MEMBER):
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            aws_account.other(account).client("organizations").describe_organization()


def test_ten_thousand_accounts_come_in_pages_of_twenty(aws_account: Account) -> None:
    management, found = organized(aws_account, 10_000)
    aws_account.controls.forget_calls()
    every = ids(management)
    assert len(every) == len(set(every)) == 10_003
    assert aws_account.controls.calls() == {"organizations:ListAccounts": 501}
    aws_account.controls.page_size(3)
    first = management.client("organizations").list_accounts_for_parent(ParentId=found["units"]["Workloads"])
    assert [one["Id"] for one in first["Accounts"]] == ["200000000000", "200000000001", "200000000002"]
    assert first["NextToken"] == "3"
