from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import create_parser

from auditor.demo.trail_parts import document, make_bucket
from tests.aws.account import Account
from tests.aws.proxy import Record, proxying, round_trips

ONCE = {"total_max_attempts": 1}
PATIENT = {"total_max_attempts": 12}


def client(account: Account, service: str, retries: Any = ONCE) -> Any:
    session: Any = account.session()
    config = Config(retries=retries, max_pool_connections=20)
    return session.client(service, endpoint_url=account.endpoint_url, config=config)


def test_answers_are_held_back_side_by_side(aws_account: Account) -> None:
    with proxying(aws_account.endpoint_url, latency=0.3) as proxy:
        sns = client(proxy.before(aws_account), "sns")
        started = time.monotonic()
        sns.list_topics()
        assert time.monotonic() - started > 0.3
        proxy.forget()
        with ThreadPoolExecutor(20) as pool:
            assert len([*pool.map(lambda _: sns.list_topics(), range(20))]) == 20
        records = proxy.records()
        assert all(record.end - record.begin >= 0.3 for record in records)
        assert len(records) == 20
        assert round_trips(records) < 10


def test_a_chain_is_as_long_as_its_calls(aws_account: Account) -> None:
    with proxying(aws_account.endpoint_url, latency=0.02) as proxy:
        sns = client(proxy.before(aws_account), "sns")
        for _ in range(7):
            sns.list_topics()
        assert round_trips(proxy.records()) == 7


def test_the_longest_chain_of_several() -> None:
    def asked(begin: float, end: float) -> Record:
        return Record(begin, end, "sns:ListTopics", "", "", "us-east-1", "passed")

    assert round_trips([]) == 0
    assert round_trips([asked(0, 9), asked(0, 1), asked(1, 2), asked(1, 4), asked(3, 5)]) == 3
    assert round_trips([asked(0, 2), asked(1, 3)]) == 1


THROTTLES = [
    ("s3", "list_buckets", "SlowDown"),
    ("sns", "list_topics", "Throttling"),
    ("iam", "list_roles", "Throttling"),
    ("sts", "get_caller_identity", "Throttling"),
    ("logs", "describe_log_groups", "ThrottlingException"),
    ("cloudtrail", "list_trails", "ThrottlingException"),
    ("cloudwatch", "describe_alarms", "Throttling"),
    ("securityhub", "describe_hub", "ThrottlingException"),
    ("organizations", "list_accounts", "TooManyRequestsException"),
]


def test_throttling_is_told_as_the_service_tells_it(aws_account: Account) -> None:
    with proxying(aws_account.endpoint_url, throttle=1.0) as proxy:
        for service, method, code in THROTTLES:
            with pytest.raises(ClientError) as caught:
                getattr(client(proxy.before(aws_account), service), method)()
            assert caught.value.response["Error"]["Code"].startswith(code)
        with pytest.raises(ClientError, match="503"):
            client(proxy.before(aws_account), "s3").head_bucket(Bucket="logs")
        assert proxy.counts() == {"throttled": len(THROTTLES) + 1}
    assert aws_account.controls.calls() == {}


def test_throttling_is_told_in_cbor_to_whom_speaks_it(aws_account: Account) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/monitoring/aws4_request, Signature=00"
    with proxying(aws_account.endpoint_url, throttle=1.0) as proxy:
        connection = HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
        asked = {"Authorization": scope, "Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
        connection.request("POST", "/service/GraniteServiceVersion20100801/operation/DescribeAlarms", b"\xa0", asked)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        told = {"status_code": response.status, "headers": headers, "body": response.read()}
        connection.close()
    assert create_parser("smithy-rpc-v2-cbor").parse(told, None)["Error"]["Code"] == "ThrottlingException"


def test_a_share_of_the_calls_fails_the_same_each_time(aws_account: Account) -> None:
    def outcomes(seed: int) -> list[str]:
        with proxying(aws_account.endpoint_url, throttle=0.2, reset=0.1, seed=seed) as proxy:
            sns = client(proxy.before(aws_account), "sns")
            told = Counter()
            for _ in range(300):
                try:
                    sns.list_topics()
                    told["passed"] += 1
                except ClientError:
                    told["throttled"] += 1
                except ConnectionClosedError:
                    told["reset"] += 1
            assert proxy.counts() == told
            assert 40 <= told["throttled"] <= 80
            assert 15 <= told["reset"] <= 45
            return [record.outcome for record in proxy.records()]

    assert outcomes(7) == outcomes(7) != outcomes(8)


def test_botocore_tries_again_until_it_is_let_through(aws_account: Account) -> None:
    with proxying(aws_account.endpoint_url, throttle=0.3, reset=0.1) as proxy:
        logs = client(proxy.before(aws_account), "logs", PATIENT)
        for number in range(10):
            logs.create_log_group(logGroupName=f"group-{number}")
        counts = proxy.counts()
    assert counts["passed"] == 10
    assert counts["throttled"] + counts["reset"] >= 2
    assert aws_account.controls.calls() == {"logs:CreateLogGroup": 10}


def test_the_records_say_who_asked_for_what(aws_account: Account) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    theirs = aws_account.other("444455556666")
    theirs.client("iam").create_role(RoleName="audit", AssumeRolePolicyDocument=document(trust))
    with proxying(aws_account.endpoint_url) as proxy:
        mine = proxy.before(aws_account)
        audit = mine.taking_on("arn:aws:iam::444455556666:role/audit")
        audit.client("logs", "eu-west-1").describe_log_groups()
        make_bucket(mine.other("777777777777"), "logs")
        mine.client("s3").put_object(Bucket="logs", Key="one", Body=b"1")
        mine.controls.forget_calls()
        records = proxy.records()
    first, second = records[:2]
    assert (first.name, first.account) == ("sts:AssumeRole", aws_account.account_id)
    assert (second.name, second.account, second.region) == ("logs:DescribeLogGroups", "444455556666", "eu-west-1")
    assert second.access_key == audit.credentials.access_key_id
    names = {record.name: record.account for record in records[2:]}
    assert names["s3:PUT /logs?versioning"] == "777777777777"
    assert names["s3:PUT /logs/one"] == aws_account.account_id
    assert records == sorted(records, key=lambda record: record.end)
