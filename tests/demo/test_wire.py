from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from auditor.demo.server import serving
from auditor.demo.trail_parts import make_bucket
from tests.aws.account import Account

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{}/aws4_request, Signature=00"
TOPICS = b"Action=ListTopics&Version=2010-03-31"
FORM = "application/x-www-form-urlencoded"


def connected(account: Account) -> HTTPConnection:
    return HTTPConnection(urlsplit(account.endpoint_url).netloc, timeout=10)


def list_topics(connection: HTTPConnection, **headers: str) -> int:
    signed = {"Authorization": SIGNED.format("sns"), "Content-Type": FORM}
    connection.request("POST", "/", TOPICS, {**signed, **headers})
    response = connection.getresponse()
    assert b"ListTopicsResult" in response.read()
    return response.status


def test_a_connection_stays_open(aws_account: Account) -> None:
    connection = connected(aws_account)
    assert list_topics(connection) == 200
    kept = connection.sock
    assert list_topics(connection) == 200
    assert connection.sock is kept
    list_topics(connection, Connection="close")
    assert connection.sock is None
    connection.close()


def test_a_body_may_come_late_and_in_pieces(aws_account: Account) -> None:
    place = urlsplit(aws_account.endpoint_url)
    head = f"POST / HTTP/1.1\r\nHost: here\r\nAuthorization: {SIGNED.format('sns')}\r\nContent-Type: {FORM}\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as plain:
        plain.sendall(f"{head}Expect: 100-continue\r\nContent-Length: {len(TOPICS)}\r\n\r\n".encode())
        assert plain.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for piece in (TOPICS[:7], TOPICS[7:]):
            plain.sendall(piece)
        assert b"ListTopicsResult" in plain.recv(1 << 16)
        plain.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n7\r\n".encode() + TOPICS[:7])
        plain.sendall(f"\r\n{len(TOPICS) - 7:x}\r\n".encode() + TOPICS[7:] + b"\r\n0\r\n\r\n")
        assert b"ListTopicsResult" in plain.recv(1 << 16)


def test_what_is_no_request_is_refused(aws_account: Account) -> None:
    place = urlsplit(aws_account.endpoint_url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as plain:
        plain.sendall(b"hello\r\n\r\n")
        assert plain.recv(1 << 16).startswith(b"HTTP/1.1 400 Bad Request")
        assert plain.recv(1 << 16) == b""


def test_a_head_tells_the_length_and_sends_no_body(aws_account: Account) -> None:
    make_bucket(aws_account, "logs")
    s3 = aws_account.client("s3")
    s3.put_object(Bucket="logs", Key="a/b c", Body=b"12345", Metadata={"with_underscore": "kept"})
    for _ in range(2):
        head = s3.head_object(Bucket="logs", Key="a/b c")
        assert (head["ContentLength"], head["Metadata"]) == (5, {"with_underscore": "kept"})


def test_answers_are_held_back_side_by_side(aws_account: Account) -> None:
    aws_account.controls.latency(0.5)
    connections = [connected(aws_account) for _ in range(8)]
    started = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(list_topics, connections)) == {200}
    assert 0.5 < time.perf_counter() - started < 0.5 * 8
    for connection in connections:
        connection.close()


def test_what_is_not_signed_gets_an_answer(aws_account: Account) -> None:
    connection = connected(aws_account)
    connection.request("GET", "/_front/nothing")
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())) == (404, {"error": "no such endpoint"})
    connection.request("GET", "/moto-api/data.json")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), serving(port):
            pass
