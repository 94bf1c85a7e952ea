"""Takes on a role in another account.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.collect.connection import Connection, Credentials
from auditor.collect.operations import Operation
from auditor.errors import AccountError

ASSUME_ROLE = Operation("sts", "AssumeRole", "sts:AssumeRole")
# The caller himself is not accepted; that says nothing of the role.
_OF_THE_CALLER = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch"})


@dataclass(frozen=True, slots=True)
class Assumer:
    """Takes on the same role in any account.

    Attributes:
        connection: Whose credentials take it on.
        account_id: The account of these credentials, which is read with them where it has no such role.
        partition: The partition of all accounts.
        role_name: The role, with its path if it has one.
        session_name: What the role sessions are called.
        external_id: What the role's trust policy asks for; empty for nothing.
    """

    connection: Connection
    account_id: str
    partition: str
    role_name: str
    session_name: str
    external_id: str = ""

    def connection_to(self, account_id: str) -> Connection:
        """Gives a connection to an account, with its own count of requests; STS is asked in the connection's region.

        Raises:
            AccountError: The role cannot be taken on.
        """
        role = f"arn:{self.partition}:iam::{account_id}:role/{self.role_name}"
        asked = {"RoleArn": role, "RoleSessionName": self.session_name}
        if self.external_id:
            asked["ExternalId"] = self.external_id
        sts: Any = self.connection.client("sts", self.connection.region)
        try:
            given = sts.assume_role(**asked)["Credentials"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "Unknown")
            if account_id == self.account_id and code not in _OF_THE_CALLER:
                return self._connection(account_id, self.connection.credentials)
            raise self._refused(role, code, error.response.get("Error", {}).get("Message", "")) from error
        except BotoCoreError as error:
            raise self._refused(role, type(error).__name__, str(error)) from error
        credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return self._connection(account_id, credentials)

    def _connection(self, account_id: str, credentials: Credentials | None) -> Connection:
        own = self.connection
        return Connection(
            own.session,
            own.region,
            own.endpoint_url,
            credentials=credentials,
            account_id=account_id,
            attempts=own.attempts,
            rates=own.rates,
            requests=Counter({f"{ASSUME_ROLE.service}:{ASSUME_ROLE.name}": 1}),
        )

    def _refused(self, role: str, code: str, message: str) -> AccountError:
        said = " ".join(message.split()).rstrip(".")
        if code in _OF_THE_CALLER:
            return AccountError(
                f"AWS does not accept the credentials that are to take on {role} ({code}): {said}.",
                "Sign in again, and continue the run with --resume.",
            )
        return AccountError(
            f"The role {role} could not be taken on ({code}): {said}.",
            "See that it exists there, that it trusts the caller, and that --external-id is what it asks for.",
        )
