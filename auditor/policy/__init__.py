"""What a resource policy or an identity policy allows or denies a principal to do.

Everything is decided with three values. What hangs on a condition key whose value is not known comes out as
DEPENDS, with the key; ALLOWED, DENIED and the like hold whatever the unknown keys are. The package knows
nothing of AWS clients or of checks.
"""

from __future__ import annotations

from auditor.policy.decision import Decision, Outcome, decide, identity_allows
from auditor.policy.denial import Denial, Extent, deny_for_everyone
from auditor.policy.document import PolicyError
from auditor.policy.model import Condition, Effect, Policy, Principals, Statement
from auditor.policy.public import PublicGrant, public_statements
from auditor.policy.request import Principal, Request
from auditor.policy.transport import denies_without_tls
from auditor.policy.wildcard import Wildcard, covers, matches

__all__ = [
    "Condition",
    "Decision",
    "Denial",
    "Effect",
    "Extent",
    "Outcome",
    "Policy",
    "PolicyError",
    "Principal",
    "Principals",
    "PublicGrant",
    "Request",
    "Statement",
    "Wildcard",
    "covers",
    "decide",
    "denies_without_tls",
    "deny_for_everyone",
    "identity_allows",
    "matches",
    "public_statements",
]
