"""Log files in a bucket, asked as those in a folder are."""

from __future__ import annotations

from pathlib import Path

from tests.aws.account import Account
from tests.cli.run import auditor

DATA = Path(__file__).parent / "data"


def test_a_bucket_gives_the_rows_that_its_files_give_in_a_folder(aws_account: Account, tmp_path: Path) -> None:
    s3 = aws_account.client("s3")
    s3.create_bucket(Bucket="acme-trail")
    stored = [path for path in sorted(DATA.rglob("*")) if path.is_file() and path.name != "LICENSE"]
    for path in stored:
        s3.put_object(Bucket="acme-trail", Key=f"AWSLogs/{path.relative_to(DATA)}", Body=path.read_bytes())
    words = ("hunt", "run", "activity-by-region", "--format", "csv", "--quiet")
    environment = aws_account.environment(tmp_path)
    folder = auditor(*words, "--logs", str(DATA), environment=environment)
    bucket = auditor(*words, "--logs", "s3://acme-trail/AWSLogs/", environment=environment)
    assert (folder.code, bucket.code) == (0, 0), folder.err + bucket.err
    assert bucket.out == folder.out
    assert len(bucket.out.splitlines()) > 5


def test_a_bucket_that_cannot_be_listed_is_named(aws_account: Account, tmp_path: Path) -> None:
    words = ("hunt", "run", "activity-by-region", "--logs", "s3://no-such-bucket/")
    done = auditor(*words, environment=aws_account.environment(tmp_path))
    assert done.code == 3
    assert "no-such-bucket" in done.err
    assert "Traceback" not in done.err
