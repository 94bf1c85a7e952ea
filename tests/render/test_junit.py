from __future__ import annotations

from collections import Counter

import junitparser

from auditor.findings import Finding, Status
from auditor.render import renderer
from auditor.render.view import Verdict, verdict
from auditor.report import Report

from .build import finding, small
from .validity import junit

ELEMENTS = {
    Verdict.FAIL: junitparser.Failure,
    Verdict.UNKNOWN: junitparser.Error,
    Verdict.WAIVED: junitparser.Skipped,
    Verdict.NOT_APPLICABLE: junitparser.Skipped,
}


def cases(report: Report) -> list[junitparser.TestCase]:
    return [case for suite in junit(renderer("junit").render(report)) for case in suite]


def test_each_finding_is_a_case_of_its_verdict(sample: Report) -> None:
    expected = Counter((each.check_id, ELEMENTS.get(verdict(each))) for each in sample.findings)
    found = Counter((case.classname, type(case.result[0]) if case.result else None) for case in cases(sample))
    assert found == expected


def test_the_counts_are_those_of_the_cases(sample: Report) -> None:
    read = junit(renderer("junit").render(sample))
    written = (read.tests, read.failures, read.errors)
    for suite in read:
        said = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert said == (suite.tests, suite.failures, suite.errors, suite.skipped)
    assert written == (
        len(sample.findings),
        sample.summary.status[Status.FAIL],
        sample.summary.status[Status.UNKNOWN],
    )


def test_a_failure_holds_what_one_needs_to_mend_it(sample: Report) -> None:
    failing = next(each for each in sample.findings if each.check_id == "trail.encryption")
    (case,) = (case for case in cases(sample) if case.classname == failing.check_id)
    (told,) = case.result
    assert told.message == failing.reason
    assert told.type == "medium"
    for part in (*failing.remediation.commands, failing.resource, failing.account_id, failing.region, "v5.0, 3.5"):
        assert part in told.text


def test_a_waived_failure_is_skipped_with_the_reason(sample: Report) -> None:
    messages = [case.result[0].message for case in cases(sample) if case.is_skipped]
    waived = next(each for each in sample.findings if each.waiver)
    assert f"Waived by {waived.waiver.owner} until 2027-03-31: {waived.waiver.reason}" in messages


def test_what_does_not_apply_is_skipped_with_the_reason() -> None:
    only: Finding = finding("trail.insights", Status.NOT_APPLICABLE, reason="There is no trail.")
    (case,) = cases(small(only))
    assert case.result[0].message == "There is no trail."
