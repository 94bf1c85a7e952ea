from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.demo import embedded_account
from auditor.demo.alarm_parts import benchmark_patterns
from auditor.demo.sound import build_sound
from auditor.errors import ConfigurationError
from tests.aws.account import Account


def test_the_demo_account_is_served_and_taken_down() -> None:
    with embedded_account() as account:
        alarms = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
        trails = account.client("cloudtrail").list_trails()["Trails"]
        aliases = account.client("iam").list_account_aliases()["AccountAliases"]
    assert len(alarms) == 15
    assert {trail["Name"] for trail in trails} == {"management-trail", "legacy-eu-trail"}
    assert aliases == ["acme-production"]
    with pytest.raises(OSError, match="refused"):
        account.controls.calls()


def test_it_is_the_same_each_time() -> None:
    def keys() -> list[str]:
        with embedded_account() as account:
            return [key["KeyArn"] for key in account.client("kms").list_keys()["Keys"]]

    assert keys() == keys()


DEMO = """
import auditor.demo, os, sys
assert "moto" not in sys.modules
before = dict(os.environ)
with auditor.demo.embedded_account() as account:
    session = account.session()
    assert session.get_credentials().access_key == "AKIAIOSFODNN7EXAMPLE"
    caller = session.client("sts", endpoint_url=account.endpoint_url).get_caller_identity()
    assert caller["Account"] == "123456789012", caller
assert dict(os.environ) == before
"""


def test_the_users_own_settings_are_neither_read_nor_changed(tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile mine\nthis is no configuration")
    environment = {
        **os.environ,
        "AWS_PROFILE": "no-such-profile",
        "AWS_CONFIG_FILE": str(broken),
        "AWS_SHARED_CREDENTIALS_FILE": str(broken),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
    }
    command = [sys.executable, "-W", "error", "-c", DEMO]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.demo.embedded.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'trail-auditor\[demo\]'"), embedded_account():
        pass


def test_the_sound_account_has_a_chain_for_each_control(aws_account: Account) -> None:
    sound = build_sound(aws_account)
    filters = aws_account.client("logs").describe_metric_filters(logGroupName=sound.log_group)["metricFilters"]
    alarms = aws_account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert len(filters) == len(alarms) == len(benchmark_patterns()) == 15
    assert {alarm["MetricName"] for alarm in alarms} == {
        filter_["metricTransformations"][0]["metricName"] for filter_ in filters
    }
    assert all(len(pattern) <= 1024 for pattern in benchmark_patterns().values())
    status = aws_account.client("cloudtrail").get_trail_status(Name=sound.trail_arn)
    assert status["IsLogging"]
