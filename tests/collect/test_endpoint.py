from __future__ import annotations

from typing import Any

import pytest

from auditor.collect.endpoint import keep_host_of
from auditor.demo.session import Credentials, isolated_session


class SentError(Exception):
    """Carries the request that would have been sent."""


def url_of(endpoint_url: str | None) -> str:
    session: Any = isolated_session(Credentials(), "eu-west-1")
    client = session.client("s3control", endpoint_url=endpoint_url)
    keep_host_of(client, endpoint_url)

    def stop(request: Any, **_: Any) -> None:
        assert request.headers["x-amz-account-id"] == b"123456789012"
        assert b"Signature=" in request.headers["Authorization"]
        raise SentError(request.url)

    client.meta.events.register("before-send.s3-control", stop)
    with pytest.raises(SentError) as caught:
        client.get_public_access_block(AccountId="123456789012")
    return str(caught.value).removesuffix("/v20180820/configuration/publicAccessBlock")


@pytest.mark.parametrize(
    ("endpoint_url", "called"),
    [
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("https://aws.example:8443", "https://123456789012.aws.example:8443"),
        (None, "https://123456789012.s3-control.eu-west-1.amazonaws.com"),
    ],
)
def test_the_account_stands_before_the_host_where_a_host_can_have_it(endpoint_url: str | None, called: str) -> None:
    assert url_of(endpoint_url) == called
