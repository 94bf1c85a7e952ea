"""Reads the accounts of an organization: from its management account, or from a delegated administrator's.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect.connection import Connection
from auditor.collect.operations import Operation
from auditor.errors import AuditorError, ConfigurationError, UsageError

DESCRIBE_ORGANIZATION = Operation("organizations", "DescribeOrganization", "organizations:DescribeOrganization")
DESCRIBE_UNIT = Operation("organizations", "DescribeOrganizationalUnit", "organizations:DescribeOrganizationalUnit")
LIST_ROOTS = Operation("organizations", "ListRoots", "organizations:ListRoots")
LIST_UNITS = Operation(
    "organizations", "ListOrganizationalUnitsForParent", "organizations:ListOrganizationalUnitsForParent"
)
LIST_ACCOUNTS = Operation("organizations", "ListAccountsForParent", "organizations:ListAccountsForParent")
ORGANIZATION = (DESCRIBE_ORGANIZATION, DESCRIBE_UNIT, LIST_ROOTS, LIST_UNITS, LIST_ACCOUNTS)

# Organizations is served from one region of each partition.
_REGION = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as the organization lists it.

    Attributes:
        unit: The names of the units that it is in, from the root on, such as `Root/Workloads`.
        state: Such as `ACTIVE`, `SUSPENDED` or `PENDING_CLOSURE`.
    """

    account_id: str
    name: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization and those of its accounts that were asked for, by account id.

    Attributes:
        id: Such as `o-exampleorgid`.
        management: The id of its management account.
    """

    id: str
    management: str
    accounts: tuple[Listed, ...]


def read_organization(connection: Connection, partition: str, units: Sequence[str] = ()) -> Organization:
    """Gives the organization of the caller's account.

    Args:
        connection: Credentials of the management account or of a delegated administrator.
        partition: The partition that the account is in.
        units: The ids of roots and organizational units whose accounts are wanted, those below them included; all
            where empty.

    Raises:
        ConfigurationError: The caller may not read the organization, or there is none.
        UsageError: There is no such unit.
    """
    reading = _Reading(connection, _REGION.get(partition, connection.region))
    about = reading.about()
    found: dict[str, Listed] = {}
    for parent, name in reading.named(units) if units else reading.roots():
        found.update((one.account_id, one) for one in reading.accounts_below(parent, name))
    return Organization(about.id, about.management, tuple(found[key] for key in sorted(found)))


def about_organization(connection: Connection, partition: str) -> Organization | None:
    """Gives the organization of the caller's account without its accounts; None where that is not to be read."""
    try:
        return _Reading(connection, _REGION.get(partition, connection.region)).about()
    except AuditorError:
        return None


@dataclass(frozen=True, slots=True)
class _Reading:
    connection: Connection
    region: str

    def about(self) -> Organization:
        found = self.ask(DESCRIBE_ORGANIZATION)["Organization"]
        return Organization(found["Id"], found["MasterAccountId"], ())

    def roots(self) -> list[tuple[str, str]]:
        return [(one["Id"], one["Name"]) for one in self.pages(LIST_ROOTS, "Roots")]

    def named(self, units: Sequence[str]) -> list[tuple[str, str]]:
        roots = dict(self.roots()) if any(unit.startswith("r-") for unit in units) else {}
        return [(unit, roots[unit] if unit in roots else self.name_of(unit)) for unit in units]

    def name_of(self, unit: str) -> str:
        if not unit.startswith("ou-"):
            raise UsageError(f"There is no organizational unit {unit!r}.", "Give an id such as --ou ou-ab12-cdef3456.")
        name: str = self.ask(DESCRIBE_UNIT, OrganizationalUnitId=unit)["OrganizationalUnit"]["Name"]
        return name

    def accounts_below(self, parent: str, path: str) -> Iterator[Listed]:
        for one in self.pages(LIST_ACCOUNTS, "Accounts", ParentId=parent):
            # `Status` is what `State` was called until 2026-09.
            state = one.get("State") or one.get("Status") or "ACTIVE"
            yield Listed(one["Id"], one.get("Name", ""), path, state)
        for unit in self.pages(LIST_UNITS, "OrganizationalUnits", ParentId=parent):
            yield from self.accounts_below(unit["Id"], f"{path}/{unit['Name']}")

    def pages(self, operation: Operation, key: str, **params: str) -> list[dict[str, Any]]:
        client: Any = self.connection.client(operation.service, self.region)
        pages = client.get_paginator(xform_name(operation.name)).paginate(**params)
        try:
            return [item for page in pages for item in page[key]]
        except (ClientError, BotoCoreError) as error:
            raise _failed(operation, error) from error

    def ask(self, operation: Operation, **params: str) -> dict[str, Any]:
        client: Any = self.connection.client(operation.service, self.region)
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation.name))(**params)
        except (ClientError, BotoCoreError) as error:
            raise _failed(operation, error) from error
        return answer


def _failed(operation: Operation, error: ClientError | BotoCoreError) -> ConfigurationError | UsageError:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else type(error).__name__
    said = str(error).rstrip(".")
    if code in {"OrganizationalUnitNotFoundException", "ParentNotFoundException"}:
        return UsageError(f"There is no such organizational unit: {said}.", "See `aws organizations list-roots`.")
    return ConfigurationError(
        f"The organization cannot be read: {said}.",
        f"Use credentials of the management account or of a delegated administrator with {operation.permission}, "
        "or name the accounts in a file with --accounts.",
    )
