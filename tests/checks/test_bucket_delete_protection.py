from __future__ import annotations

from typing import Any

import pytest

from auditor.checking import Status
from auditor.model.bucket import BucketFacts, BucketPolicy, ObjectLock, Versioning
from checks.bucket.delete_protection import DeleteProtection
from tests.checks.bucket_judging import commands, found, run, sids, stated, told
from tests.checks.build import ACCOUNT, BUCKET, BUCKET_ARN, SOURCE, bucket, snapshot, trail, trail_facts, unreadable

LOGS = f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/*"
BOTH = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/archivist"
UNVERSIONED = Versioning(source=SOURCE)
NO_POLICY = BucketPolicy(source=SOURCE)
NO_VERSIONING = unreadable("s3:GetBucketVersioning", BUCKET)


def deny(**elements: Any) -> dict[str, Any]:
    statement = {"Sid": "Keep", "Effect": "Deny", "Principal": "*", "Action": BOTH, "Resource": LOGS, **elements}
    return {name: value for name, value in statement.items() if value is not None}


def lock(mode: str | None, **period: int) -> ObjectLock:
    return ObjectLock(source=SOURCE, enabled=True, mode=mode, **period)


@pytest.mark.parametrize(
    "statement",
    [
        deny(),
        deny(Principal={"AWS": "*"}),
        deny(Action="s3:Delete*"),
        deny(Action="S3:*", Resource="*"),
        deny(Action=None, NotAction=["s3:Get*", "s3:List*", "s3:Put*"]),
        deny(Resource=[f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail*/*"]),
        deny(Resource=None, NotResource=[f"{BUCKET_ARN}/scratch/*", BUCKET_ARN]),
        deny(Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}),
    ],
)
def test_a_deny_for_everyone_passes(statement: dict[str, Any]) -> None:
    finding = found(DeleteProtection, policy=stated(statement))
    assert finding.status is Status.PASS
    assert "(Keep) denies everyone s3:DeleteObject and s3:DeleteObjectVersion" in finding.reason
    assert finding.notes[:2] == ("MFA delete is off.", "Object Lock is off.")
    assert "lifecycle rules expire objects in spite of it" in told(finding)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([], "the bucket policy does not deny s3:DeleteObject or s3:DeleteObjectVersion to everyone"),
        ([deny(Effect="Allow")], "does not deny s3:DeleteObject or s3:DeleteObjectVersion"),
        ([deny(Action="s3:DeleteObject")], "does not deny s3:DeleteObjectVersion to everyone"),
        ([deny(Action="s3:DeleteObjectVersion")], "does not deny s3:DeleteObject to everyone"),
        ([deny(Resource=f"{BUCKET_ARN}/other/*")], "does not deny"),
        ([deny(Resource=f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/*")], "does not deny"),
        (
            [deny(Resource=f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail/*")],
            f"everyone except on {BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail-D",
        ),
        ([deny(Principal={"AWS": ROLE})], f"Keep denies only {ROLE}"),
        ([deny(Principal=None, NotPrincipal={"AWS": [ROLE, ACCOUNT]})], f"principals in NotPrincipal: {ROLE}"),
        ([deny(Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}})], f"where aws:PrincipalArn is like {ROLE}"),
        (
            [deny(Condition={"Bool": {"aws:SecureTransport": "false"}})],
            "Keep denies only where Bool aws:SecureTransport",
        ),
        (
            [deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})],
            "aws:MultiFactorAuthPresent true",
        ),
    ],
)
def test_a_deny_that_lets_someone_delete_fails_and_is_mended(statements: list[dict[str, Any]], said: str) -> None:
    facts = bucket(policy=stated(*statements))
    finding = found(DeleteProtection, snapshot(buckets=(facts,)))
    assert finding.status is Status.FAIL
    assert said in told(finding)
    assert finding.reason.endswith("; MFA delete is off; Object Lock is off.")
    mended = run(facts, *commands(finding))
    assert sids(mended) == [*(["Keep"] if statements else []), "TrailAuditorDenyLogDeletion"]
    assert found(DeleteProtection, snapshot(buckets=(mended,))).status is Status.PASS


def test_an_own_statement_is_replaced_and_not_repeated() -> None:
    facts = bucket(
        policy=stated(
            deny(Sid="TrailAuditorDenyLogDeletion", Resource="arn:aws:s3:::old/*"),
            deny(Sid="Kept", Principal={"AWS": ROLE}),
        )
    )
    mended = run(facts, *commands(found(DeleteProtection, snapshot(buckets=(facts,)))))
    assert sids(mended) == ["Kept", "TrailAuditorDenyLogDeletion"]


def test_a_bucket_without_a_policy_gets_one() -> None:
    facts = bucket(policy=NO_POLICY)
    mended = run(facts, *commands(found(DeleteProtection, snapshot(buckets=(facts,)))))
    assert found(DeleteProtection, snapshot(buckets=(mended,))).status is Status.PASS


def test_without_versions_their_deletion_is_no_matter_yet() -> None:
    policy = stated(deny(Action="s3:DeleteObject"))
    finding = found(DeleteProtection, policy=policy, versioning=UNVERSIONED)
    assert finding.status is Status.PASS
    assert "s3:DeleteObjectVersion is not denied to everyone, which matters as soon as" in told(finding)
    finding = found(DeleteProtection, policy=policy, versioning=NO_VERSIONING)
    assert finding.status is Status.UNKNOWN
    assert "s3:GetBucketVersioning" in finding.reason
    suspended = found(DeleteProtection, policy=policy, versioning=Versioning(source=SOURCE, status="Suspended"))
    assert suspended.status is Status.FAIL


GUARDED: list[tuple[dict[str, Any], Status, str]] = [
    (
        {"versioning": Versioning(source=SOURCE, status="Enabled", mfa_delete="Enabled")},
        Status.PASS,
        "MFA delete is on",
    ),
    (
        {"versioning": Versioning(source=SOURCE, status="Suspended", mfa_delete="Enabled")},
        Status.FAIL,
        "with versioning suspended it does not guard new files",
    ),
    (
        {"object_lock": lock("COMPLIANCE", days=365)},
        Status.PASS,
        "365 days in compliance mode, which nobody can shorten",
    ),
    ({"object_lock": lock("COMPLIANCE", years=2)}, Status.PASS, "730 days"),
    ({"object_lock": lock("COMPLIANCE", days=30)}, Status.FAIL, "keeps each file for 30 days only, not 365"),
    ({"object_lock": lock(None)}, Status.FAIL, "no default retention"),
    ({"object_lock": lock("GOVERNANCE", days=400)}, Status.FAIL, "yields to s3:BypassGovernanceRetention"),
    (
        {
            "object_lock": lock("GOVERNANCE", days=400),
            "policy": stated(deny(Action="s3:BypassGovernanceRetention")),
        },
        Status.PASS,
        "the bucket policy (Keep) denies everyone that",
    ),
]


@pytest.mark.parametrize(("changed", "status", "said"), GUARDED)
def test_mfa_delete_and_object_lock_are_said_apart(changed: dict[str, Any], status: Status, said: str) -> None:
    finding = found(DeleteProtection, **{"policy": NO_POLICY, **changed})
    assert finding.status is status
    assert said in finding.reason


@pytest.mark.parametrize(("changed", "status", "said"), [case for case in GUARDED if "policy" not in case[0]])
def test_one_guard_that_holds_is_enough_where_the_policy_is_unreadable(
    changed: dict[str, Any], status: Status, said: str
) -> None:
    finding = found(DeleteProtection, policy=unreadable("s3:GetBucketPolicy", BUCKET), **changed)
    assert finding.status is (Status.PASS if status is Status.PASS else Status.UNKNOWN)
    assert said in finding.reason
    assert "s3:GetBucketPolicy" in told(finding)


def test_a_guard_that_could_not_be_read_leaves_it_open() -> None:
    finding = found(
        DeleteProtection, policy=NO_POLICY, object_lock=unreadable("s3:GetBucketObjectLockConfiguration", BUCKET)
    )
    assert finding.status is Status.UNKNOWN
    assert "s3:GetBucketObjectLockConfiguration" in finding.reason


def test_what_hangs_on_a_variable_is_unknown() -> None:
    mine = deny(Resource=f"{BUCKET_ARN}/${{aws:PrincipalTag/home}}/*")
    finding = found(DeleteProtection, policy=stated(mine))
    assert finding.status is Status.UNKNOWN
    assert "aws:PrincipalTag/home" in finding.reason


def test_every_trail_of_the_bucket_counts() -> None:
    other = trail(name="audit", arn=trail().arn.replace("management", "audit"), key_prefix="audit")
    account = snapshot(trails=(trail_facts(), trail_facts(trail=other)), buckets=(bucket(policy=stated(deny())),))
    finding = found(DeleteProtection, account)
    assert finding.status is Status.FAIL
    mended = run(account.buckets[0], *commands(finding))
    assert found(DeleteProtection, account.model_copy(update={"buckets": (mended,)})).status is Status.PASS


@pytest.mark.parametrize(
    ("resource", "status", "said"),
    [
        (f"{BUCKET_ARN}/AWSLogs/*", Status.PASS, "denies everyone"),
        (f"{BUCKET_ARN}/AWSLogs/o-abcdefghij/*", Status.UNKNOWN, "whether the organization's id is o-abcdefghij"),
        (LOGS, Status.FAIL, "does not deny"),
    ],
)
def test_the_files_of_an_organization_lie_below_its_id(resource: str, status: Status, said: str) -> None:
    facts: BucketFacts = bucket(policy=stated(deny(Resource=resource)))
    account = snapshot(trails=(trail_facts(trail=trail(organization=True)),), buckets=(facts,))
    finding = found(DeleteProtection, account)
    assert (finding.status, said in finding.reason) == (status, True), finding.reason
