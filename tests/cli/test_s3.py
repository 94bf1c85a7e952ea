"""Reports of one account that go to a bucket."""

from __future__ import annotations

from pathlib import Path

from auditor.demo.sound import build_sound
from tests.aws.account import Account
from tests.cli.run import auditor, scan


def test_a_scan_writes_to_a_bucket(aws_account: Account, tmp_path: Path) -> None:
    build_sound(aws_account, controls=("root_usage",))
    s3 = aws_account.client("s3")
    s3.create_bucket(Bucket="acme-audits")
    done = scan(
        aws_account, tmp_path, "--check", "alarm.root_usage", "-f", "json,csv", "--out", "s3://acme-audits/today"
    )
    assert done.code == 0, done.err
    assert "Wrote s3://acme-audits/today/report.json" in done.out
    keys = {found["Key"] for found in s3.list_objects_v2(Bucket="acme-audits")["Contents"]}
    assert keys == {"today/report.json", "today/report.csv"}
    stored = tmp_path / "report.json"
    stored.write_bytes(s3.get_object(Bucket="acme-audits", Key="today/report.json")["Body"].read())
    environment = aws_account.environment(tmp_path)
    again = auditor("render", str(stored), "-f", "html", "--out", "s3://acme-audits/again/", environment=environment)
    assert again.code == 0, again.err
    assert s3.get_object(Bucket="acme-audits", Key="again/report.html")["Body"].read().startswith(b"<!DOCTYPE html>")


def test_a_bucket_that_cannot_be_written_to_is_told_before_anything_is_read(
    aws_account: Account, tmp_path: Path
) -> None:
    done = scan(aws_account, tmp_path, "-f", "json", "--out", "s3://no-such-bucket")
    assert done.code == 2
    assert "s3://no-such-bucket" in done.err
    assert "cloudtrail:DescribeTrails" not in aws_account.controls.calls()
