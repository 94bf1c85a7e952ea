"""Makes KMS keys that a service of AWS may use."""

from __future__ import annotations

import hashlib
import re

from auditor.model.arn import Arn
from auditor.model.key import Key
from auditor.remediation import Target
from auditor.remedy.command import Variable, aws, capture
from auditor.remedy.mending import NOTHING, OWN, Mending, page, said, step, unless
from auditor.remedy.policy import Statement, merged_policy

KEY = Variable("KEY_ARN")
# https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
_UNFIT = re.compile("[^a-zA-Z0-9/_-]")
_LONGEST = 200
# https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
_LONGEST_WAIT = 30


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


def wake(key: Key, target: Target) -> Mending:
    """Gives what makes a key usable again, for the sake of a target.

    A key that waits for its deletion is disabled once that is called off.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
    """
    if key.state == "Enabled":
        return NOTHING
    found = Arn.parse(key.arn)
    here = {"region": found.region if found else None, "key_id": key.id or key.arn}
    enable = step(
        f"enable the key {key.arn}",
        target,
        aws("kms", "enable-key", **here),
        undo=[aws("kms", "disable-key", **here)],
        cost="All who may use the key can use it again.",
        pages=[page("kms", "enable-key")],
    )
    if key.state == "Disabled":
        return enable
    if key.state != "PendingDeletion":
        return said(f"The key {key.arn} is {key.state}, which no command of the account's own mends.")
    state = f'"$({aws("kms", "describe-key", **here)} --query KeyMetadata.KeyState --output text)"'
    spared = f"[ {state} != PendingDeletion ] || {aws('kms', 'cancel-key-deletion', **here)}"
    deleted = aws("kms", "schedule-key-deletion", **here, pending_window_in_days=_LONGEST_WAIT)
    called_off = step(
        f"call the deletion of {key.arn} off",
        target,
        spared,
        undo=[deleted],
        cost="The key is billed by the month again.",
        pages=[page("kms", "cancel-key-deletion")],
    )
    return called_off + enable


def _permitted(name: str) -> str:
    """Gives a name as an alias may hold it; where that changes it, a digest keeps it apart from others."""
    fit = _UNFIT.sub("-", name)[:_LONGEST]
    return fit if fit == name else f"{fit}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
