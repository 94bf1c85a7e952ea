"""Reads once what all accounts of an organization lead to: its trail, the log group, the bucket, and who owns them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from auditor.collect import Connection, own_buckets, resolved, with_shared
from auditor.errors import AccountError
from auditor.fleet.member import Member
from auditor.fleet.outcome import Outcome
from auditor.fleet.owners import likely_owners
from auditor.fleet.unit import Surveyor
from auditor.model.snapshot import Snapshot

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
        """Gives the accounts that own what others lead to; none where no account sees a trail of another."""
        self._scout()
        names = [(member.account_id, member.name) for member in self.members]
        by_id = {member.account_id: member for member in self.members}
        asked: set[str] = set(self._read) | set(self._unread)
        while True:
            found = [each.account for each in self._read.values()]
            wanted = [owner for account in found for owner in likely_owners(account, names, found)]
            following = next((owner for owner in wanted if owner not in asked), None)
            if following is None:
                break
            asked.add(following)
            self._reads(by_id.get(following, Member(account_id=following)))
        if not any(likely_owners(each.account, (), ()) for each in self._read.values()):
            return ()
        for account_id, each in self._read.items():
            self._read[account_id] = replace(each, account=self._owned(each))
        return resolved([each.account for each in self._read.values()])

    def _scout(self) -> None:
        """Reads the management account, which owns an organization's trail, and one that may have its own."""
        first = self.surveyor.plan.management_account
        found = 0
        for member in sorted(self.members, key=lambda one: one.account_id != first):
            found += self._reads(member)
            if found == _SCOUTS:
                return

    def _owned(self, each: _Read) -> Snapshot:
        """Gives an account that knows which buckets are its own, and the organization if it manages it."""
        account = own_buckets(each.connection, each.account)
        plan = self.surveyor.plan
        manages = account.account_id == plan.management_account
        return account.model_copy(update={"organization_id": plan.organization_id}) if manages else account

    def outcomes(self, shared: Sequence[Snapshot]) -> Iterator[Outcome]:
        """Gives what came of those accounts of the run that were read on the way, or could not be."""
        ids = {member.account_id for member in self.members}
        yield from (outcome for account_id, outcome in self._unread.items() if account_id in ids)
        for account_id, each in self._read.items():
            if account_id in ids:
                account = with_shared(each.account, shared)
                yield self.surveyor.judged(each.member, each.connection, account, each.begun)

    def _reads(self, member: Member) -> bool:
        begun = time.monotonic()
        try:
            connection = self.surveyor.connection_to(member)
            account = self.surveyor.read(member, connection)
        except AccountError as error:
            self._unread[member.account_id] = self.surveyor.unread(member, str(error), time.monotonic() - begun)
            return False
        self._read[member.account_id] = _Read(member, connection, account, begun)
        return True
