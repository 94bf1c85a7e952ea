"""Accounts for tests.

aws_account   an empty account, a server in another process; it is emptied before each test
quick         a folder for the PATH in which the real `aws` starts at once
aws_cli       the real `aws` command line on that account
lab           the account that the lab script leaves behind; shared, so leave it as it is
lab_heard     the same, with a confirmed subscriber on its topic
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.account import HERE, Account, AwsCli, serving
from tests.aws.quick_aws import quick_aws

# Commands that the tests start are compiled once, not anew each time, also where Python is told to keep nothing.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """Twice as many as there are cores: tests wait for servers, for browsers, and for what is to be tried again."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(scope="session")
def _aws_process() -> Iterator[Account]:
    with serving() as account:
        yield account


@pytest.fixture
def aws_account(_aws_process: Account) -> Account:
    _aws_process.controls.reset()
    return _aws_process


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with quick_aws(tmp_path_factory.mktemp("aws")) as folder:
        yield folder


@pytest.fixture
def aws_cli(aws_account: Account, tmp_path: Path) -> AwsCli:
    return AwsCli(aws_account, tmp_path)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, quick: Path) -> Iterator[Account]:
    with serving() as account:
        aws = AwsCli(account, tmp_path_factory.mktemp("lab"), quick)
        aws.script(HERE / "day-6.sh")
        aws.script(HERE / "cis-cloudwatch-alarms.sh")
        yield account


@pytest.fixture
def lab_heard(lab: Account) -> Iterator[Account]:
    sns = lab.client("sns")
    (topic,) = sns.list_topics()["Topics"]
    asked = {"TopicArn": topic["TopicArn"], "Protocol": "email", "Endpoint": "you@example.com"}
    arn = sns.subscribe(**asked, ReturnSubscriptionArn=True)["SubscriptionArn"]
    lab.controls.confirm("you@example.com")
    yield lab
    sns.unsubscribe(SubscriptionArn=arn)
