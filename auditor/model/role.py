"""IAM roles that CloudTrail takes on to write to CloudWatch Logs."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import Fact, Frozen, Read


class Role(Fact):
    """A role with its trust policy as text (iam:GetRole)."""

    arn: str
    name: str = Field(alias="RoleName")
    trust: str
    boundary: str | None = None


class RolePolicy(Fact):
    """One identity policy of a role as text, inline or attached."""

    name: str
    text: str


class RoleFacts(Frozen):
    """All that was read of the role at an ARN; the role is None where there is no such role."""

    arn: str
    role: Read[Role] | None
    policies: tuple[Read[RolePolicy], ...] = ()
