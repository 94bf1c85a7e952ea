"""Log files in a folder and in a bucket, told by name and in order."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.logs import LogFile, LogFileError, Unlisted, log_files
from auditor.logs.bucket import _AHEAD
from auditor.logs.files import delivered_at, is_digest
from tests.aws.account import Account
from tests.scenarios.stage import connection_to

BUCKET = "acme-logs"
PREFIX = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/20/"


def key(hour: int, minute: int = 0) -> str:
    return f"{PREFIX}123456789012_CloudTrail_us-east-1_20261120T{hour:02}{minute:02}Z_{hour:08}{minute:08}.json.gz"


@pytest.fixture
def bucket(aws_account: Account) -> Account:
    s3 = aws_account.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for hour in (2, 0, 1):
        s3.put_object(Bucket=BUCKET, Key=key(hour), Body=gzip.compress(f"{hour}".encode()))
    digest = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/20/123456789012_CloudTrail-Digest_us.json.gz"
    for other in (digest, f"{PREFIX}readme.md", "elsewhere/events.json"):
        s3.put_object(Bucket=BUCKET, Key=other, Body=b"{}")
    return aws_account


def read(files: object) -> list[tuple[str, bytes]]:
    found = [(each.name, each.read()) for each in files if not isinstance(each, Unlisted)]  # type: ignore[attr-defined]
    return [(name.rpartition("/")[2], gzip.decompress(content)) for name, content in found]


def test_objects_come_in_the_order_of_their_keys(bucket: Account) -> None:
    files = log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket))
    assert files.place == f"s3://{BUCKET}/AWSLogs/"
    assert read(files) == [(key(hour).rpartition("/")[2], f"{hour}".encode()) for hour in (0, 1, 2)]
    assert read(files) == read(files), "it can be gone through again"


def test_more_objects_than_are_fetched_ahead(bucket: Account) -> None:
    s3 = bucket.client("s3")
    for minute in range(1, _AHEAD + 8):
        s3.put_object(Bucket=BUCKET, Key=key(3, minute), Body=gzip.compress(b"x"))
    bucket.controls.page_size(10)
    files = list(log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket)))
    names = [each.name for each in files]
    assert names == sorted(names)
    assert len(names) == _AHEAD + 10


def test_the_files_delivered_before_a_time_are_not_fetched(bucket: Account) -> None:
    since = datetime(2026, 11, 20, 1, tzinfo=UTC)
    bucket.controls.forget_calls()
    found = read(log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket), since=since))
    assert [content for _, content in found] == [b"1", b"2"]
    assert bucket.controls.calls()["s3:GetObject"] == 2


def test_an_object_by_its_own_key(bucket: Account) -> None:
    assert [content for _, content in read(log_files(f"s3://{BUCKET}/{key(1)}", connection_to(bucket)))] == [b"1"]


def test_an_object_that_may_not_be_read_says_so(bucket: Account) -> None:
    bucket.controls.fail("s3:GetObject", match=key(1).rpartition("/")[2])
    told: list[str] = []
    for each in log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket)):
        assert not isinstance(each, Unlisted)
        try:
            told.append(gzip.decompress(each.read()).decode())
        except LogFileError as error:
            told.append(str(error))
    assert told == ["0", "the permission s3:GetObject is missing", "2"]


def test_a_bucket_that_may_not_be_listed_says_so(bucket: Account) -> None:
    bucket.controls.fail("s3:ListObjectsV2")
    (only,) = log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket))
    assert only == Unlisted(f"s3://{BUCKET}/AWSLogs/", "the permission s3:ListBucket is missing")


def test_a_bucket_that_does_not_exist(bucket: Account) -> None:
    (only,) = log_files("s3://no-such-bucket-here/", connection_to(bucket))
    assert isinstance(only, Unlisted)
    assert "NoSuchBucket" in only.reason


def test_reading_may_stop_early(bucket: Account) -> None:
    files = iter(log_files(f"s3://{BUCKET}/AWSLogs/", connection_to(bucket)))
    first = next(files)
    assert not isinstance(first, Unlisted)
    assert first.size == len(first.read())
    files.close()  # type: ignore[attr-defined]


def test_a_folder_and_the_folders_within(tmp_path: Path) -> None:
    for name in ("b.json.gz", "a/x.ndjson", "a/.hidden.json", "a/notes.md", "c.json", "CloudTrail-Digest/d.json.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    files = log_files(str(tmp_path))
    found: list[LogFile] = [each for each in files if not isinstance(each, Unlisted)]
    assert [each.name for each in found] == [str(tmp_path / name) for name in ("b.json.gz", "c.json", "a/x.ndjson")]
    assert [each.read() for each in found] == [b"b.json.gz", b"c.json", b"a/x.ndjson"]
    assert files.size == sum(each.size for each in found) == 25


def test_a_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(b"{}")
    (only,) = log_files(str(path))
    assert not isinstance(only, Unlisted)
    assert (only.name, only.size, only.read()) == (str(path), 2, b"{}")
    path.unlink()
    with pytest.raises(LogFileError, match="No such file"):
        only.read()


@pytest.mark.parametrize("place", ["no/such/folder", "s3://bucket/prefix", "s3:///prefix"])
def test_a_place_that_there_is_not(place: str, aws_account: Account) -> None:
    connection = connection_to(aws_account) if place == "s3:///prefix" else None
    with pytest.raises(UsageError):
        log_files(place, connection)


def test_the_name_tells_when_a_file_was_delivered() -> None:
    assert delivered_at(key(1, 5)) == datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
    assert delivered_at("events.json") is None
    assert delivered_at("1_CloudTrail_us-east-1_20269920T0105Z_x.json.gz") is None


def test_the_name_tells_a_digest() -> None:
    assert is_digest("AWSLogs/1/CloudTrail-Digest/us-east-1/x.json.gz")
    assert is_digest("1_CloudTrail-Digest_us-east-1_t_us-east-1_20261120T120000Z.json.gz")
    assert not is_digest(key(1))
