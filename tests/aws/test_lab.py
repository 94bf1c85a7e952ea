"""The lab's account, scanned: the verdicts that a careful human gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.aws.account import Account
from tests.cli.run import scan_json

# What the lab deploys, apart from 4.1, whose pattern looks for an error code that no EC2 denial carries.
DEPLOYED = {"4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.13", "4.14"}
LEFT_OUT = {"4.10", "4.11", "4.12", "4.15"}


def alarms(account: Account, home: Path) -> dict[str, Any]:
    report = scan_json(account, home, "--benchmark", "cis-3.0")
    calls = report["run"]["api_calls"]
    # What else may tell somebody is asked only because a control fails.
    beside = {name: calls.pop(name) for name in ("events:ListRules", "logs:DescribeSubscriptionFilters")}
    assert set(beside.values()) == {1}
    assert sum(calls.values()) <= 30
    return {
        finding["controls"]["cis-3.0"]: finding
        for finding in report["findings"]
        if finding["check_id"].startswith("alarm.")
    }


def test_nobody_listens(lab: Account, tmp_path: Path) -> None:
    found = alarms(lab, tmp_path)
    assert {finding["status"] for finding in found.values()} == {"FAIL"}
    for control in DEPLOYED:
        assert found[control]["reason"] == "Nobody has subscribed to the topic."
        assert [link["link"] for link in found[control]["chain"] if link["status"] == "BROKEN"] == ["subscription"]


def test_somebody_listens(lab_heard: Account, tmp_path: Path) -> None:
    found = alarms(lab_heard, tmp_path)
    assert {control for control, finding in found.items() if finding["status"] == "PASS"} == DEPLOYED
    assert {control for control, finding in found.items() if finding["status"] == "FAIL"} == {"4.1", *LEFT_OUT}


def test_the_labs_pattern_for_refused_calls_misses_every_ec2_denial(lab_heard: Account, tmp_path: Path) -> None:
    finding = alarms(lab_heard, tmp_path)["4.1"]
    assert finding["witness"]["errorCode"] == "Client.UnauthorizedOperation"
    assert finding["witness"]["eventSource"] == "ec2.amazonaws.com"
    assert [link["link"] for link in finding["chain"] if link["status"] == "BROKEN"] == ["filter"]
    assert any("put-metric-filter" in command for command in finding["remediation"]["commands"])
