from __future__ import annotations

import pytest

from auditor.findings import Status
from auditor.render import renderer
from auditor.report import Report

from .build import finding, small
from .validity import table


def test_each_finding_is_a_row(sample: Report) -> None:
    rows = table(renderer("csv").render(sample))
    assert [row["id"] for row in rows] == [each.id for each in sample.findings]
    for row, each in zip(rows, sample.findings, strict=True):
        assert (row["check"], row["status"], row["severity"]) == (each.check_id, each.status.value, each.severity.value)
        assert (row["account"], row["region"]) == (each.account_id, each.region)
        assert row["control"] == each.controls.get("cis-5.0", "")
        assert (row["waived"] == "yes") == (each.waiver is not None)


def test_commands_stand_in_one_cell(sample: Report) -> None:
    failing = next(each for each in sample.findings if each.check_id == "trail.encryption")
    (row,) = (row for row in table(renderer("csv").render(sample)) if row["id"] == failing.id)
    assert row["commands"] == "\n".join(failing.remediation.commands)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula(start: str) -> None:
    (row,) = table(renderer("csv").render(small(finding("trail.logging", Status.FAIL, reason=f"{start}cmd()"))))
    assert row["reason"] == f"'{start}cmd()"


def test_a_carriage_return_is_shown_rather_than_obeyed() -> None:
    (row,) = table(renderer("csv").render(small(finding("trail.logging", resource="\r=cmd()"))))
    assert row["resource"] == "\\u000d=cmd()"
