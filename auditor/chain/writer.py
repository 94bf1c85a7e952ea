"""The role by which CloudTrail writes to a log group: may CloudTrail take it on, and may it write?

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.findings import LinkStatus
from auditor.model.fact import Unreadable
from auditor.model.role import Role, RoleFacts
from auditor.model.trail import Trail
from auditor.policy import Decision, Outcome, Policy, PolicyError, Principal, Request, decide, identity_allows

CLOUDTRAIL = Principal.service("cloudtrail.amazonaws.com")
ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether CloudTrail may write, and why."""

    status: LinkStatus
    reason: str


def may_write(trail: Trail, facts: RoleFacts) -> Permission:
    """Says whether CloudTrail may take on a trail's role, and the role may write to the trail's log group."""
    if facts.role is None:
        return Permission(LinkStatus.BROKEN, f"The role {facts.arn} that CloudTrail writes with does not exist.")
    if isinstance(facts.role, Unreadable):
        return Permission(LinkStatus.UNKNOWN, f"{facts.role.reason}.")
    try:
        return _trusted(trail, facts.role) or _allowed(trail, facts)
    except PolicyError as error:
        return Permission(LinkStatus.UNKNOWN, f"A policy of the role {facts.arn} cannot be read: {error}.")


def _trusted(trail: Trail, role: Role) -> Permission | None:
    """Gives what keeps CloudTrail from taking on the role."""
    context = {"aws:SourceArn": trail.arn, "aws:SourceAccount": trail.account_id}
    decision = decide(Policy.parse(role.trust), Request(CLOUDTRAIL, "sts:AssumeRole", role.arn, context))
    return _kept(decision, f"CloudTrail may take on the role {role.arn}")


def _allowed(trail: Trail, facts: RoleFacts) -> Permission:
    unread = [policy for policy in facts.policies if isinstance(policy, Unreadable)]
    policies = [Policy.parse(policy.text) for policy in facts.policies if not isinstance(policy, Unreadable)]
    # CloudTrail names its streams account_CloudTrail_region, with a number where it needs more.
    stream = f"{trail.log_group}:log-stream:{trail.account_id}_CloudTrail_{trail.home_region}"
    principal = Principal.aws(trail.account_id, facts.arn)
    for action in ACTIONS:
        decision = identity_allows(policies, Request(principal, action, stream))
        kept = _kept(decision, f"the role {facts.arn} may call {action} on {stream}")
        if kept is not None and (decision.outcome is Outcome.DENIED or not unread):
            return kept
    if unread:
        return Permission(LinkStatus.UNKNOWN, f"{unread[0].reason}.")
    if isinstance(facts.role, Role) and facts.role.boundary:
        why = f"What the permissions boundary {facts.role.boundary} of the role {facts.arn} allows is not followed."
        return Permission(LinkStatus.UNKNOWN, why)
    return Permission(LinkStatus.SOUND, f"CloudTrail may write with the role {facts.arn}.")


def _kept(decision: Decision, what: str) -> Permission | None:
    if decision.outcome is Outcome.ALLOWED:
        return None
    if decision.may_be_allowed:
        return Permission(LinkStatus.UNKNOWN, f"Whether {what} {decision.reason}.")
    return Permission(LinkStatus.BROKEN, f"It is not so that {what}: {decision.reason}.")
