"""The connection to AWS: one session, few clients, shared by all calls."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound, UnknownRegionError

from auditor import __version__
from auditor.collect.endpoint import keep_host_of
from auditor.collect.models import core_session
from auditor.collect.rate import THROTTLED, Rates
from auditor.errors import ConfigurationError, UsageError

CONNECT_TIMEOUT = 5  # seconds
READ_TIMEOUT = 20  # seconds
ATTEMPTS = 5
CONCURRENT_CALLS = 16
FALLBACK_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a role's session."""

    aws_access_key_id: str
    aws_secret_access_key: str = field(repr=False)
    aws_session_token: str = field(repr=False)


@dataclass(slots=True)
class Connection:
    """Gives clients, counts the requests that they send, retries included, and holds them to the account's rates.

    Attributes:
        session: The boto3 session whose credentials are used.
        region: The region a scan starts from.
        endpoint_url: Where all services are, or None for AWS itself.
        credentials: What to use in place of the session's own credentials.
        rates: What keeps the calls below AWS's rates; connections to one account share it.
        account_id: The account that the credentials belong to, where `rates` is shared by several accounts.
        attempts: How often a call is sent that fails for a reason that may pass, the first time included.
    """

    session: boto3.session.Session
    region: str
    endpoint_url: str | None = None
    credentials: Credentials | None = None
    rates: Rates = field(default_factory=Rates)
    account_id: str = ""
    attempts: int = ATTEMPTS
    requests: Counter[str] = field(default_factory=Counter)
    _clients: dict[tuple[str, str, bool], Future[BaseClient]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str, *, patient: bool = True) -> BaseClient:
        """Gives the client of a service in a region; one is made of each, since each loads a service model.

        They are made one after another, for that is work for the processor alone: at once, all of them come late.
        A client that is there is given at once, whatever else is being made.

        Args:
            service: The service as boto3 names it.
            region: The region.
            patient: Whether it tries again where a call fails for a reason that may pass.
        """
        key = (service, region, patient)
        with self._lock:
            found = self._clients.get(key)
            if found is None:
                made = self._clients[key] = Future()
        if found is not None:
            return found.result()
        try:
            with self._making:
                client = self._new_client(service, region, self.attempts if patient else 1)
        except BaseException as error:
            made.set_exception(error)
            raise
        made.set_result(client)
        return client

    def _new_client(self, service: str, region: str, attempts: int) -> BaseClient:
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            # The mode "adaptive" has a limiter in each client, which refusals at random bring to a standstill.
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=CONCURRENT_CALLS,
            user_agent_extra=f"trail-auditor/{__version__}",
            # An endpoint that is not AWS's own has no host name for each bucket.
            s3={"addressing_style": "path" if self.endpoint_url else "auto"},
        )
        untyped: Any = self.session  # the stubs name a Literal for every service; here the name is data
        given = asdict(self.credentials) if self.credentials else {}
        client: BaseClient = untyped.client(
            service, region_name=region, endpoint_url=self.endpoint_url, config=config, **given
        )

        def before(event_name: str, **_: object) -> None:
            operation = f"{service}:{event_name.rpartition('.')[2]}"
            self.rates.wait(self.account_id, region, operation)
            with self._lock:
                self.requests[operation] += 1

        def after(event_name: str, parsed_response: Mapping[str, Any] | None, **_: object) -> None:
            if parsed_response is not None:
                operation = f"{service}:{event_name.rpartition('.')[2]}"
                throttled = parsed_response.get("Error", {}).get("Code") in THROTTLED
                self.rates.told(self.account_id, region, operation, throttled=throttled)

        client.meta.events.register("before-send", before)
        client.meta.events.register("response-received", after)
        keep_host_of(client, client.meta.endpoint_url)
        return client


def connect(
    profile: str | None = None, region: str | None = None, endpoint_url: str | None = None, attempts: int = ATTEMPTS
) -> Connection:
    """Makes a connection from the ordinary boto3 credential chain.

    Args:
        profile: An AWS profile; the usual one where it is None.
        region: The region to start from; the profile's where it is None.
        endpoint_url: Where all services are, instead of AWS.
        attempts: How often a call is sent that fails for a reason that may pass, the first time included.

    Raises:
        ConfigurationError: The profile does not exist, or AWS's configuration files cannot be read.
        UsageError: The region does not exist, or the endpoint is no URL.
    """
    try:
        session = boto3.session.Session(profile_name=profile, botocore_session=core_session(profile))
        chosen = region or session.region_name or FALLBACK_REGION
        known = _region_exists(session, chosen)
    except ProfileNotFound as error:
        raise ConfigurationError(
            f"There is no AWS profile {error.kwargs.get('profile', profile)!r}.",
            "See `aws configure list-profiles`.",
        ) from error
    except BotoCoreError as error:
        raise ConfigurationError(f"AWS's configuration cannot be used: {error}", "Check ~/.aws/config.") from error
    if not known:
        raise UsageError(f"There is no region {chosen!r}.", "Give one such as --region us-east-1.")
    if endpoint_url is not None and urlsplit(endpoint_url).scheme not in {"http", "https"}:
        raise UsageError(f"{endpoint_url!r} is no URL.", "Give one such as --endpoint-url http://127.0.0.1:5000.")
    return Connection(session, chosen, endpoint_url, attempts=attempts)


def _region_exists(session: boto3.session.Session, region: str) -> bool:
    try:
        partition = session.get_partition_for_region(region)
    except UnknownRegionError:
        return False
    return region in session.get_available_regions("cloudtrail", partition_name=partition)
