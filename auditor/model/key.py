"""KMS keys."""

from __future__ import annotations

from pydantic import Field

from auditor.model.fact import Fact, Frozen, Read


class Key(Fact):
    """A key (kms:DescribeKey). Manager is CUSTOMER or AWS; state is Enabled, Disabled, PendingDeletion and so on."""

    arn: str
    id: str = Field(default="", alias="KeyId")
    manager: str = Field(default="CUSTOMER", alias="KeyManager")
    state: str = Field(default="Enabled", alias="KeyState")


class KeyPolicy(Fact):
    """A key's policy as text (kms:GetKeyPolicy)."""

    text: str = Field(alias="Policy")


class KeyFacts(Frozen):
    """All that was read of the key that a resource names; the key is None where there is no such key."""

    name: str
    key: Read[Key] | None
    policy: Read[KeyPolicy] | None
