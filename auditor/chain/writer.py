"""The role by which CloudTrail writes to a log group: may CloudTrail take it on, and may it write?

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.findings import LinkStatus
from auditor.model.arn import Arn
from auditor.model.fact import Unreadable
from auditor.model.role import Role, RoleFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail
from auditor.policy import Decision, Outcome, Policy, PolicyError, Principal, Request, decide, identity_allows

CLOUDTRAIL = Principal.service("cloudtrail.amazonaws.com")
ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the organization whose trail it is, whose events go to log streams of their own.

    Attributes:
        account_id: The member.
        organization_id: The organization, after which the streams are named; empty where it is not known.
    """

    account_id: str
    organization_id: str = ""

    @property
    def streams(self) -> str:
        """The streams of the organization's members, as a pattern."""
        return f"{self.organization_id}_*" if self.organization_id else ANY_MEMBER


# The streams of members begin with the organization's id.
ANY_MEMBER = "o-*"


def member_of(trail: Trail, account: Snapshot) -> Member | None:
    """Gives an account as a member that another account's trail records; None where the trail is the account's own."""
    if trail.account_id == account.account_id:
        return None
    owner = account.home(trail.account_id)
    return Member(account.account_id, account.organization_id or (owner.organization_id if owner else ""))


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether CloudTrail may write, and why."""

    status: LinkStatus
    reason: str


def may_write(trail: Trail, facts: RoleFacts, member: Member | None = None) -> Permission:
    """Says whether CloudTrail may take on a trail's role, and the role may write to the trail's log group.

    Args:
        trail: The trail.
        facts: The role that it names.
        member: The member whose events are meant; None for those of the trail's own account.
    """
    if facts.role is None:
        return Permission(LinkStatus.BROKEN, f"The role {facts.arn} that CloudTrail writes with does not exist.")
    if isinstance(facts.role, Unreadable):
        return Permission(LinkStatus.UNKNOWN, f"{facts.role.reason}.")
    try:
        return _trusted(trail, facts.role, member) or _allowed(trail, facts, member)
    except PolicyError as error:
        return Permission(LinkStatus.UNKNOWN, f"A policy of the role {facts.arn} cannot be read: {error}.")


def _trusted(trail: Trail, role: Role, member: Member | None) -> Permission | None:
    """Gives what keeps CloudTrail from taking on the role; for which account it says to do so for a member is open."""
    context = {"aws:SourceArn": trail.arn}
    if member is None:
        context["aws:SourceAccount"] = trail.account_id
    decision = decide(Policy.parse(role.trust), Request(CLOUDTRAIL, "sts:AssumeRole", role.arn, context))
    return _kept(decision, f"CloudTrail may take on the role {role.arn}")


def _allowed(trail: Trail, facts: RoleFacts, member: Member | None) -> Permission:
    # CloudTrail names its streams account_CloudTrail_region, with a number where it needs more.
    own = f"{trail.account_id}_CloudTrail_{trail.home_region}"
    if member is not None:
        return _to_streams(trail, facts, member.streams, unsaid="" if member.organization_id else _NO_ID)
    found = _to_streams(trail, facts, own)
    if found.status is not LinkStatus.BROKEN or not trail.organization:
        return found
    # AWS lets the role of an organization's trail write both kinds, and does not say which hold the owner's events.
    if _to_streams(trail, facts, ANY_MEMBER).status is LinkStatus.BROKEN:
        return found
    why = "Whether its owner's events go to streams that are named after the organization is not known."
    return Permission(LinkStatus.UNKNOWN, f"{found.reason} {why}")


_NO_ID = " The organization's id, after which its members' streams are named, is not known."


def _to_streams(trail: Trail, facts: RoleFacts, streams: str, *, unsaid: str = "") -> Permission:
    """Says whether a role may write streams of the trail's log group.

    Args:
        trail: The trail.
        facts: The role that it names.
        streams: The streams' names, as a pattern.
        unsaid: Why more is not known of the names, as a sentence.
    """
    unread = [policy for policy in facts.policies if isinstance(policy, Unreadable)]
    policies = [Policy.parse(policy.text) for policy in facts.policies if not isinstance(policy, Unreadable)]
    stream = f"{trail.log_group}:log-stream:{streams}"
    principal = writer_of(trail, facts)
    for action in ACTIONS:
        decision = identity_allows(policies, Request(principal, action, stream))
        kept = _kept(decision, f"the role {facts.arn} may call {action} on {stream}")
        if kept is not None and (decision.outcome is Outcome.DENIED or not unread):
            return replace(kept, reason=kept.reason + unsaid) if kept.status is LinkStatus.UNKNOWN else kept
    if unread:
        return Permission(LinkStatus.UNKNOWN, f"{unread[0].reason}.")
    if isinstance(facts.role, Role) and facts.role.boundary:
        why = f"What the permissions boundary {facts.role.boundary} of the role {facts.arn} allows is not followed."
        return Permission(LinkStatus.UNKNOWN, why)
    return Permission(LinkStatus.SOUND, f"CloudTrail may write with the role {facts.arn}.")


def writer_of(trail: Trail, facts: RoleFacts) -> Principal:
    """Gives the role as the one who asks to write."""
    found = Arn.parse(facts.arn)
    return Principal.aws(found.account_id if found else trail.account_id, facts.arn)


def _kept(decision: Decision, what: str) -> Permission | None:
    if decision.outcome is Outcome.ALLOWED:
        return None
    if decision.may_be_allowed:
        return Permission(LinkStatus.UNKNOWN, f"Whether {what} {decision.reason}.")
    return Permission(LinkStatus.BROKEN, f"It is not so that {what}: {decision.reason}.")
