"""Who signs a call: a key pair of an account's own, or the keys of a role that somebody has taken on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends

_OF_AN_ACCOUNT = re.compile(r"AKIA(\d{12})DEMO")


@dataclass(frozen=True, slots=True)
class Caller:
    """One who calls.

    Attributes:
        account: The account's id.
        arn: The ARN of user or role session.
        session_token: The token that comes with the keys; empty for those of a user.
        role: The name of the role that was taken on; empty for a user.
        session: The name of the role's session; empty for a user.
    """

    account: str
    arn: str
    session_token: str = ""
    role: str = ""
    session: str = ""

    @property
    def principal_arn(self) -> str:
        """What policies know as `aws:PrincipalArn`: of a session that of its role."""
        return f"arn:aws:iam::{self.account}:role/{self.role}" if self.role else self.arn


class Callers:
    """Finds who calls by the access key, and gives keys for roles.

    Moto keeps every role that is taken on, makes an IAM for each account of a key, policies of AWS's included, and
    looks through all of them at each call. Here a role's session has one key pair, however often it is asked for.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, Caller] = {}

    def find(self, key: str, account: str = "") -> Caller:
        """Gives who calls.

        Args:
            key: The access key's id. `AKIA123456789012DEMO` is a user's of the account 123456789012.
            account: The account that the request names; by the key where it is empty.
        """
        caller = self._by_key.get(key)
        if caller is not None:
            return caller
        account = account or _account_of(key)
        return Caller(account, f"arn:aws:iam::{account}:user/auditor")

    def take_on(self, account: str, role: str, session: str) -> tuple[str, Caller]:
        """Gives the access key's id for a session of a role, and who then calls."""
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
        digest = hashlib.sha256(arn.encode()).hexdigest().upper()
        key = f"ASIA{digest[:16]}"
        caller = self._by_key.get(key)
        if caller is None:
            caller = self._by_key[key] = Caller(account, arn, digest[16:], role, session)
        return key, caller


def _account_of(key: str) -> str:
    named = _OF_AN_ACCOUNT.fullmatch(key)
    if named:
        return named[1]
    for account, backends in list(iam_backends.items()):
        if any(key in backend.access_keys for backend in list(backends.values())):
            return str(account)
    return DEFAULT_ACCOUNT_ID
