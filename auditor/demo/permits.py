"""Whether a resource's own policy lets a caller in, for the calls by which the front must refuse strangers."""

from __future__ import annotations

from auditor.policy import Outcome, Policy, PolicyError, Request, decide


def permits(policy: str, request: Request) -> bool:
    """Gives whether a policy allows a request; what it does not decide, the caller's own policies allow here."""
    try:
        decision = decide(Policy.parse(policy), request)
    except PolicyError:
        return False
    return decision.outcome is Outcome.ALLOWED or (decision.outcome is Outcome.DEPENDS and decision.may_be_allowed)
