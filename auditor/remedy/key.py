"""Makes KMS keys that a service of AWS may use."""

from __future__ import annotations

import hashlib
import re

from auditor.remedy.command import Variable, aws, capture
from auditor.remedy.mending import OWN, unless
from auditor.remedy.policy import Statement, merged_policy

KEY = Variable("KEY_ARN")
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
_UNFIT = re.compile("[^a-zA-Z0-9/_-]")
_LONGEST = 200


def make_key(name: str, region: str, administrator: str, *statements: Statement) -> tuple[str, str]:
    """Gives the commands that make a key under an alias, unless it is there, and keep its ARN in `KEY`.

    Args:
        name: What the key is for; its alias is made of it.
        region: Where.
        administrator: The ARN of the root of the account, which keeps all rights to the key.
        *statements: What else its policy says; each has a Sid.
    """
    alias = f"alias/{OWN}/{_permitted(name)}"
    own: Statement = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": administrator},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = merged_policy(None, own, *statements)
    found = aws("kms", "describe-key", region=region, key_id=alias)
    made = aws("kms", "create-key", region=region, description=f"Made for {name}", policy=policy)
    named = aws("kms", "create-alias", region=region, alias_name=alias, target_key_id=KEY)
    both = f"{{ {capture(KEY, made, 'KeyMetadata.Arn')} && {named}; }}"
    return unless(found, both), capture(KEY, found, "KeyMetadata.Arn")


def _permitted(name: str) -> str:
    """Gives a name as an alias may hold it; where that changes it, a digest keeps it apart from others."""
    fit = _UNFIT.sub("-", name)[:_LONGEST]
    return fit if fit == name else f"{fit}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
