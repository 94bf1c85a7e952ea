"""Who asks for what: the principal, the action, the resource and what is known of the request's context."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

# Only a service that calls in its own name has it.
_SERVICE_NAME = "aws:PrincipalServiceName"
_IAM_IDENTITY = re.compile(r"arn:[^:]+:iam::\d{12}:(root|user/.+|role/.+)")


class Kind(Enum):
    """The kinds of principal that a request can come from."""

    SERVICE = "service"
    AWS = "aws"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who asks. Built by `service`, `aws` or `anonymous`.

    Attributes:
        kind: Which kind it is.
        name: The service principal's name, or the ARN of the user, role, role session or root.
        account_id: The account of an AWS principal, else empty.
    """

    kind: Kind
    name: str = ""
    account_id: str = ""

    @classmethod
    def service(cls, name: str) -> Principal:
        """Gives an AWS service, such as `cloudtrail.amazonaws.com`."""
        return cls(Kind.SERVICE, name)

    @classmethod
    def aws(cls, account_id: str, arn: str) -> Principal:
        """Gives a root, user, role or role session of an account."""
        return cls(Kind.AWS, arn, account_id)

    @classmethod
    def anonymous(cls) -> Principal:
        """Gives one who does not sign the request."""
        return cls(Kind.ANONYMOUS)

    def implied(self) -> Facts:
        """Gives the context keys that follow from who asks.

        Source: "AWS global condition context keys" of the IAM user guide,
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. That a
        service principal belongs to no organization:
        pull request 63 of aws-samples/amazon-cloudwatch-auto-alarms.
        """
        if self.kind is Kind.SERVICE:
            known = {"aws:PrincipalIsAWSService": "true", _SERVICE_NAME: self.name}
            return Facts.of(known, ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
        if self.kind is Kind.ANONYMOUS:
            return Facts.of({}, ("aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", _SERVICE_NAME))
        known = {"aws:PrincipalIsAWSService": "false", "aws:PrincipalAccount": self.account_id}
        # A session's key holds the ARN of its role, whose path the session's ARN does not tell.
        if _IAM_IDENTITY.fullmatch(self.name):
            known["aws:PrincipalArn"] = self.name
        return Facts.of(known, (_SERVICE_NAME,))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the context keys of a request. Names of keys have no case.

    Attributes:
        known: Lower-case key to its values; several for a multivalued key.
        absent: Lower-case keys known not to be in the request.
    """

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    @classmethod
    def of(cls, known: Mapping[str, str | tuple[str, ...]], absent: Collection[str] = ()) -> Facts:
        """Gives facts from keys in any capitals and from single values."""
        folded = {key.lower(): (value,) if isinstance(value, str) else value for key, value in known.items()}
        return cls(folded, frozenset(key.lower() for key in absent))

    def values(self, key: str) -> tuple[str, ...] | None:
        """Gives the values of a key: an empty tuple where it is absent, None where nothing is known."""
        folded = key.lower()
        if folded in self.known:
            return self.known[folded]
        return () if folded in self.absent else None

    def over(self, under: Facts) -> Facts:
        """Gives both sets of facts, these prevailing over the others."""
        known = {key: value for key, value in under.known.items() if key not in self.absent}
        absent = frozenset(key for key in under.absent if key not in self.known)
        return Facts({**known, **self.known}, absent | self.absent)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        principal: Who asks.
        action: The action, or a pattern such as `s3:*` that stands for every action it matches.
        resource: The ARN, or a pattern such as `arn:aws:s3:::b/AWSLogs/*` that stands for all in it.
        context: Condition keys whose values are known.
        absent: Condition keys known not to be in the request; a key in neither is unknown.
    """

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    absent: Collection[str] = ()

    @property
    def facts(self) -> Facts:
        """Gives what is known of the context, what follows from the principal included."""
        return Facts.of(self.context, self.absent).over(self.principal.implied())
