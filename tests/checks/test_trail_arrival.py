"""trail.delivery, trail.digest_delivery and cloudwatch.delivery: one mechanism, three kinds of delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from auditor.checking import Check, Status
from auditor.model.trail import BasicSelector
from checks.cloudwatch.delivery import LogsDelivery
from checks.trail.delivery import Delivery
from checks.trail.digest_delivery import DigestDelivery
from tests.checks.build import BUCKET, NOW, REGION, bucket, status, trail, trail_facts
from tests.checks.trail_judging import (
    OTHER,
    basic,
    denied,
    on_trails,
    options,
    organization_trail,
    remedy,
    single,
    stopped,
)


class Kind(NamedTuple):
    check: type[Check[Any]]
    field: str
    what: str

    def found(self, **changed: Any) -> dict[str, Any]:
        """Gives the status with this kind's latest delivery and error."""
        names = {"latest": self.field, "error": f"{self.field}_error"}
        return {"status": status(**{names.get(name, name): value for name, value in changed.items()})}


LOG_FILES = Kind(Delivery, "latest_delivery", "log files of management-trail to the bucket acme-trail-logs")
DIGESTS = Kind(DigestDelivery, "latest_digest_delivery", "digests of management-trail to the bucket acme-trail-logs")
EVENTS = Kind(
    LogsDelivery,
    "latest_logs_delivery",
    "events of management-trail to the log group CloudTrail/ManagementEvents",
)
every_kind = pytest.mark.parametrize("kind", [LOG_FILES, DIGESTS, EVENTS], ids=lambda kind: kind.field)
A_DAY = timedelta(hours=24)


@every_kind
@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=5), A_DAY, timedelta(minutes=-1)])
def test_a_delivery_within_a_day_passes(kind: Kind, ago: timedelta) -> None:
    finding = on_trails(kind.check, trail_facts(**kind.found(latest=NOW - ago)))
    assert finding.status is Status.PASS
    assert finding.reason.startswith(f"The latest delivery of {kind.what} was at 2026-11-2")
    assert finding.evidence[0].observed


@every_kind
def test_an_older_delivery_fails(kind: Kind) -> None:
    finding = on_trails(kind.check, trail_facts(**kind.found(latest=NOW - A_DAY - timedelta(seconds=1))))
    assert finding.status is Status.FAIL
    assert finding.reason == (
        f"The latest delivery of {kind.what} was at 2026-11-23 11:59 UTC, though the trail management-trail is logging."
    )
    assert remedy(finding)[1]


@every_kind
def test_an_error_fails_however_recent_the_last_delivery(kind: Kind) -> None:
    finding = on_trails(kind.check, trail_facts(**kind.found(error="AccessDenied")))
    assert finding.reason == f"The latest delivery of {kind.what} failed: AccessDenied."
    assert remedy(finding)[1]


@every_kind
def test_a_trail_that_has_just_started_is_unknown(kind: Kind) -> None:
    for latest in (None, NOW - 3 * A_DAY):
        just = kind.found(latest=latest, started=NOW - timedelta(minutes=59))
        finding = on_trails(kind.check, trail_facts(**just))
        assert finding.status is Status.UNKNOWN
        assert "has been logging since 11:01 UTC only" in finding.reason


@pytest.mark.parametrize("kind", [LOG_FILES, EVENTS], ids=lambda kind: kind.field)
def test_no_delivery_ever_fails(kind: Kind) -> None:
    finding = on_trails(kind.check, trail_facts(**kind.found(latest=None)))
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"There was no delivery of {kind.what} yet, though")


def test_no_digest_ever_may_be_of_newly_enabled_validation() -> None:
    finding = on_trails(DigestDelivery, trail_facts(**DIGESTS.found(latest=None)))
    assert finding.status is Status.UNKNOWN
    assert "validation may have been turned on within the last hour" in finding.reason


@every_kind
@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"trail": single("eu-west-1")}, "regional-trail records eu-west-1 only"),
        ({"selectors": basic(BasicSelector(read_write="WriteOnly"))}, "logs some events only"),
        ({"selectors": denied("cloudtrail:GetEventSelectors")}, "cloudtrail:GetEventSelectors"),
    ],
)
def test_a_trail_that_may_have_had_nothing_to_log_is_unknown(kind: Kind, facts: dict[str, Any], why: str) -> None:
    finding = on_trails(kind.check, trail_facts(**facts, **kind.found(latest=NOW - 2 * A_DAY)))
    assert finding.status is Status.UNKNOWN
    assert why in finding.reason
    assert on_trails(kind.check, trail_facts(**facts)).status is Status.PASS
    assert on_trails(kind.check, trail_facts(**facts, **kind.found(error="NoSuchBucket"))).status is Status.FAIL


@every_kind
def test_a_stopped_trail_is_judged_elsewhere(kind: Kind) -> None:
    finding = on_trails(kind.check, trail_facts(status=stopped()))
    assert finding.status is Status.NOT_APPLICABLE
    assert "trail.logging" in finding.reason


@every_kind
def test_an_unreadable_status_is_unknown(kind: Kind) -> None:
    finding = on_trails(kind.check, trail_facts(status=denied("cloudtrail:GetTrailStatus")))
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:GetTrailStatus" in finding.reason


@every_kind
def test_another_accounts_trail_is_not_changed_from_here(kind: Kind) -> None:
    facts = trail_facts(trail=organization_trail(), **kind.found(error="AccessDenied"))
    summary, commands = remedy(on_trails(kind.check, facts))
    assert OTHER in summary
    assert not commands


def test_without_validation_there_are_no_digests_to_judge() -> None:
    facts = trail_facts(trail=trail(validation=False), status=denied("cloudtrail:GetTrailStatus"))
    finding = on_trails(DigestDelivery, facts)
    assert finding.status is Status.NOT_APPLICABLE
    assert "trail.log_validation" in finding.reason


def test_without_a_log_group_there_are_no_events_to_judge() -> None:
    finding = on_trails(LogsDelivery, trail_facts(trail=trail(log_group_arn=None)))
    assert finding.status is Status.NOT_APPLICABLE
    assert "cloudwatch.integration" in finding.reason


@pytest.mark.parametrize("kind", [LOG_FILES, DIGESTS], ids=lambda kind: kind.field)
def test_the_bucket_is_named_again_with_its_prefix(kind: Kind) -> None:
    facts = trail_facts(trail=trail(key_prefix="audit logs"), **kind.found(error="AccessDenied"))
    summary, (command,) = remedy(on_trails(kind.check, facts, buckets=(bucket(region="eu-west-1"),)))
    assert "bucket.cloudtrail_access" in summary
    assert command.startswith("aws cloudtrail update-trail ")
    assert options(command) == {
        "--region": REGION,
        "--name": "management-trail",
        "--s3-bucket-name": BUCKET,
        "--s3-key-prefix": "audit logs",
    }


def test_events_that_do_not_arrive_are_mended_at_the_role() -> None:
    finding = on_trails(LogsDelivery, trail_facts(**EVENTS.found(error="AccessDenied")))
    assert any("aws iam put-role-policy --role-name CloudTrailToLogs" in line for line in remedy(finding)[1])
