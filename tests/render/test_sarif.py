from __future__ import annotations

import pytest

from auditor.findings import Finding, Severity, Status
from auditor.render import renderer
from auditor.report import Report

from .build import ACCOUNT, TRAIL, finding, small
from .validity import sarif


def run_of(report: Report) -> dict[str, object]:
    (run,) = sarif(renderer("sarif").render(report))["runs"]
    return run


def result_of(only: Finding) -> dict[str, object]:
    (result,) = run_of(small(only))["results"]
    return result


def test_only_what_needs_attention_is_a_result(sample: Report) -> None:
    run = run_of(sample)
    found = {result["properties"]["findingId"] for result in run["results"]}
    urgent = {each.id for each in sample.findings if each.status in {Status.FAIL, Status.UNKNOWN}}
    assert found == urgent
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sorted(rules) == sorted({each.check_id for each in sample.findings})


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
    ],
)
def test_severity(severity: Severity, level: str, score: str | None) -> None:
    run = run_of(small(finding("trail.logging", Status.FAIL, severity=severity)))
    (result,), (rule,) = run["results"], run["tool"]["driver"]["rules"]
    assert (result["kind"], result["level"]) == ("fail", level)
    assert rule["properties"].get("security-severity") == score


def test_what_could_not_be_judged_is_open() -> None:
    result = result_of(finding("trail.logging", Status.UNKNOWN, severity=Severity.CRITICAL))
    assert (result["kind"], result["level"]) == ("open", "none")


def test_a_waiver_suppresses(sample: Report) -> None:
    waived = [each for each in sample.findings if each.waiver]
    results = [result for result in run_of(sample)["results"] if "suppressions" in result]
    assert len(results) == len(waived) > 0
    for each, result in zip(waived, results, strict=True):
        (suppression,) = result["suppressions"]
        assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
        assert suppression["justification"] == each.waiver.reason


def test_a_result_says_where_and_how_to_mend_it(sample: Report) -> None:
    results = {result["properties"]["findingId"]: result for result in run_of(sample)["results"]}
    failing = next(each for each in sample.findings if each.check_id == "trail.log_validation")
    result = results[failing.id]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == (
        f"aws/{ACCOUNT}/us-west-2/cloudtrail/trail/management-events"
    )
    assert location["logicalLocations"][0]["fullyQualifiedName"] == TRAIL
    assert result["properties"]["remediation"]["commands"] == list(failing.remediation.commands)
    assert (
        f"Account: {ACCOUNT}. Region: us-west-2. CIS AWS Foundations Benchmark v5.0, control 3.2"
        in (result["message"]["text"])
    )


def test_a_finding_is_the_same_from_run_to_run() -> None:
    first = small(finding("trail.logging", Status.FAIL))
    later = first.model_copy(update={"run": first.run.model_copy(update={"id": "later"})})
    one, other = (run_of(report)["results"][0] for report in (first, later))
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["correlationGuid"] == other["correlationGuid"]
    assert one["guid"] != other["guid"]


def test_a_message_holds_no_placeholder_and_no_link() -> None:
    result = result_of(finding("trail.logging", Status.FAIL, reason="{0} of [here](https://evil.example)"))
    assert result["message"]["text"].startswith("{{0}} of [here] (https://evil.example)")
