from __future__ import annotations

from typing import Any

import pytest

from auditor.checking import Check, Severity, Status, TrailCheck, TrailsCheck
from checks.cloudwatch.delivery import LogsDelivery
from checks.cloudwatch.encryption import LogGroupEncryption
from checks.cloudwatch.integration import Integration
from checks.cloudwatch.retention import LogGroupRetention
from checks.cloudwatch.role import Role
from checks.securityhub.enabled import SecurityHubEnabled
from checks.trail.delivery import Delivery
from checks.trail.digest_delivery import DigestDelivery
from checks.trail.encryption import TrailEncryption
from checks.trail.global_events import GlobalEvents
from checks.trail.insights import Insights
from checks.trail.log_validation import LogValidation
from checks.trail.logging import Logging
from checks.trail.management_events import ManagementEvents
from checks.trail.multi_region import MultiRegion
from checks.trail.s3_data_events import S3DataEvents
from tests.checks.build import snapshot, unreadable
from tests.checks.trail_judging import judged, remedy

ON_TRAILS: list[type[Check[Any]]] = [
    Delivery,
    DigestDelivery,
    GlobalEvents,
    Insights,
    Integration,
    Logging,
    LogValidation,
    LogsDelivery,
    ManagementEvents,
    MultiRegion,
    Role,
    S3DataEvents,
    TrailEncryption,
]
CHECKS: list[type[Check[Any]]] = [*ON_TRAILS, LogGroupEncryption, LogGroupRetention, SecurityHubEnabled]
every_check = pytest.mark.parametrize("check", CHECKS)


@every_check
def test_a_sound_account_passes(check: type[Check[Any]]) -> None:
    finding = judged(check, snapshot())
    assert finding.status is Status.PASS
    assert finding.evidence


@every_check
def test_each_declares_itself(check: type[Check[Any]]) -> None:
    assert isinstance(check.severity, Severity)
    assert check.title
    assert check.rationale.endswith(".")
    assert all(page.startswith("https://") for page in check.references)
    assert check.references
    assert check.controls == {}


@pytest.mark.parametrize("check", ON_TRAILS)
def test_an_account_without_trails_fails(check: type[Check[Any]]) -> None:
    assert issubclass(check, TrailCheck | TrailsCheck)
    finding = judged(check, snapshot(trails=()))
    assert (finding.status, finding.reason) == (Status.FAIL, "The account has no trail.")
    assert any("aws cloudtrail create-trail" in command for command in remedy(finding)[1])


@pytest.mark.parametrize("check", ON_TRAILS)
def test_unlisted_trails_are_unknown(check: type[Check[Any]]) -> None:
    finding = judged(check, snapshot(trails=unreadable("cloudtrail:DescribeTrails", "the trails")))
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:DescribeTrails" in finding.reason


def test_the_ids_are_all_of_the_table() -> None:
    assert {check.id for check in CHECKS} == {
        *(f"trail.{name}" for name in ("multi_region", "logging", "log_validation", "management_events")),
        *(f"trail.{name}" for name in ("global_events", "encryption", "delivery", "digest_delivery")),
        *("trail.s3_data_events", "trail.insights", "securityhub.enabled"),
        *(f"cloudwatch.{name}" for name in ("integration", "delivery", "role", "retention", "encryption")),
    }
