"""Who asked, and of which account."""

from __future__ import annotations

from pydantic import Field

from auditor.model.arn import Arn
from auditor.model.fact import Fact


class Caller(Fact):
    """The identity whose credentials the scan used (sts:GetCallerIdentity)."""

    account_id: str = Field(alias="Account")
    arn: str

    @property
    def partition(self) -> str:
        """The partition of the account: aws, aws-cn, aws-us-gov."""
        found = Arn.parse(self.arn)
        return found.partition if found else "aws"


class Aliases(Fact):
    """The account's aliases (iam:ListAccountAliases)."""

    names: tuple[str, ...] = Field(default=(), alias="AccountAliases")


class SecurityHub(Fact):
    """Whether Security Hub is on in a region (securityhub:DescribeHub); without an ARN it is not."""

    arn: str | None = Field(default=None, alias="HubArn")
    subscribed_at: str | None = None
