"""What every fact has in common: it is frozen, and it says where it came from."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal


class Frozen(BaseModel):
    """A value that does not change once made."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)


class Source(Frozen):
    """Where a fact came from.

    Attributes:
        service: The service as boto3 names it, such as `cloudtrail`.
        operation: The API operation, such as `DescribeTrails`.
        region: The region that was asked.
        at: When the answer came, in UTC.
        request_id: AWS's id of the request; empty where AWS gave none.
    """

    service: str
    operation: str
    region: str
    at: datetime
    request_id: str = ""

    @property
    def call(self) -> str:
        """The call in short, such as `cloudtrail:DescribeTrails`."""
        return f"{self.service}:{self.operation}"


class Fact(Frozen):
    """Something that AWS answered. Subclasses name AWS's own fields by alias."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")

    source: Source = Field(alias="source")


class CamelFact(Fact):
    """A fact of a service that writes its field names in camelCase, such as CloudWatch Logs."""

    model_config = ConfigDict(alias_generator=to_camel)


class Part(Frozen):
    """A part of a fact, which has no source of its own."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")


class CamelPart(Part):
    """A part of a fact of a service that writes its field names in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class Unreadable(Frozen):
    """A fact that could not be read, in the place of the fact.

    Attributes:
        source: The call that failed, or that would have been needed.
        error_code: AWS's error code, `Timeout`, `Unreachable`, or `OtherAccount` where no call was made because
            the resource belongs to another account.
        message: What AWS said.
        permission: The IAM action that the call needs.
        resource: The name or ARN of what was to be read.
        account_id: The account that owns the resource, where it is known.
    """

    model_config = ConfigDict(extra="forbid")

    source: Source
    error_code: str
    message: str
    permission: str
    resource: str
    account_id: str = ""

    @property
    def reason(self) -> str:
        """One sentence: what could not be read, where, and what is missing."""
        owner = f" of account {self.account_id}" if self.account_id else ""
        if self.error_code == "OtherAccount":
            return f"{self.resource} belongs to account {self.account_id}; reading it there needs {self.permission}"
        if self.denied:
            return f"{self.resource}{owner} could not be read: the permission {self.permission} is missing"
        return f"{self.resource}{owner} could not be read: {self.source.call} failed with {self.error_code}"

    @property
    def denied(self) -> bool:
        """Whether AWS refused the call for want of a permission."""
        return self.error_code in DENIED


DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "403",
    }
)

T = TypeVar("T")
# typing.Union, for `T | Unreadable` of a type variable is no alias that mypy can subscript.
Read: TypeAlias = Union[T, Unreadable]  # noqa: UP007
