"""The role by which a trail writes to its log group."""

from __future__ import annotations

from auditor.chain.writer import ACTIONS, ANY_MEMBER, may_write, writer_of
from auditor.checking import (
    Evidence,
    Remediation,
    Severity,
    TrailCheck,
    Verdict,
    failed,
    not_applicable,
    observed,
    passed,
    unknown,
)
from auditor.checking.evidence import shown_unreadable
from auditor.findings import LinkStatus
from auditor.model.fact import Unreadable
from auditor.model.role import RoleFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts
from auditor.policy import Policy, PolicyError, Request, identity_allows
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import page, step
from auditor.remedy.policy import Statement, merged_policy
from checks.cloudwatch.mending import mend_writing


class Role(TrailCheck):
    """CloudTrail may take on the trail's role, and the role may write to the trail's log group."""

    id = "cloudwatch.role"
    title = "The trail's role lets CloudTrail write to its log group"
    severity = Severity.MEDIUM
    rationale = (
        "CloudTrail writes to CloudWatch Logs by a role of the account. One statement too few, or a Deny too many, "
        "and no event arrives any more."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
    )

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the role's trust policy and its other policies."""
        trail = facts.trail
        named = observed(trail, trail.arn, "log_group_arn", "role_arn")
        if trail.log_group is None or not trail.role_arn:
            reason = (
                f"The trail {trail.name} does not name both a log group and a role; cloudwatch.integration judges that."
            )
            return not_applicable(reason, named)
        role = account.role(trail.role_arn)
        evidence = (named, *_shown(role))
        written = may_write(trail, role)
        if written.status is LinkStatus.BROKEN:
            return failed(written.reason, *evidence, remediation=mend_writing(facts, account))
        if _members_are_left_out(trail, role):
            reason = (
                f"The role {role.arn} may write the streams of its own account only, not those of the organization's."
            )
            return failed(reason, *evidence, remediation=_let_members_in(trail, role))
        if written.status is LinkStatus.UNKNOWN:
            return unknown(written.reason, *evidence, notes=_delivered(facts))
        return passed(written.reason, *evidence)


def _members_are_left_out(trail: Trail, facts: RoleFacts) -> bool:
    """Whether an organization's trail may surely not write the streams of its members, which begin with its id."""
    texts = [policy.text for policy in facts.policies if not isinstance(policy, Unreadable)]
    if not trail.organization or len(texts) < len(facts.policies) or isinstance(facts.role, Unreadable):
        return False
    asker = writer_of(trail, facts)
    requests = [Request(asker, action, _member_streams(trail)) for action in ACTIONS]
    try:
        policies = [Policy.parse(text) for text in texts]
    except PolicyError:
        return False
    return any(not identity_allows(policies, request).may_be_allowed for request in requests)


def _member_streams(trail: Trail) -> str:
    return f"{trail.log_group}:log-stream:{ANY_MEMBER}"


def _let_members_in(trail: Trail, facts: RoleFacts) -> Remediation:
    statement: Statement = {
        "Sid": "TrailAuditorMembers",
        "Effect": "Allow",
        "Action": list(ACTIONS),
        "Resource": _member_streams(trail),
    }
    here = {"role_name": facts.arn.rpartition("/")[2], "policy_name": "trail-auditor-members"}
    mending = step(
        f"let the role {here['role_name']} write the members' streams too",
        Target.ROLE,
        aws("iam", "put-role-policy", **here, policy_document=merged_policy(None, statement)),
        undo=[aws("iam", "delete-role-policy", **here)],
        cost="The members' events are billed as log data taken in.",
        pages=[page("iam", "put-role-policy")],
    )
    return mending.remediation("Add a policy that lets the role write the members' streams too.")


def _shown(facts: RoleFacts) -> tuple[Evidence, ...]:
    read = [fact for fact in (facts.role, *facts.policies) if fact is not None]
    return tuple(shown_unreadable(fact) if isinstance(fact, Unreadable) else observed(fact, facts.arn) for fact in read)


def _delivered(facts: TrailFacts) -> tuple[str, ...]:
    status = facts.status
    if isinstance(status, Unreadable) or status.latest_logs_delivery is None or status.latest_logs_delivery_error:
        return ()
    return (f"The delivery at {status.latest_logs_delivery:%Y-%m-%d %H:%M} UTC went without an error.",)
