"""What a policy decides about a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from auditor.policy.matching import applies
from auditor.policy.model import Effect, Policy, Statement
from auditor.policy.request import Request
from auditor.policy.ternary import Ternary, distinct


class Outcome(Enum):
    """What a policy says of a request."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    IMPLICITLY_DENIED = "not allowed by any statement"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision and what it rests on.

    Attributes:
        outcome: What is decided. Anything but DEPENDS holds whatever the unknown keys are.
        because: The statements that decide, or may decide; none where no statement speaks of the request.
        hangs_on: For DEPENDS: the condition keys, or the open questions in words, that would settle it.
        may_be_allowed: Whether the policy allows the request in some case; False also for a DEPENDS that is
            only open between an explicit and an implicit denial.
    """

    outcome: Outcome
    because: tuple[str, ...]
    hangs_on: tuple[str, ...]
    may_be_allowed: bool

    @property
    def reason(self) -> str:
        """The decision in one phrase."""
        parts = [self.outcome.value]
        if self.because:
            parts.append(f"by {', '.join(self.because)}")
        if self.hangs_on:
            parts.append(f"on {', '.join(self.hangs_on)}")
        return " ".join(parts)


def decide(policy: Policy | None, request: Request) -> Decision:
    """Gives what a resource policy says of a request; None stands for a resource that has no policy.

    This is the answer of that one policy. Where an account is named in an Allow, the answer for a user or
    role of it depends on its identity policies; service control policies, boundaries and the like are not
    seen.

    Source: an explicit deny overrides any allow, and nothing allowed is denied:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    return _weigh(policy.statements if policy else (), request, identity=False)


def identity_allows(policies: Iterable[Policy], request: Request) -> Decision:
    """Gives what the policies that hang on the asker itself, together, say of a request.

    Such policies have no Principal element. A request for a pattern of resources is ALLOWED only if every
    resource in it is; if only some are, it DEPENDS.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
    """
    return _weigh([item for policy in policies for item in policy.statements], request, identity=True)


def _weigh(statements: Iterable[Statement], request: Request, *, identity: bool) -> Decision:
    found = [(item, applies(item, request, identity=identity)) for item in statements]
    denies = [(item, verdict) for item, verdict in found if item.effect is Effect.DENY and not verdict.is_no]
    allows = [(item, verdict) for item, verdict in found if item.effect is Effect.ALLOW and not verdict.is_no]
    sure = [pair for pair in denies if pair[1].is_yes]
    if sure:
        return _decision(Outcome.DENIED, sure, may_be_allowed=False)
    granted = [pair for pair in allows if pair[1].is_yes]
    if granted and not denies:
        return _decision(Outcome.ALLOWED, granted, may_be_allowed=True)
    if denies or allows:
        return _decision(Outcome.DEPENDS, denies + (granted or allows), may_be_allowed=bool(allows))
    return _decision(Outcome.IMPLICITLY_DENIED, [], may_be_allowed=False)


def _decision(outcome: Outcome, pairs: list[tuple[Statement, Ternary]], *, may_be_allowed: bool) -> Decision:
    return Decision(
        outcome,
        distinct(item.sid for item, _ in pairs),
        distinct(word for _, verdict in pairs for word in verdict.hangs_on),
        may_be_allowed,
    )
