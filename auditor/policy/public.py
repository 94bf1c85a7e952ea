"""Which Allow statements of a bucket policy are public in AWS's own meaning of the word.

Source: "The meaning of 'public'" in "Blocking public access to your Amazon S3 storage",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: a policy is
taken to be public until it is shown to grant only to fixed values, values without a wildcard or a policy
variable, of the keys listed there.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from auditor.policy.model import Condition, Effect, Policy, Statement
from auditor.policy.operators import Quantifier, operator

_FIXING_KEYS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
}
# Keys that tell who calls just as well, but which the page does not name.
_UNLISTED_KEYS = {
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
}
_FIXING_OPERATORS = {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
_NARROWEST_PUBLIC = {4: 8, 6: 32}
_ACCESS_POINT = re.compile(r"arn:[^:*?$]+:s3:[^:$]*:\d{12}:accesspoint/[^$]*")


@dataclass(frozen=True, slots=True)
class PublicGrant:
    """An Allow statement that AWS takes, or may take, to be public.

    Attributes:
        sid: The statement.
        actions: What it grants, as written; for a NotAction, each behind `all but`.
        reason: Why it is public, in one sentence.
        certain: Whether AWS's page settles it; False where its words leave room.
    """

    sid: str
    actions: tuple[str, ...]
    reason: str
    certain: bool


def public_statements(policy: Policy | None) -> tuple[PublicGrant, ...]:
    """Gives the public Allow statements of a bucket policy, each with its reason.

    What `GetBucketPolicyStatus` answers is AWS's own verdict on the policy as a whole; this one names the
    statements and works on a policy that is not deployed.
    """
    statements = policy.statements if policy else ()
    found = (_grant(item) for item in statements if item.effect is Effect.ALLOW)
    return tuple(grant for grant in found if grant)


def _grant(statement: Statement) -> PublicGrant | None:
    who = _open_to(statement)
    fixing = [_fixes(condition) for condition in statement.conditions]
    if not who or any(verdict is True for verdict in fixing):
        return None
    kept = "no condition limits it to fixed values"
    if statement.conditions:
        keys = ", ".join(dict.fromkeys(condition.key for condition in statement.conditions))
        kept = f"its conditions ({keys}) do not limit it to fixed values"
    actions = statement.actions or tuple(f"all but {name}" for name in statement.not_actions or ())
    return PublicGrant(statement.sid, actions, f"it grants to {who} and {kept}", None not in fixing)


def _open_to(statement: Statement) -> str:
    """Gives to whom beyond fixed principals a statement grants, or nothing.

    A federated principal is the first example of a public policy on AWS's page.
    """
    named, spared = statement.principal, statement.not_principal
    if spared is not None:
        return f"everyone but {', '.join(spared.names)}"
    if named is None:
        return ""
    if named.everyone:
        return "everyone"
    loose = [name for name in named.names if "*" in name or "?" in name or "${" in name]
    return ", ".join((*named.federated, *loose))


def _fixes(condition: Condition) -> bool | None:
    """Tells whether a condition limits the grant to fixed values; None where AWS's page leaves it open."""
    rule = operator(condition.operator)
    if rule is None or rule.negated or rule.if_exists or rule.quantifier is Quantifier.ALL:
        return False
    key = condition.key.lower()
    if key == "aws:sourceip":
        return rule.name == "IpAddress" and all(_is_narrow(value) for value in condition.values)
    if rule.name not in _FIXING_OPERATORS or not condition.values:
        return False
    if key in _UNLISTED_KEYS:
        return None if all(_is_fixed(value) for value in condition.values) else False
    if key not in _FIXING_KEYS:
        return False
    if key == "s3:dataaccesspointarn":
        return all(_ACCESS_POINT.fullmatch(value) or _is_fixed(value) for value in condition.values)
    if key == "aws:userid" and any(":" in value for value in condition.values):
        # The page takes out "the pattern AROLEID:*" without saying whether a fixed session name is in it.
        return None if all(_is_fixed(value) for value in condition.values) else False
    return all(_is_fixed(value) for value in condition.values)


def _is_fixed(value: str) -> bool:
    return bool(value) and not any(mark in value for mark in ("*", "?", "${"))


def _is_narrow(value: str) -> bool:
    """Tells whether a range is no wider than /8, or /32 for IPv6; wider ones are public."""
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _NARROWEST_PUBLIC[network.version]
