from __future__ import annotations

from auditor.checking import Status
from auditor.model.account import SecurityHub
from checks.securityhub.enabled import SecurityHubEnabled
from tests.checks.build import SOURCE, snapshot
from tests.checks.trail_judging import denied, judged, remedy


def test_a_hub_in_the_region_passes_and_speaks_of_that_region_only() -> None:
    finding = judged(SecurityHubEnabled, snapshot())
    assert finding.reason == "Security Hub is on in us-east-1."
    assert "us-east-1 only" in finding.notes[0]


def test_no_hub_fails_even_without_a_trail() -> None:
    finding = judged(
        SecurityHubEnabled, snapshot(security_hub=SecurityHub(source=SOURCE), trails=(), region="eu-west-1")
    )
    assert finding.reason == "Security Hub is off in eu-west-1."
    (command,) = remedy(finding)[1]
    assert command.endswith("|| aws securityhub enable-security-hub --region eu-west-1")
    assert command.startswith("aws securityhub describe-hub --region eu-west-1 ")


def test_a_hub_that_could_not_be_read_is_unknown() -> None:
    finding = judged(SecurityHubEnabled, snapshot(security_hub=denied("securityhub:DescribeHub", "the hub")))
    assert finding.status is Status.UNKNOWN
    assert "securityhub:DescribeHub" in finding.reason
