"""`auditor scan` from outside: exit codes, files, and what it says of bad input."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditor.demo.sound import build_sound
from tests.aws.account import Account
from tests.cli.run import Done, auditor, scan, scan_json

ALARM = ("--check", "alarm.root_usage")


def one_line(done: Done) -> str:
    """The one line that a failing command says."""
    assert done.code == 2, done
    assert done.out == ""
    assert "Traceback" not in done.err
    (line,) = done.err.strip().splitlines()
    return line


def test_a_sound_account_passes_every_check(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account)
    report = scan_json(aws_account, tmp_path)
    wrong = [(one["check_id"], one["reason"]) for one in report["findings"] if one["status"] != "PASS"]
    assert wrong == []
    assert report["summary"]["score"] == 100
    assert report["run"]["benchmark"] == "cis-5.0"


def test_all_formats_are_written_and_named(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=("root_usage",))
    out = tmp_path / "deep" / "report"
    done = scan(aws_account, tmp_path, *ALARM, "--out", str(out))
    assert done.code == 0, done.err
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "report.json", "report.pdf"]
    assert all(str(out / f"report.{kind}") in done.out for kind in ("html", "pdf", "json"))
    assert "\x1b" not in done.out + done.err, "no colour where nobody looks"


def test_a_failure_gives_1_unless_it_is_below_the_line(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=())
    for fail_on, code in (("info", 1), ("critical", 1), ("never", 0)):
        assert scan(aws_account, tmp_path, *ALARM, "-q", "-f", "json", "--fail-on", fail_on).code == code
    low = ("--check", "alarm.vpc_changes", "-q", "-f", "json", "--out", str(tmp_path / "r"))
    assert scan(aws_account, tmp_path, *low, "--fail-on", "high").code == 0


def test_what_could_not_be_read_gives_3_and_names_the_permission(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=("root_usage",))
    aws_account.controls.fail("cloudwatch:DescribeAlarms")
    done = scan(aws_account, tmp_path, *ALARM, "--format", "json", "--out", "-")
    assert done.code == 3
    (finding,) = done.report["findings"]
    assert finding["status"] == "UNKNOWN"
    assert "cloudwatch:DescribeAlarms" in finding["reason"]


def test_an_account_without_a_trail_fails_and_does_not_crash(aws_account: Account, tmp_path: Path) -> None:
    findings = scan_json(aws_account, tmp_path, "--skip", "securityhub.enabled")["findings"]
    statuses = {finding["check_id"]: finding["status"] for finding in findings}
    idle = {check for check, status in statuses.items() if status == "NOT_APPLICABLE"}
    assert idle == {
        *(check for check in statuses if check.startswith("bucket.")), "cloudwatch.retention", "cloudwatch.encryption"
    }  # fmt: skip
    assert {status for check, status in statuses.items() if check not in idle} == {"FAIL"}
    assert all("no trail" in finding["reason"] for finding in findings)


def test_the_ids_of_findings_are_the_same_from_run_to_run(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=("root_usage",))
    first, second = (scan_json(aws_account, tmp_path)["findings"] for _ in range(2))
    assert [one["id"] for one in first] == [one["id"] for one in second]
    assert len({one["id"] for one in first}) == len(first)


def test_a_waiver_is_shown_and_lifts_the_failure_until_its_day(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=())
    waivers = tmp_path / "waivers.toml"
    text = '[[waiver]]\ncheck = "alarm.*"\nreason = "SIEM"\nowner = "soc@example.com"\nexpires = {}\n'
    waivers.write_text(text.format("2999-01-01"))
    done = scan(aws_account, tmp_path, *ALARM, "--waivers", str(waivers), "--format", "json", "--out", "-")
    assert done.code == 0
    assert done.report["summary"]["waived"] == 1
    assert done.report["findings"][0]["waiver"]["owner"] == "soc@example.com"
    waivers.write_text(text.format("2020-01-01"))
    done = scan(aws_account, tmp_path, *ALARM, "--waivers", str(waivers), "--format", "json", "--out", "-")
    assert done.code == 1
    assert any("expired on 2020-01-01" in note for note in done.report["findings"][0]["notes"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[waiver]", "no TOML"),
        ('[[waiver]]\ncheck = "a"\n', "reason"),
        ('[[waiver]]\ncheck = "a"\nreason = "r"\nowner = "o"\nexpires = "soon"\n', "expires"),
        ('[[waiver]]\ncheck = "a"\nreason = "r"\nowner = "o"\nexpires = 2030-01-01\nuntil = 1\n', "until"),
    ],
)
def test_a_broken_waiver_file(aws_account: Account, tmp_path: Path, text: str, said: str) -> None:
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(text)
    assert said in one_line(scan(aws_account, tmp_path, "--waivers", str(waivers)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "nobody"), "'nobody'"),
        (("--region", "mars-north-1"), "'mars-north-1'"),
        (("--check", "alarm.root_usge"), "Did you mean alarm.root_usage?"),
        (("--skip", "nothing.*"), "'nothing.*'"),
        (("--endpoint-url", "http://127.0.0.1:9"), "could not be reached"),
        (("--endpoint-url", "there"), "'there'"),
        (("--format", "docx"), "'docx'"),
        (("--format", "json,html", "--out", "-"), "takes one format"),
        (("--waivers", "gone.toml"), "gone.toml"),
    ],
)
def test_bad_input_gets_one_clear_line(
    aws_account: Account, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in one_line(scan(aws_account, tmp_path, *arguments))


def test_no_credentials(aws_account: Account, tmp_path: Path) -> None:
    environment = aws_account.environment(tmp_path)
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
    assert "credentials" in one_line(auditor("scan", environment=environment))


def test_an_expired_token(aws_account: Account, tmp_path: Path) -> None:
    aws_account.controls.fail("sts:GetCallerIdentity", "ExpiredToken")
    assert "ExpiredToken" in one_line(scan(aws_account, tmp_path))


def test_an_output_folder_that_cannot_be_written_is_told_before_anything_is_read(
    aws_account: Account, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    aws_account.controls.forget_calls()
    assert str(tmp_path / "file") in one_line(scan(aws_account, tmp_path, "--out", str(tmp_path / "file")))
    assert aws_account.controls.calls() == {}


def test_benchmark_numbers_follow_the_version(aws_account: Account, tmp_path: Path) -> None:
    report = scan_json(aws_account, tmp_path, *ALARM, "--benchmark", "cis-1.2")
    assert report["run"]["benchmark"] == "cis-1.2"
    controls = report["findings"][0]["controls"]
    assert (controls["cis-1.2"], controls["cis-3.0"], controls["cis-7.0"]) == ("3.3", "4.3", "5.3")


def test_json_on_stdout_is_nothing_but_json(aws_account: Account, tmp_path: Path) -> None:
    done = scan(aws_account, tmp_path, *ALARM, "--format", "json", "--out", "-")
    json.loads(done.out)
    assert done.err == ""


def test_an_interrupted_scan_says_so_and_is_no_failed_finding(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=())
    aws_account.controls.latency(2)
    aws_account.controls.forget_calls()
    command = [sys.executable, "-m", "auditor.cli", "scan", "--out", str(tmp_path / "r"), "-f", "json"]
    with subprocess.Popen(
        command, env=aws_account.environment(tmp_path), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 30
        while not aws_account.controls.calls() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (out, err.strip()) == ("", "auditor: Interrupted.")
