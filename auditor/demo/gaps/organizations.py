"""Organizations: who may ask, pages of AWS's size, and accounts with known ids by the thousand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.utils import utcnow
from moto.organizations.models import (
    FakeAccount,
    FakeDelegatedAdministrator,
    FakeOrganization,
    FakeOrganizationalUnit,
    organizations_backends,
)
from werkzeug.wrappers import Response

from auditor.demo.call import Call, Forward, Handler
from auditor.demo.paging import Pages

_MOST = 20
_PARTITION = "aws"
_NO_RIGHT = "You don't have permissions to access this resource."
_NO_ORGANIZATION = "Your account is not a member of an organization."


class OrganizationsGaps:
    """What moto lacks of Organizations. The state is moto's own.

    Args:
        pages: How lists are cut into pages.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._closed: set[str] = set()
        # Moto forgets its organizations when it is emptied, but not whose members the accounts were.
        organizations_backends.master_accounts.clear()
        # Moto knows six services that can be delegated; AWS has dozens, CloudTrail among them.
        setattr(FakeDelegatedAdministrator, "supported_service", staticmethod(lambda _: True))  # noqa: B010

    def handlers(self) -> dict[str, Handler]:
        """Gives the handler for each call."""
        return {
            "organizations:*": self._answer,
            "organizations:CreateOrganization": lambda call, forward: forward(call),
            "organizations:DescribeOrganization": self._describe_organization,
        }

    def management_of(self, account: str) -> str:
        """Gives the management account of an account's organization; empty where it is in none."""
        if account in organizations_backends.master_accounts:
            return str(organizations_backends.master_accounts[account][0])
        # Looking into it would make it.
        made = account in organizations_backends
        return account if made and _backend(account).org else ""

    def may_manage(self, account: str, service: str = "") -> bool:
        """Gives whether an account is the management account, or a delegated administrator, of a service or of any."""
        management = self.management_of(account)
        if not management or management == account:
            return bool(management)
        admins = _backend(management).admins
        return any(admin.account.id == account and (not service or service in admin.services) for admin in admins)

    def id_of(self, management: str) -> str:
        """Gives the id of the organization that a management account has."""
        return str(_backend(management).org.id)

    def is_closed(self, account: str) -> bool:
        """Gives whether an account is suspended or about to be closed."""
        return account in self._closed

    def organize(
        self, management: str, accounts: Iterable[Mapping[str, str]], units: Iterable[Mapping[str, str]]
    ) -> dict[str, Any]:
        """Makes an organization, or adds to it, and gives its id and those of its root and its units.

        Args:
            management: The management account's id.
            accounts: `id`, `name`, `status`, `state` and `parent` of each; all but the id may be left out. The parent
                is a unit's name or id, or the root where it is empty. One that is there already is changed.
            units: `name` and `parent` of each organizational unit, those above before those below.
        """
        backend = _backend(management)
        if backend.org is None:
            backend.create_organization("us-east-1")
        organization: FakeOrganization = backend.org
        found: dict[str, str] = {"": organization.root_id, **{str(ou.name): ou.id for ou in backend.ou}}
        for asked in units:
            if asked["name"] not in found:
                unit = _unit(organization, asked["name"], found.get(asked.get("parent", ""), asked.get("parent", "")))
                backend.ou.append(unit)
                found[asked["name"]] = unit.id
        known = {account.id: account for account in backend.accounts}
        for asked in accounts:
            account = known.get(asked["id"]) or _Member(organization, asked["id"])
            if account.id not in known:
                backend.accounts.append(account)
                organizations_backends.master_accounts[account.id] = (management, _PARTITION)
            self._set(account, asked, found)
        names = {name: unit for name, unit in found.items() if name not in ("", "Root")}
        return {"id": organization.id, "root": organization.root_id, "units": names}

    def _set(self, account: FakeAccount, asked: Mapping[str, str], parents: Mapping[str, str]) -> None:
        account.name = asked.get("name", account.name)
        account.status = asked.get("status", account.status)
        account.state = asked.get("state", account.status)
        if "parent" in asked:
            account.parent_id = parents.get(asked["parent"], asked["parent"])
        (self._closed.discard if account.status == "ACTIVE" else self._closed.add)(account.id)

    def _describe_organization(self, call: Call, forward: Forward) -> Response:
        management = self.management_of(call.caller.account)
        if not management:
            return call.error("AWSOrganizationsNotInUseException", _NO_ORGANIZATION)
        return forward(call.seen_by(management))

    def _answer(self, call: Call, forward: Forward) -> Response:
        """Lets the management account do all, and delegated administrators read.

        Source: that the reading calls can be made from "a member account that is a delegated administrator", whatever
        its service: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html.
        """
        account = call.caller.account
        management = self.management_of(account)
        if not management:
            return call.error("AWSOrganizationsNotInUseException", _NO_ORGANIZATION)
        reads = call.operation.startswith(("Describe", "List"))
        if account != management and not (reads and self.may_manage(account)):
            return call.error("AccessDeniedException", _NO_RIGHT)
        if call.operation in _LISTS:
            return self._list(call, management)
        response = forward(call.seen_by(management))
        if call.operation == "CloseAccount" and response.status_code < 300:
            self._closed.add(call.params["AccountId"])
        return response

    def _list(self, call: Call, management: str) -> Response:
        """Describes no more of a list than the page that is asked for."""
        key, choose, describe = _LISTS[call.operation]
        backend = _backend(management)
        parent = call.params.get("ParentId")
        if parent is not None and all(unit.id != parent for unit in backend.ou):
            return call.error("ParentNotFoundException", "You specified a parent that doesn't exist.")
        chosen = choose(backend, call.params)
        found, token = self._pages.slice(call, chosen, _MOST)
        result: dict[str, Any] = {key: [describe(one) for one in found]}
        return call.reply({**result, "NextToken": token} if token else result)


class _Member(FakeAccount):
    """An account with a known id. Moto's own account also makes an IAM, with all of AWS's policies in it."""

    def __init__(self, organization: FakeOrganization, account_id: str) -> None:
        self.type = "ACCOUNT"
        self.region = organization.region
        self.organization_id = organization.id
        self.master_account_id = organization.master_account_id
        self.create_account_status_id = f"car-{account_id}"
        self.id = self.name = account_id
        self.email = f"aws+{account_id}@acme.example"
        self.create_time = utcnow()
        self.status = self.state = "ACTIVE"
        self.joined_method = "CREATED"
        self.parent_id = organization.root_id
        self.attached_policies = []
        self.tags = {}


_Choose = Callable[[Any, dict[str, Any]], list[Any]]


def _children(backend: Any, asked: dict[str, Any]) -> list[Any]:
    of_type = backend.accounts if asked["ChildType"] == "ACCOUNT" else backend.ou
    return [one for one in of_type if one.parent_id == asked["ParentId"]]


def _admins(backend: Any, asked: dict[str, Any]) -> list[Any]:
    service = asked.get("ServicePrincipal")
    return [admin for admin in backend.admins if service is None or service in admin.services]


_LISTS: dict[str, tuple[str, _Choose, Callable[[Any], dict[str, Any]]]] = {
    "ListAccounts": ("Accounts", lambda backend, _: backend.accounts, lambda one: one.describe()),
    "ListAccountsForParent": (
        "Accounts",
        lambda backend, asked: [one for one in backend.accounts if one.parent_id == asked["ParentId"]],
        lambda one: one.describe(),
    ),
    "ListChildren": ("Children", _children, lambda one: {"Id": one.id, "Type": one.type}),
    "ListDelegatedAdministrators": ("DelegatedAdministrators", _admins, lambda one: one.describe()),
    "ListOrganizationalUnitsForParent": (
        "OrganizationalUnits",
        lambda backend, asked: [one for one in backend.ou if one.parent_id == asked["ParentId"]],
        lambda one: one.describe()["OrganizationalUnit"],
    ),
}


def _backend(management: str) -> Any:
    return organizations_backends[management][_PARTITION]


def _unit(organization: FakeOrganization, name: str, parent: str) -> FakeOrganizationalUnit:
    unit = FakeOrganizationalUnit(organization, Name=name, ParentId=parent)
    digest = hashlib.sha256(f"{parent}/{name}".encode()).hexdigest()
    unit.id = f"ou-{organization.root_id.removeprefix('r-')}-{digest[:8]}"
    return unit
