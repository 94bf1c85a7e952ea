"""Which accounts are read first."""

from __future__ import annotations

from auditor.fleet.owners import likely_owners
from auditor.model.snapshot import Snapshot
from tests.checks.build import bucket, snapshot, unreadable
from tests.checks.organization import (
    ARCHIVE,
    DELEGATE,
    MANAGEMENT,
    MEMBER,
    archive,
    delegated,
    member,
    organization_trail,
    unread_bucket,
)

AUDIT, SECURITY = "555555555555", "666666666666"
ACCOUNTS = [
    (SECURITY, "Security tooling"),
    (MANAGEMENT, "Acme"),
    (MEMBER, "shop"),
    (AUDIT, "Audit"),
    (ARCHIVE, "Log Archive"),
    (DELEGATE, "platform"),
]


def seen(name: str = "acme-trail-logs", **changed: str) -> Snapshot:
    """A member's sight of an organization's trail that writes to a bucket of that name."""
    return member(snapshot(trails=(organization_trail(bucket=name, **changed),)), buckets=(unread_bucket(name),))


def test_the_trails_own_accounts_come_first_and_then_those_that_look_like_a_log_archive() -> None:
    assert likely_owners(seen(), ACCOUNTS) == (MANAGEMENT, ARCHIVE, AUDIT, SECURITY)


def test_a_delegated_administrator_is_found_by_the_log_group() -> None:
    facts = delegated(organization_trail())
    assert likely_owners(member(snapshot(trails=(facts,))), ACCOUNTS)[:2] == (MANAGEMENT, DELEGATE)


def test_the_owner_of_the_key_is_read_too() -> None:
    key = f"arn:aws:kms:us-east-1:{ARCHIVE}:key/1"
    assert likely_owners(seen(kms_key=key), ACCOUNTS)[:2] == (MANAGEMENT, ARCHIVE)


def test_an_account_id_in_the_buckets_name_goes_before_names_of_accounts() -> None:
    name = f"aws-controltower-logs-{DELEGATE}-us-east-1"
    assert likely_owners(seen(name), ACCOUNTS) == (MANAGEMENT, DELEGATE, ARCHIVE, AUDIT, SECURITY)


def test_an_account_id_in_the_buckets_name_may_be_of_an_account_outside_the_run() -> None:
    assert likely_owners(seen("logs-777777777777"), [(MEMBER, "shop")]) == (MANAGEMENT, "777777777777")
    assert likely_owners(seen("x1234567890123"), [("234567890123", "y")]) == (MANAGEMENT,)


def test_nothing_is_guessed_of_a_bucket_whose_owner_is_known() -> None:
    assert likely_owners(archive(), ACCOUNTS) == (MANAGEMENT, ARCHIVE)
    read = snapshot(trails=(organization_trail(),))
    assert likely_owners(read, ACCOUNTS) == (MANAGEMENT,)
    gone = snapshot(trails=(organization_trail(),), buckets=(bucket(exists=False),))
    assert ARCHIVE in likely_owners(gone, ACCOUNTS)


def test_the_search_ends_once_the_owner_has_been_read() -> None:
    shown = archive()
    asked = shown.model_copy(update={"buckets": (bucket(),)})
    assert likely_owners(seen(), ACCOUNTS, [seen(), asked]) == (MANAGEMENT, ARCHIVE)
    stranger = shown.model_copy(update={"buckets": (unread_bucket(bucket().name),)})
    assert AUDIT in likely_owners(seen(), ACCOUNTS, [seen(), stranger])


def test_an_account_with_trails_of_its_own_only_needs_none() -> None:
    assert likely_owners(snapshot(), ACCOUNTS) == ()
    assert likely_owners(snapshot(trails=unreadable("cloudtrail:DescribeTrails", "trails")), ACCOUNTS) == ()


def test_one_bucket_for_the_own_trails_of_all_accounts_leads_to_its_owner() -> None:
    own = snapshot(buckets=(unread_bucket(bucket().name),))
    assert likely_owners(own, ACCOUNTS) == (own.account_id, ARCHIVE, AUDIT, SECURITY)


def test_an_account_that_keeps_to_itself_leads_nowhere() -> None:
    assert likely_owners(snapshot(), ACCOUNTS) == ()
