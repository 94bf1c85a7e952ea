from __future__ import annotations

from typing import Any

import jmespath  # type: ignore[import-untyped]  # it has no stubs, and comes with boto3
import pytest

from auditor.checking import Status
from auditor.model.bucket import Lifecycle, LifecycleRule, ObjectLock, Versioning
from checks.bucket.retention import BucketRetention
from tests.checks.bucket_judging import commands, found, option, told
from tests.checks.build import ACCOUNT, BUCKET, SOURCE, bucket, snapshot, trail, trail_facts, unreadable

LOGS = f"AWSLogs/{ACCOUNT}/CloudTrail/"
UNVERSIONED = Versioning(source=SOURCE)
SUSPENDED = Versioning(source=SOURCE, status="Suspended")
VERSIONED = Versioning(source=SOURCE, status="Enabled")
NO_VERSIONING = unreadable("s3:GetBucketVersioning", BUCKET)
NO_LOCK = unreadable("s3:GetBucketObjectLockConfiguration", BUCKET)
YEAR = ObjectLock(source=SOURCE, enabled=True, mode="GOVERNANCE", years=1)


def rule(name: str = "short", **settings: Any) -> LifecycleRule:
    return LifecycleRule(**{"id": name, "enabled": True, **settings})


def rules(*found_there: LifecycleRule) -> dict[str, Any]:
    return {"lifecycle": Lifecycle(source=SOURCE, rules=found_there)}


@pytest.mark.parametrize("versioning", [UNVERSIONED, SUSPENDED])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"expires_after_days": 90}, "the lifecycle rule short deletes them after 90 days"),
        ({"expires_after_days": 364, "prefix": "AWS"}, "after 364 days"),
        ({"expires_after_days": 30, "prefix": f"{LOGS}us-east-1/2020/"}, "after 30 days"),
        ({"expires_after_days": 30, "prefix": f"AWSLogs/{ACCOUNT}/CloudTrail-Dig"}, "after 30 days"),
        ({"expires_on": "2020-01-01T00:00:00+00:00"}, "deletes them, however young, from 2020-01-01 on"),
        ({"expires_on": "2031-01-01T00:00:00+00:00"}, "from 2031-01-01 on"),
    ],
)
def test_a_rule_that_deletes_logs_too_soon_fails(versioning: Versioning, settings: dict[str, Any], said: str) -> None:
    finding = found(BucketRetention, versioning=versioning, **rules(rule(**settings)))
    assert finding.status is Status.FAIL
    assert f"Log files in {BUCKET} are kept for less than 365 days" in finding.reason
    assert said in finding.reason


@pytest.mark.parametrize(
    "kept",
    [
        rule(expires_after_days=365),
        rule(expires_after_days=30, enabled=False),
        rule(expires_after_days=30, prefix="tmp/"),
        rule(expires_after_days=30, prefix=f"AWSLogs/{ACCOUNT}/elasticloadbalancing/"),
        rule(expires_after_days=30, prefix="AWSLogs/999988887777/"),
        rule(expires_after_days=30, prefix="AWSLogs*"),
        rule(),
    ],
)
def test_rules_that_leave_the_logs_alone_pass(kept: LifecycleRule) -> None:
    finding = found(BucketRetention, versioning=UNVERSIONED, **rules(kept))
    assert (finding.status, finding.notes) == (Status.PASS, ())


@pytest.mark.parametrize(
    ("listed", "status", "said"),
    [
        (
            [rule(expires_after_days=30)],
            Status.PASS,
            "After 30 days the rule short hides log files behind a delete marker",
        ),
        ([rule(noncurrent_days=7)], Status.PASS, "cannot be fetched back after 7 days (rule short)"),
        ([rule(expires_after_days=30, noncurrent_days=30)], Status.FAIL, "and their versions for good after 60"),
        ([rule(expires_after_days=30), rule("old", noncurrent_days=400)], Status.PASS, "hides log files"),
        ([rule(expires_after_days=30), rule("old", noncurrent_days=10, prefix="AWSLogs/")], Status.FAIL, "after 40"),
        ([rule(expires_on="2020-01-01"), rule("old", noncurrent_days=1)], Status.FAIL, "for good after 1"),
        (
            [rule(expires_after_days=30, prefix=f"{LOGS}eu-"), rule("old", noncurrent_days=1, prefix=f"{LOGS}us-")],
            Status.PASS,
            "hides log files",
        ),
    ],
)
def test_with_versioning_logs_end_with_their_versions(listed: list[LifecycleRule], status: Status, said: str) -> None:
    finding = found(BucketRetention, versioning=VERSIONED, **rules(*listed))
    assert finding.status is status
    assert said in told(finding)


@pytest.mark.parametrize(
    ("listed", "changed", "status", "said"),
    [
        (
            [rule(expires_after_days=9, narrowed=True)],
            {"versioning": UNVERSIONED},
            Status.UNKNOWN,
            "a certain tag or size",
        ),
        ([rule(expires_after_days=9)], {"versioning": NO_VERSIONING}, Status.UNKNOWN, "s3:GetBucketVersioning"),
        (
            [rule(expires_after_days=9, noncurrent_days=9)],
            {"versioning": NO_VERSIONING},
            Status.FAIL,
            "the lifecycle rule short deletes them after 9 days",
        ),
        (
            [rule(expires_after_days=9), rule("old", noncurrent_days=1, narrowed=True)],
            {},
            Status.UNKNOWN,
            "and their versions for good after 10",
        ),
        ([rule(expires_after_days=9, noncurrent_days=9)], {"object_lock": YEAR}, Status.PASS, "for 365 days, whatever"),
        (
            [rule(expires_after_days=9, noncurrent_days=9)],
            {"object_lock": NO_LOCK},
            Status.UNKNOWN,
            "s3:GetBucketObjectLockConfiguration",
        ),
        (
            [rule(expires_after_days=9)],
            {"object_lock": NO_LOCK, "versioning": UNVERSIONED},
            Status.FAIL,
            "after 9 days",
        ),
        (
            [rule(expires_after_days=400)],
            {"object_lock": NO_LOCK, "versioning": NO_VERSIONING},
            Status.PASS,
            "(400 days)",
        ),
    ],
)
def test_what_is_not_known_matters_only_where_it_decides(
    listed: list[LifecycleRule], changed: dict[str, Any], status: Status, said: str
) -> None:
    finding = found(BucketRetention, **rules(*listed), **changed)
    assert finding.status is status
    assert said in told(finding)


@pytest.mark.parametrize(
    ("prefix", "status"),
    [
        ("audit/", Status.FAIL),
        ("audit/AWSLogs/o-abcdefghij/", Status.FAIL),
        ("audit/AWSLogs/o-abcdefghij/111122223333/CloudTrail/", Status.FAIL),
        ("audit/AWSLogs/o-abcdefghij/111122223333/Config/", Status.PASS),
        ("AWSLogs/", Status.PASS),
    ],
)
def test_the_path_of_an_organization_s_trail(prefix: str, status: Status) -> None:
    facts = bucket(versioning=UNVERSIONED, **rules(rule(expires_after_days=30, prefix=prefix)))
    own = trail_facts(trail=trail(organization=True, key_prefix="audit"))
    assert found(BucketRetention, snapshot(buckets=(facts,), trails=(own,))).status is status


@pytest.mark.parametrize("name", ["short", "it's", 'a"b', "back`tick", "$(touch x)", "back\\slash"])
def test_the_commands_lengthen_the_rule_and_keep_all_else(name: str) -> None:
    finding = found(BucketRetention, versioning=UNVERSIONED, **rules(rule(name, expires_after_days=30)))
    fetch, put = commands(finding)
    query = option(fetch.removeprefix("LIFECYCLE=$(").removesuffix(")"), "query")
    moves = {"Transitions": [{"Days": 10, "StorageClass": "GLACIER"}]}
    there: dict[str, list[dict[str, Any]]] = {
        "Rules": [
            {"ID": "other", "Status": "Enabled", "Expiration": {"Days": 1}, "Filter": {"Prefix": "tmp/"}},
            {"ID": name, "Status": "Enabled", "Expiration": {"Days": 30}, "Filter": {"Prefix": ""}, **moves},
        ]
    }
    changed = jmespath.search(query, there)
    assert changed["Rules"][0] == there["Rules"][0]
    assert changed["Rules"][1] == {**there["Rules"][1], "Expiration": {"Days": 365}}
    assert put.endswith('--lifecycle-configuration "$LIFECYCLE"')
