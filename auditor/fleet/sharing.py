"""Reads once what all accounts of an organization lead to: its trail, the log group, the bucket, and who owns them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from auditor.collect import Connection, own_buckets, resolved, with_shared
from auditor.errors import AccountError
from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome
from auditor.fleet.owners import likely_owners
from auditor.fleet.unit import Surveyor
from auditor.model.snapshot import Snapshot

# One that owns the organization's trail or sees it, and one that may have a trail of its own.
_SCOUTS = 2


@dataclass(frozen=True, slots=True)
class _Read:
    member: Member
    connection: Connection
    account: Snapshot
    begun: float


@dataclass(slots=True)
class Scouting:
    """Finds what is shared, from the first accounts that can be read, and reads the accounts that own it.

    Attributes:
        surveyor: What reads the accounts.
        members: The accounts of the run; an owner that is not among them is read for what it owns only.
    """

    surveyor: Surveyor
    members: Sequence[Member]
    _read: dict[str, _Read] = field(default_factory=dict)
    _unread: dict[str, Outcome] = field(default_factory=dict)

    def shared(self) -> tuple[Snapshot, ...]:
        """Gives the accounts that own what others lead to; none where no account leads to another."""
        management = self.surveyor.plan.management_account
        scouts = 0
        for member in sorted(self.members, key=lambda one: one.account_id != management):
            scouts += self._reads(member)
            self._follow()
            if scouts == _SCOUTS:
                break
        leading = any(likely_owners(each.account, ()) for each in self._read.values())
        return resolved(self._accounts) if leading else ()

    def outcomes(self, shared: Sequence[Snapshot]) -> Iterator[Outcome]:
        """Gives what came of those accounts of the run that were read on the way, or could not be."""
        ids = {member.account_id for member in self.members}
        yield from (outcome for account_id, outcome in self._unread.items() if account_id in ids)
        for account_id, each in self._read.items():
            if account_id in ids:
                account = with_shared(each.account, shared)
                yield self.surveyor.judged(each.member, each.connection, account, each.begun)

    @property
    def _accounts(self) -> tuple[Snapshot, ...]:
        return tuple(each.account for each in self._read.values())

    def _follow(self) -> None:
        """Reads the owners of what the accounts lead to, and theirs in turn."""
        names = [(member.account_id, member.name) for member in self.members]
        by_id = {member.account_id: member for member in self.members}
        while True:
            read = self._accounts
            wanted = (owner for account in read for owner in likely_owners(account, names, read))
            following = next((one for one in wanted if one not in self._read and one not in self._unread), None)
            if following is None:
                return
            self._reads(by_id.get(following, Member(account_id=following)))

    def _reads(self, member: Member) -> bool:
        """Reads an account that has not been read; what its trails lead to is taken from those that have been."""
        if member.account_id in self._read or member.account_id in self._unread:
            return False
        begun = time.monotonic()
        try:
            connection = self.surveyor.connection_to(member)
            account = self.surveyor.read(member, connection, resolved(self._accounts))
        except AccountError as error:
            self._unread[member.account_id] = self.surveyor.unread(member, str(error), time.monotonic() - begun)
            return False
        self._read[member.account_id] = _Read(member, connection, self._owned(connection, account), begun)
        return True

    def _owned(self, connection: Connection, account: Snapshot) -> Snapshot:
        """Gives an account that knows which buckets are its own, and the organization if it manages it."""
        owned = own_buckets(connection, account)
        plan = self.surveyor.plan
        manages = owned.account_id == plan.management_account
        return owned.model_copy(update={"organization_id": plan.organization_id}) if manages else owned
