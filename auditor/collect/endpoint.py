"""Keeps a client's calls on the endpoint that it was given, where a prefix before the host cannot be resolved."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def keep_host_of(client: Any, endpoint_url: str | None) -> None:
    """Makes a client call the given host itself, where AWS's API asks for a prefix that the host cannot have.

    S3 Control puts the account's id before the host. The endpoint rules do so for a custom endpoint as well, and
    nothing in the configuration turns that off. `123456789012.127.0.0.1` is no host, so an endpoint that is an IP
    address or `localhost` is called as it is; the account's id travels in `x-amz-account-id` besides. A host with a
    name is left alone, for its owner may well resolve the prefix.

    Args:
        client: A boto3 client.
        endpoint_url: The URL that the client was made with; None for AWS's own.
    """
    parts = urlsplit(endpoint_url or "")
    if not parts.hostname or not _takes_no_prefix(parts.hostname):
        return
    netloc = parts.netloc

    def keep(request: Any, **_: Any) -> None:
        request.url = urlsplit(request.url)._replace(netloc=netloc).geturl()

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-sign.{service}", keep)


def _takes_no_prefix(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
