"""What every check says of a member whose trail, bucket, log group and key are other accounts'."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.benchmark import load
from auditor.bundle import bundle, verify
from auditor.checking import Check, Status
from auditor.collect import resolved, with_shared
from auditor.findings import Finding
from auditor.model.bucket import AccessLogging, BucketPolicy, ObjectLock, PolicyStatus, PublicAccessBlock, Versioning
from auditor.model.key import Key, KeyFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import EventSelectors, InsightSelectors
from auditor.registry import load_checks
from auditor.scan import audit
from checks.bucket.access_logging import BucketAccessLogging
from checks.bucket.public_access import PublicAccess
from checks.cloudwatch.delivery import LogsDelivery
from checks.cloudwatch.encryption import LogGroupEncryption
from checks.cloudwatch.role import Role
from checks.trail.encryption import TrailEncryption
from checks.trail.log_validation import LogValidation
from tests.chain.build import BENCHMARK, account, alarm, chain, metric_filter, pattern_of
from tests.checks.build import ACCOUNT, KEY, SOURCE, bucket, log_group, status, unreadable
from tests.checks.organization import (
    ARCHIVE,
    DELEGATE,
    MANAGEMENT,
    MEMBER,
    archive,
    management,
    member,
    moved,
    organization_trail,
    outside,
    role_for,
    unread_bucket,
)

OFF = PublicAccessBlock(source=SOURCE)
ON = PublicAccessBlock(source=SOURCE, block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True)


def of_member(*owners: Snapshot, **changed: Any) -> Snapshot:
    return with_shared(member(owners[0], **changed), resolved(owners))


def judged(check: type[Check[Any]], *owners: Snapshot, **changed: Any) -> Finding:
    (finding,) = check().findings(of_member(*owners, **changed), BENCHMARK)
    return finding


def sound() -> Snapshot:
    parts = [each for control in BENCHMARK.requirements for each in _parts(control.removeprefix("alarm."))]
    return management(account(*parts), buckets=(unread_bucket(bucket().name),))


def _parts(control: str) -> tuple[Any, Any]:
    return metric_filter(control, pattern_of(control)), alarm(control)


def all_broken() -> tuple[Snapshot, Snapshot]:
    """A management account and a log archive in which whatever can fail does."""
    trail = organization_trail(
        validation=False,
        kms_key=None,
        status=status(latest_delivery_error="AccessDenied", latest_logs_delivery_error="AccessDenied"),
        selectors=EventSelectors(source=SOURCE),
        insights=InsightSelectors(source=SOURCE),
    )
    owner = chain("root_usage", pattern="{ $.a = 1 }").model_copy(
        update={
            "trails": (trail,),
            "log_groups": (log_group(retention_days=7, kms_key=None),),
            "roles": (role_for(f"{ACCOUNT}_*"),),
            "buckets": (unread_bucket(bucket().name),),
        }
    )
    store = archive(
        account_block=OFF,
        public_access_block=OFF,
        policy=BucketPolicy(source=SOURCE),
        policy_status=PolicyStatus(source=SOURCE, public=True),
        versioning=Versioning(source=SOURCE),
        object_lock=ObjectLock(source=SOURCE),
        logging=AccessLogging(source=SOURCE),
    )
    return owner, store.model_copy(update={"trails": (outside(trail),)})


def test_a_member_of_a_sound_organization_has_nothing_left_open() -> None:
    report = audit(of_member(sound(), archive()), BENCHMARK, load_checks()[0])
    left = {one.check_id: one.reason for one in report.findings if one.status is not Status.PASS}
    # The bucket's policy of the snapshot names the path of a single account's trail.
    assert left.keys() <= {"bucket.cloudtrail_access"}, left
    alone = audit(member(sound()), BENCHMARK, load_checks()[0])
    assert sum(one.status is Status.UNKNOWN for one in alone.findings) > 20


@pytest.mark.parametrize("owners", [lambda: (sound(), archive()), all_broken], ids=["sound", "broken"])
@pytest.mark.parametrize("own", [None, "root_usage"])
def test_sharing_decides_what_was_open_and_changes_nothing_else(owners: Any, own: str | None) -> None:
    owner, store = owners()
    account = member(owner)
    if own:
        theirs = moved(chain(own), MEMBER)
        names = ("trails", "buckets", "log_groups", "roles", "keys", "regions", "topics")
        account = account.model_copy(
            update={name: (*getattr(theirs, name), *getattr(account, name)) for name in names}
            | {"buckets": account.buckets}
        )
    statuses = [_statuses(with_shared(account, shared)) for shared in ((), (owner,), (store,), (owner, store))]
    for before, after in ((0, 1), (0, 2), (1, 3), (2, 3)):
        for finding, found in statuses[before].items():
            assert found in {Status.UNKNOWN, statuses[after][finding]}, finding
    assert sum(found is Status.UNKNOWN for found in statuses[3].values()) <= 1


def _statuses(account: Snapshot) -> dict[tuple[str, str], Status]:
    report = audit(account, BENCHMARK, load_checks()[0])
    return {(one.check_id, one.id): one.status for one in report.findings}


def test_what_belongs_to_others_is_mended_there() -> None:
    owner, store = all_broken()
    judged_member = of_member(owner, store)
    report = audit(judged_member, BENCHMARK, load_checks()[0])
    failed = [one for one in report.findings if one.status is Status.FAIL]
    assert len({one.check_id for one in failed}) > 20
    for finding in failed:
        assert finding.remediation is not None, finding.check_id
        assert not finding.remediation.commands, finding.check_id
        assert not finding.remediation.steps
        assert not finding.remediation.instead
        assert finding.remediation.references
        expected = ARCHIVE if finding.check_id.startswith("bucket.") else MANAGEMENT
        assert expected in finding.remediation.summary, finding.check_id
        assert MEMBER not in finding.remediation.summary, finding.remediation.summary
    for own, room in ((owner, ("trail.", "alarm.", "cloudwatch.")), (store, ("bucket.",))):
        there = audit(with_shared(own, resolved((owner, store))), BENCHMARK, load_checks()[0])
        mended = {one.check_id for one in there.findings if one.remediation and one.remediation.commands}
        assert {one.check_id for one in failed if one.check_id.startswith(room)} <= mended


def test_a_finding_says_once_where_its_facts_were_read() -> None:
    report = audit(of_member(sound(), archive()), BENCHMARK, load_checks()[0])
    for finding in report.findings:
        told = [note for note in finding.notes if note.startswith("Read in ")]
        where = ARCHIVE if finding.check_id.startswith("bucket.") else MANAGEMENT
        expected = [] if finding.check_id == "securityhub.enabled" else [f"Read in account {where}."]
        assert told == expected, finding.check_id
    for finding in audit(member(sound()), BENCHMARK, load_checks()[0]).findings:
        assert not any(note.startswith("Read in ") for note in finding.notes)
    for finding in audit(chain("root_usage"), BENCHMARK, load_checks()[0]).findings:
        assert not any(note.startswith("Read in ") for note in finding.notes)


PUBLIC: dict[str, Any] = {
    "public_access_block": OFF,
    "policy_status": PolicyStatus(source=SOURCE, public=True),
}


@pytest.mark.parametrize(("theirs", "own", "status"), [(ON, OFF, Status.PASS), (OFF, ON, Status.FAIL)])
def test_the_switches_that_count_are_those_of_the_buckets_owner(
    theirs: PublicAccessBlock, own: PublicAccessBlock, status: Status
) -> None:
    store = archive(account_block=theirs, **PUBLIC)
    finding = judged(PublicAccess, sound(), store, account_block=own)
    assert finding.status is status, finding.reason
    assert f"account {ARCHIVE}" in [one.resource for one in finding.evidence]


def test_switches_of_the_owner_that_could_not_be_read_leave_it_open() -> None:
    unread = unreadable("s3:GetAccountPublicAccessBlock", f"account {ARCHIVE}")
    finding = judged(PublicAccess, sound(), archive(account_block=unread, **PUBLIC), account_block=ON)
    assert finding.status is Status.UNKNOWN


def test_a_bucket_is_shared_only_by_the_account_that_is_known_to_own_it() -> None:
    store = archive()
    unowned = store.model_copy(update={"buckets": (bucket(),)})
    assert with_shared(member(sound()), (sound(), unowned)).shared == (sound(),)
    assert judged(PublicAccess, sound(), unowned).status is Status.UNKNOWN
    assert judged(PublicAccess, sound(), store).status is Status.PASS


def test_the_target_of_access_logs_is_looked_for_where_the_bucket_is() -> None:
    locked = bucket(
        name="acme-access-logs", object_lock=ObjectLock(source=SOURCE, enabled=True, mode="GOVERNANCE", days=1)
    )
    store = archive()
    both = store.model_copy(update={"buckets": (*store.buckets, locked)})
    (finding,) = BucketAccessLogging().findings(with_shared(member(sound()), (sound(), both)), BENCHMARK)
    assert any("GOVERNANCE" in note for note in finding.notes)


def test_the_role_of_the_organizations_trail_is_judged_as_its_owner_judges_it() -> None:
    owner = sound().model_copy(update={"roles": (role_for(f"{ACCOUNT}_*"),)})
    finding = judged(Role, owner)
    (own,) = Role().findings(owner, BENCHMARK)
    assert (finding.status, finding.reason) == (Status.FAIL, own.reason)
    assert own.remediation is not None
    assert own.remediation.commands
    assert finding.remediation is not None
    assert finding.remediation.summary.endswith(own.remediation.summary)


def test_a_chain_that_leaves_the_member_out_is_mended_at_the_role() -> None:
    owner = sound().model_copy(update={"roles": (role_for(f"{ACCOUNT}_*"),)})
    found = audit(of_member(owner), BENCHMARK, load_checks(("alarm.root_usage",))[0]).findings[0]
    assert found.status is Status.FAIL
    assert found.remediation is not None
    assert "let the role CloudTrailToLogs write to CloudTrail/ManagementEvents" in found.remediation.summary


def test_a_key_is_judged_as_its_owner_reads_it() -> None:
    disabled = KeyFacts(name=KEY, key=Key(source=SOURCE, arn=KEY, state="Disabled"), policy=None)
    finding = judged(TrailEncryption, sound().model_copy(update={"keys": (disabled,)}))
    assert finding.status is Status.FAIL
    assert "Disabled" in finding.reason


@pytest.mark.parametrize("check", [LogsDelivery, LogValidation, LogGroupEncryption])
def test_a_plain_scan_of_a_member_names_the_account_that_must_mend(check: type[Check[Any]]) -> None:
    broken = organization_trail(validation=False, status=status(latest_logs_delivery_error="AccessDenied"))
    owner = chain("root_usage").model_copy(update={"trails": (broken,)})
    (finding,) = check().findings(member(owner), BENCHMARK)
    if check is LogGroupEncryption:
        assert finding.status is Status.UNKNOWN
        return
    assert finding.status is Status.FAIL
    assert finding.remediation is not None
    assert MANAGEMENT in finding.remediation.summary
    assert not finding.remediation.commands


def test_what_the_owner_could_not_read_stays_unknown() -> None:
    unread = unreadable("logs:DescribeLogGroups", "group")
    group = log_group().model_copy(update={"group": unread})
    assert judged(LogGroupEncryption, sound().model_copy(update={"log_groups": (group,)})).status is Status.UNKNOWN


def test_own_facts_without_any_owner_stay_as_they_are() -> None:
    own = chain("root_usage")
    assert with_shared(own, ()) == own
    assert with_shared(own, (own, moved(sound(), DELEGATE))) == own
    assert with_shared(own.model_copy(update={"trails": unreadable("x", "y")}), (archive(),)).shared == ()


def test_what_only_the_owner_sees_of_its_trail_can_be_judged_all_the_same() -> None:
    """A member may be shown less of a trail than its owner."""
    owner = sound()
    bare = organization_trail(log_group_arn=None, role_arn=None, kms_key=None, bucket="another")
    blind = member(owner.model_copy(update={"trails": (bare,)}))
    whole = audit(with_shared(blind, (owner,)), BENCHMARK, load_checks()[0])
    assert all(one.check_id != "plugin" and "does not work" not in one.reason for one in whole.findings)
    nowhere = owner.model_copy(update={"log_groups": (), "roles": (), "keys": (), "regions": ()})
    again = audit(with_shared(blind, (nowhere,)), BENCHMARK, load_checks()[0])
    assert not [one.reason for one in again.findings if "does not work" in one.reason]
    assert all(one.status is Status.UNKNOWN for one in again.findings if one.check_id.startswith("alarm."))


def test_a_snapshot_with_shared_ones_survives_json_and_the_bundle(tmp_path: Any) -> None:
    account = of_member(sound(), archive())
    assert {one.account_id for one in account.shared} == {MANAGEMENT, ARCHIVE}
    assert Snapshot.model_validate_json(account.model_dump_json()) == account
    old = account.model_dump(mode="json", exclude={"shared", "organization_id"})
    assert Snapshot.model_validate(old).shared == ()
    report = audit(account, load("cis-5.0"), load_checks(("alarm.root_usage", "bucket.*"))[0])
    path = tmp_path / "evidence.zip"
    path.write_bytes(bundle(report, account))
    assert verify(path).sound


def test_the_owners_hold_none_of_their_own_and_resolve_each_other() -> None:
    owners = resolved((sound(), archive()))
    assert all(one.shared == () for one in owners)
    assert owners[0].bucket(bucket().name).account_id == ARCHIVE
    again = with_shared(owners[0], owners)
    assert [one.account_id for one in again.shared] == [ARCHIVE]
    assert all(one.shared == () for one in with_shared(member(sound()), (again,)).shared)
