from __future__ import annotations

import pytest

from auditor.findings import Finding, Severity, Status
from auditor.render import renderer
from auditor.report import Report

from .build import ACCOUNT, TRAIL, finding, small
from .validity import ocsf


def event_of(only: Finding) -> dict[str, object]:
    (event,) = ocsf(renderer("ocsf").render(small(only)))
    return event


def test_each_finding_is_an_event_of_its_own(sample: Report) -> None:
    events = ocsf(renderer("ocsf").render(sample))
    assert [event["finding_info"]["uid"] for event in events] == [each.id for each in sample.findings]
    assert {(event["class_uid"], event["type_uid"], event["metadata"]["version"]) for event in events} == {
        (2003, 200301, "1.8.0")
    }
    assert {event["time"] for event in events} == {1795491019412}
    assert len({event["metadata"]["uid"] for event in events}) == len(events)


@pytest.mark.parametrize(
    ("status", "compliance", "handling"),
    [(Status.PASS, 1, 4), (Status.FAIL, 3, 1), (Status.UNKNOWN, 0, 1), (Status.NOT_APPLICABLE, 99, 4)],
)
def test_status(status: Status, compliance: int, handling: int) -> None:
    event = event_of(finding("trail.logging", status))
    assert (event["compliance"]["status_id"], event["status_id"]) == (compliance, handling)
    assert event["status_code"] == status.value


@pytest.mark.parametrize(("severity", "number"), list(zip(Severity, (5, 4, 3, 2, 1), strict=True)))
def test_severity(severity: Severity, number: int) -> None:
    assert event_of(finding("trail.logging", Status.FAIL, severity=severity))["severity_id"] == number


def test_a_waived_failure_is_suppressed(sample: Report) -> None:
    events = ocsf(renderer("ocsf").render(sample))
    suppressed = {event["finding_info"]["uid"]: event for event in events if event["status"] == "Suppressed"}
    waived = {each.id: each for each in sample.findings if each.waiver}
    assert suppressed.keys() == waived.keys()
    assert all(waived[uid].waiver.reason in event["comment"] for uid, event in suppressed.items())


def test_an_event_says_what_where_and_how_to_mend_it(sample: Report) -> None:
    failing = next(each for each in sample.findings if each.check_id == "trail.encryption")
    events = {event["finding_info"]["uid"]: event for event in ocsf(renderer("ocsf").render(sample))}
    event = events[failing.id]
    assert event["compliance"]["control"] == "3.5"
    assert event["compliance"]["standards"] == ["CIS AWS Foundations Benchmark v5.0"]
    assert "cis-1.2 2.7" in event["compliance"]["requirements"]
    assert event["resources"][0]["uid"] == TRAIL
    assert event["cloud"]["account"]["uid"] == ACCOUNT
    assert event["cloud"]["region"] == "us-west-2"
    assert all(command in event["remediation"]["desc"] for command in failing.remediation.commands)
