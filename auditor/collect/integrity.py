"""Verifies the log files of an account's trails, where a scan is asked to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from auditor.collect.aws import Progress
from auditor.collect.connection import Connection
from auditor.collect.digests import GET_OBJECT, Bucket, PublicKeys, place_of
from auditor.integrity import Search, Verification
from auditor.model.fact import Source, Unreadable
from auditor.model.integrity import LogIntegrity, Span
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail

# A report names so many bad files of a chain; the command `verify-logs` names all.
_NAMED = 50


def collect_integrity(
    connection: Connection, account: Snapshot, look_back: timedelta, progress: Progress | None = None
) -> Snapshot:
    """Gives a snapshot with what the verification of each trail's log files gave, of trails that write digests.

    Args:
        connection: Where to read.
        account: What was read so far.
        look_back: How far back to look.
        progress: Told of each call that has been answered.

    Raises:
        ConfigurationError: The package that verifies signatures is not installed.
    """
    trails = () if isinstance(account.trails, Unreadable) else account.trails
    asked = Span(start=account.taken_at - look_back, end=account.taken_at)
    verified = tuple(
        _verified(connection, facts.trail, account, asked, progress or _silent)
        for facts in trails
        if facts.trail.validation
    )
    calls = dict(sorted(connection.requests.items()))
    return account.model_copy(update={"integrity": verified, "api_calls": calls, "finished_at": datetime.now(UTC)})


def _verified(connection: Connection, trail: Trail, account: Snapshot, asked: Span, progress: Progress) -> LogIntegrity:
    # In the view of a member account, an organization's trail is asked for that account's log files alone.
    only = "" if trail.account_id == account.account_id else account.account_id
    shelf = Bucket(connection, trail.home_region, progress)
    search = Search(shelf, place_of(trail), asked, only)
    found = Verification(search, PublicKeys(connection, asked, progress), account.taken_at).run()
    source = Source(
        service=GET_OBJECT.service, operation=GET_OBJECT.name, region=trail.home_region, at=datetime.now(UTC)
    )
    return found.shortened(_NAMED).model_copy(update={"source": source})


def _silent(call: str) -> None:
    """Tells nobody of a call."""
