from __future__ import annotations

import pytest

from auditor.findings import Finding, Status
from auditor.render import renderer
from auditor.report import Report

from .build import finding, small
from .validity import oscal


def result_of(report: Report) -> dict[str, object]:
    (result,) = oscal(renderer("oscal").render(report))["results"]
    return result


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (Status.PASS, "satisfied", "pass"),
        (Status.FAIL, "not-satisfied", "fail"),
        (Status.UNKNOWN, "not-satisfied", "other"),
    ],
)
def test_status(status: Status, state: str, reason: str) -> None:
    result = result_of(small(finding("trail.logging", status)))
    (found,) = result["findings"]
    assert found["target"]["target-id"] == "trail.logging"
    assert found["target"]["status"] == {"state": state, "reason": reason}
    assert ("risks" in result) == (status is not Status.PASS)


def test_what_does_not_apply_is_observed_only() -> None:
    result = result_of(small(finding("trail.logging", Status.NOT_APPLICABLE)))
    assert len(result["observations"]) == 1
    assert "findings" not in result
    assert "risks" not in result


def test_a_waived_failure_is_an_accepted_risk_until_its_day(sample: Report) -> None:
    accepted = [risk for risk in result_of(sample)["risks"] if risk["status"] == "deviation-approved"]
    assert len(accepted) == sample.summary.waived
    for risk in accepted:
        assert risk["deadline"].startswith("2027-03-31T23:59:59")
        (waiver,) = (each for each in risk["remediations"] if each["lifecycle"] == "accepted")
        assert {prop["name"]: prop["value"] for prop in waiver["props"]} == {
            "owner": "j.doe@example.com",
            "expires": "2027-03-31",
        }


def test_controls_and_commands(sample: Report) -> None:
    result = result_of(sample)
    (selection,) = result["reviewed-controls"]["control-selections"]
    reviewed = [each["control-id"] for each in selection["include-controls"]]
    assert "cis-5.0_3.5" in reviewed
    # One check answers for two controls.
    assert {"cis-5.0_3.8", "cis-5.0_3.9"} <= set(reviewed)
    failing = next(each for each in sample.findings if each.check_id == "trail.encryption")
    (risk,) = (each for each in result["risks"] if named(each)["finding-id"] == failing.id)
    assert "\n".join(failing.remediation.commands) in risk["remediations"][0]["description"]


def test_every_reference_leads_somewhere(sample: Report) -> None:
    result = result_of(sample)
    known = {
        "subject-uuid": {item["uuid"] for item in result["local-definitions"]["inventory-items"]},
        "observation-uuid": {each["uuid"] for each in result["observations"]},
        "risk-uuid": {each["uuid"] for each in result["risks"]},
    }
    used: dict[str, set[str]] = {name: set() for name in known}
    for each in (*result["observations"], *result["findings"], *result["risks"]):
        for part in ("subjects", "related-observations", "related-risks"):
            for reference in each.get(part, ()):
                for name in known.keys() & reference.keys():
                    used[name].add(reference[name])
    judged = {each["related-observations"][0]["observation-uuid"] for each in result["findings"]}
    assert used == known | {"observation-uuid": judged}
    assert judged < known["observation-uuid"], "what does not apply is observed only"
    document = oscal(renderer("oscal").render(sample))
    assert document["import-ap"]["href"] == f"#{document['back-matter']['resources'][0]['uuid']}"


def test_a_third_party_s_check_may_have_any_name() -> None:
    odd: Finding = finding("7 läufe/x", Status.FAIL)
    assert result_of(small(odd))["findings"][0]["target"]["target-id"] == "_7_l_ufe_x"


def named(each: dict[str, object]) -> dict[str, str]:
    return {prop["name"]: prop["value"] for prop in each["props"]}
