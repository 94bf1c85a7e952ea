"""How an account that is served from this machine is reached."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple, Self

import boto3.session
import botocore.session
from botocore.config import Config

from auditor.collect.endpoint import keep_host_of
from auditor.demo.controls import Controls


class Credentials(NamedTuple):
    """A key pair that opens nothing but an emulated account.

    Attributes:
        access_key_id: The key's id; one that AWS prints in its own examples.
        secret_access_key: The secret.
        session_token: The token that comes with the keys of a role; empty for others.
    """

    access_key_id: str = "AKIAIOSFODNN7EXAMPLE"
    secret_access_key: str = "demo"  # noqa: S105  opens nothing
    session_token: str = ""

    @classmethod
    def of(cls, account_id: str) -> Credentials:
        """Gives the key pair by which a front knows a user of an account, whether the account holds anything or not."""
        return cls(f"AKIA{account_id}DEMO")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Where an emulated account is, and how to reach it.

    Attributes:
        endpoint_url: The URL that every client is to be given.
        credentials: The key pair.
        region: The region where the account's trail is at home.
        account_id: The account's id.
    """

    endpoint_url: str
    credentials: Credentials = field(default_factory=Credentials)
    region: str = "us-east-1"
    account_id: str = "123456789012"

    @property
    def controls(self) -> Controls:
        """Gives the front's own endpoints."""
        return Controls(self.endpoint_url)

    def other(self, account_id: str) -> Self:
        """Gives another account behind the same endpoint."""
        return replace(self, credentials=Credentials.of(account_id), account_id=account_id)

    def taking_on(self, role_arn: str, *, session: str = "audit", external_id: str = "") -> Self:
        """Gives the account of a role, seen by one who takes it on.

        Raises:
            botocore.exceptions.ClientError: The role does not exist, or does not trust this account.
        """
        asked = {
            "RoleArn": role_arn,
            "RoleSessionName": session,
            **({"ExternalId": external_id} if external_id else {}),
        }
        keys = self.client("sts").assume_role(**asked)["Credentials"]
        credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return replace(self, credentials=credentials, account_id=role_arn.split(":")[4])

    def session(self, region: str | None = None) -> boto3.session.Session:
        """Gives a session with these credentials that reads no profile, file or proxy of the user's."""
        return isolated_session(self.credentials, region or self.region)

    def client(self, service: str, region: str | None = None) -> Any:
        """Gives a client of the account; the same one when asked again."""
        return _client(self, service, region or self.region)


def isolated_session(credentials: Credentials, region: str) -> boto3.session.Session:
    """Gives a session that knows these credentials only, whatever the user's own settings are."""
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    core.set_default_client_config(Config(proxies={}))
    return boto3.session.Session(
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token or None,
        region_name=region,
        botocore_session=core,
    )


@lru_cache(maxsize=64)
def _client(account: DemoAccount, service: str, region: str) -> Any:
    session: Any = account.session(region)
    client = session.client(service, endpoint_url=account.endpoint_url)
    keep_host_of(client, account.endpoint_url)
    return client
