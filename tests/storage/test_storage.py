"""A folder and a prefix of a bucket behave alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.collect import Connection
from auditor.errors import OutputError, UsageError
from auditor.storage import Storage, storage_at
from auditor.storage.s3 import ON_BUCKET, ON_OBJECTS, bucket_and_prefix
from tests.aws.account import Account

Place = Callable[[str], Storage]


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return lambda name: storage_at(str(tmp_path / name))
    account: Account = request.getfixturevalue("aws_account")
    account.client("s3").create_bucket(Bucket="acme-audits")
    connection = Connection(account.session(), "us-east-1", account.endpoint_url)
    return lambda name: storage_at(f"s3://acme-audits/{name}", connection)


def test_what_is_written_is_read_and_listed(place: Place) -> None:
    storage = place("runs/one")
    storage.prepare()
    assert storage.read("accounts/1/row.json") is None
    storage.write("accounts/1/row.json", b"first")
    storage.write("accounts/1/row.json", b"second")
    storage.write("accounts/2/report.html", b"<p>")
    storage.write("run.json", b"{}")
    place("runs/one-more").write("accounts/3/row.json", b"of another run")
    assert storage.read("accounts/1/row.json") == b"second"
    assert sorted(storage.names("accounts/")) == ["accounts/1/row.json", "accounts/2/report.html"]


def test_to_prepare_leaves_nothing(place: Place) -> None:
    storage = place("runs/two")
    storage.prepare()
    storage.write("accounts/1", b"")
    assert sorted(storage.names("accounts/")) == ["accounts/1"]
    assert storage.read(".trail-auditor") is None


def test_s3_is_asked_for_no_more_than_the_policy_names(aws_account: Account) -> None:
    aws_account.client("s3").create_bucket(Bucket="acme-audits")
    storage = storage_at("s3://acme-audits/a", Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url))
    aws_account.controls.forget_calls()
    storage.prepare()
    storage.write("accounts/1", b"")
    assert storage.read("accounts/1") == b""
    assert list(storage.names("accounts/")) == ["accounts/1"]
    # To delete is tried once, and not needed.
    listed = {f"{operation.service}:{operation.name}" for operation in (*ON_OBJECTS, *ON_BUCKET)}
    assert set(aws_account.controls.calls()) == listed | {"s3:DeleteObject"}


def test_more_than_a_page_of_names(place: Place) -> None:
    storage = place("many")
    names = {f"accounts/{number}" for number in range(30)}
    for name in names:
        storage.write(name, b"")
    assert set(storage.names("accounts/")) == names


def test_a_bucket_that_is_not_there_is_told_before_any_work(aws_account: Account) -> None:
    connection = Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url)
    with pytest.raises(OutputError, match=r"s3://no-such-bucket/x/.* cannot be written.*NoSuchBucket.*s3:PutObject"):
        storage_at("s3://no-such-bucket/x", connection).prepare()


def test_a_browser_shows_what_lies_in_a_bucket(aws_account: Account) -> None:
    s3 = aws_account.client("s3")
    s3.create_bucket(Bucket="acme-audits")
    connection = Connection(aws_account.session(), "us-east-1", aws_account.endpoint_url)
    storage = storage_at("s3://acme-audits/", connection)
    kinds = {
        "fleet.html": "text/html; charset=utf-8",
        "fleet.pdf": "application/pdf",
        "a.jsonl": "application/x-ndjson",
    }
    for name, kind in kinds.items():
        storage.write(name, b"")
        assert s3.head_object(Bucket="acme-audits", Key=name)["ContentType"] == kind


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("s3://acme", ("acme", "")),
        ("s3://acme/", ("acme", "")),
        ("s3://acme/a/b", ("acme", "a/b/")),
        ("s3://acme/a/b/", ("acme", "a/b/")),
    ],
)
def test_urls(url: str, parts: tuple[str, str]) -> None:
    assert bucket_and_prefix(url) == parts


@pytest.mark.parametrize("url", ["s3://", "s3:///a", "s3://acme/a?b=c"])
def test_urls_that_name_no_place(url: str) -> None:
    with pytest.raises(UsageError, match="names no place in S3"):
        bucket_and_prefix(url)
