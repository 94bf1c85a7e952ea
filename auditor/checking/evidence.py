"""Facts as a check uses them: known, and shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from auditor.findings import Evidence
from auditor.model.arn import Arn
from auditor.model.fact import Fact, Unreadable
from auditor.model.snapshot import Snapshot

T = TypeVar("T")


class CouldNotReadError(Exception):
    """A check needs a fact that could not be read; its verdict is UNKNOWN."""

    def __init__(self, unreadable: Unreadable) -> None:
        super().__init__(unreadable.reason)
        self.unreadable = unreadable


def known(fact: T | Unreadable) -> T:
    """Gives a fact that a check cannot do without.

    Raises:
        CouldNotReadError: It could not be read. The check need not catch this: its verdict becomes UNKNOWN.
    """
    if isinstance(fact, Unreadable):
        raise CouldNotReadError(fact)
    return fact


def observed(fact: Fact, resource: str, *fields: str) -> Evidence:
    """Shows fields of a fact as evidence, under AWS's own names.

    Args:
        fact: Where the values are.
        resource: What they are about.
        *fields: The fields' names in the model; where none is given, all that say something.
    """
    values: dict[str, Any] = fact.model_dump(mode="json", by_alias=True, exclude={"source"})
    if fields:
        aliases = [type(fact).model_fields[field].alias or field for field in fields]
        values = {alias: values[alias] for alias in aliases}
    else:
        values = {alias: value for alias, value in values.items() if value not in (None, "", [], {})}
    return Evidence(source=fact.source, resource=resource, observed=values)


def shown_unreadable(unreadable: Unreadable) -> Evidence:
    """Shows as evidence that a fact could not be read."""
    return Evidence(
        source=unreadable.source,
        resource=unreadable.resource,
        observed={
            "error": unreadable.error_code,
            "message": unreadable.message,
            "missing permission": unreadable.permission,
        },
    )


def read_elsewhere(evidence: Iterable[Evidence], owner: str, account: Snapshot) -> tuple[str, ...]:
    """Says in which other accounts, with credentials of theirs, the facts were read that a finding shows.

    Args:
        evidence: What it shows; an ARN tells the account, but not a bucket's.
        owner: The account that what is judged belongs to.
        account: The account that is judged.
    """
    arns = (Arn.parse(one.resource) for one in evidence)
    of_facts = dict.fromkeys((owner, *(arn.account_id for arn in arns if arn)))
    others = [one for one in of_facts if one != account.account_id and account.home(one)]
    if not others:
        return ()
    return (f"Read in account {others[0]}." if len(others) == 1 else f"Read in the accounts {', '.join(others)}.",)
