"""Amazon Resource Names."""

from __future__ import annotations

from typing import NamedTuple

_PARTS = 6


class Arn(NamedTuple):
    """The six parts of an ARN.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """

    partition: str
    service: str
    region: str
    account_id: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """Gives the parts of an ARN, or None where the text is no ARN."""
        parts = text.split(":", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] != "arn":
            return None
        return cls(*parts[1:])

    @property
    def name(self) -> str:
        """The last component of the resource: a role's name without its path, a topic's name."""
        return self.resource.rpartition("/")[2].rpartition(":")[2]

    def __str__(self) -> str:
        return ":".join(("arn", *self))


def key_arn(name: str, partition: str, region: str, account_id: str) -> str:
    """Gives the ARN of a KMS key that is named by ARN, by `alias/...` or by id.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    """
    if Arn.parse(name):
        return name
    resource = name if name.startswith("alias/") else f"key/{name}"
    return str(Arn(partition, "kms", region, account_id, resource))


def log_group_parts(arn: str) -> tuple[str, str, str]:
    """Gives the name, region and account of a log group's ARN."""
    found = Arn.parse(arn)
    if found is None:
        return arn, "", ""
    return found.resource.removeprefix("log-group:"), found.region, found.account_id
