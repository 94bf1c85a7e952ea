"""Mends the delivery from the trail to a log group: the group, the role, and the trail's names of both."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from auditor.chain.writer import ACTIONS, CLOUDTRAIL, may_write
from auditor.findings import LinkName, LinkStatus
from auditor.model.arn import Arn, log_group_parts
from auditor.model.fact import Unreadable
from auditor.model.role import Role, RoleFacts, RolePolicy
from auditor.model.trail import Trail
from auditor.policy import Outcome, Policy, PolicyError, Request, decide
from auditor.remediation import Resource, Target
from auditor.remedy.command import aws
from auditor.remedy.mending import NOTHING, OWN, Delivery, Mending, as_json, page, said, step, unless
from auditor.remedy.policy import Statement, merged_policy
from auditor.remedy.trail import update

_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html"
_ROLE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html"
_POLICY = f"{OWN}-logs"
_TRUST: Statement = {
    "Sid": "TrailAuditorCloudTrail",
    "Effect": "Allow",
    "Principal": {"Service": CLOUDTRAIL.name},
    "Action": "sts:AssumeRole",
}
_STREAMS = "'logStreams[].logStreamName'"
_ALLOWED = "CloudTrail may then write to this log group; the role gives nobody else anything."
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST_ROLE_NAME = 64


@dataclass(frozen=True, slots=True)
class Home:
    """The log group that the trail's events arrive in once the chain is mended.

    Attributes:
        new: Whether the trail did not deliver to it before, so that none of its filters are there.
    """

    arn: str
    name: str
    region: str
    new: bool = False

    @classmethod
    def at(cls, arn: str, *, new: bool = False) -> Home:
        """Gives the home at a log group's ARN."""
        name, region, _ = log_group_parts(arn)
        return cls(arn, name, region, new)


def mend_delivery(way: Delivery) -> tuple[Home | None, Mending]:
    """Gives where the events arrive, None where that is out of reach, and what lets them arrive there."""
    trail = way.trail.trail
    if not way.broken(LinkName.LOG_GROUP):
        return (Home.at(trail.log_group) if trail.log_group else None), NOTHING
    if not way.owns(trail.arn):
        owner = f"The trail {trail.name} belongs to account {trail.account_id}, which must mend its delivery there."
        home = Home.at(trail.log_group) if trail.log_group and way.owns(trail.log_group) else None
        return home, said(owner)
    if trail.log_group and not way.owns(trail.log_group):
        account = log_group_parts(trail.log_group)[2]
        return None, said(f"The log group {trail.log_group} belongs to account {account}, which must mend it there.")
    home = _home(way)
    there = way.account.log_group(trail.log_group) if trail.log_group else None
    group = _group(home) if home.new or (there and there.group is None) else NOTHING
    role, role_arn = _role(way, home)
    return home, group + role + _named(way, home, role_arn)


def _home(way: Delivery) -> Home:
    """Gives the group that the trail names, or a new one where it names none or one that can have no filters.

    A log group's class cannot be changed, and the infrequent-access class has no metric filters.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
    """
    trail = way.trail.trail
    name = f"{OWN}/{trail.name}"
    if trail.log_group:
        group = way.account.log_group(trail.log_group)
        infrequent = group.group and not isinstance(group.group, Unreadable) and group.group.log_class != "STANDARD"
        if not infrequent:
            return Home.at(trail.log_group)
        name = f"{name}-2" if name == group.name else name
    region = trail.home_region
    arn = Arn(way.partition, "logs", region, way.account.account_id, f"log-group:{name}")
    return Home(str(arn), name, region, new=True)


def _group(home: Home) -> Mending:
    here = {"region": home.region, "log_group_name": home.name}
    found = aws("logs", "describe-log-streams", **here, limit=1)
    command = unless(found, aws("logs", "create-log-group", **here))
    # What has arrived in it by then is kept.
    streams = f"{aws('logs', 'describe-log-streams', **here)} --query {_STREAMS} --output text"
    return step(
        f"make the log group {home.name}",
        Target.LOG_GROUP,
        command,
        undo=[f'[ -n "$({streams})" ] || {aws("logs", "delete-log-group", **here)}'],
        cost="What it takes in and keeps is billed by the gigabyte, and kept for ever until a retention is set.",
        resources=[Resource(type="AWS::Logs::LogGroup", arn=home.arn, properties={"LogGroupName": home.name})],
        pages=[_GUIDE, page("logs", "create-log-group")],
    )


def _role(way: Delivery, home: Home) -> tuple[Mending, str]:
    """Gives what lets CloudTrail write to the group, and the ARN of the role by which it does."""
    trail = way.trail.trail
    if not trail.role_arn:
        name = f"{OWN}-{trail.home_region}-{trail.name}"[:_LONGEST_ROLE_NAME]
        arn = str(Arn(way.partition, "iam", "", way.account.account_id, f"role/{name}"))
        return _new_role(arn, home), arn
    if not way.owns(trail.role_arn):
        owner = f"The role {trail.role_arn} belongs to another account, which must let CloudTrail write by it."
        return said(owner), trail.role_arn
    facts = way.account.role(trail.role_arn)
    if facts.role is None:
        return _new_role(trail.role_arn, home), trail.role_arn
    writes = may_write(_delivering_to(trail, home), facts, way.member).status is LinkStatus.SOUND
    if writes and not _is_failing(way, home):
        return NOTHING, trail.role_arn
    return _allowed(way, facts, home), trail.role_arn


def _delivering_to(trail: Trail, home: Home) -> Trail:
    return trail.model_copy(update={"log_group_arn": f"{home.arn}:*"})


def _is_failing(way: Delivery, home: Home) -> bool:
    """Whether deliveries to a group that is there fail; a trail that is stopped delivers again once it is started."""
    status = way.trail.status
    if home.new or isinstance(status, Unreadable) or way.account.log_group(home.arn).group is None:
        return False
    return bool(status.latest_logs_delivery_error) or status.logging


def _new_role(arn: str, home: Home) -> Mending:
    resource = arn.partition(":role/")[2]
    path, _, name = resource.rpartition("/")
    trust = merged_policy(None, _TRUST)
    made = aws(
        "iam",
        "create-role",
        path=f"/{path}/" if path else None,
        role_name=name,
        assume_role_policy_document=trust,
    )
    role = unless(aws("iam", "get-role", role_name=name), made)
    return step(
        f"make the role {name}, by which CloudTrail may write to {home.name} only",
        Target.ROLE,
        role,
        _put(name, _policy(home)),
        undo=[_delete(name), aws("iam", "delete-role", role_name=name)],
        resources=[
            Resource(
                type="AWS::IAM::Role",
                arn=arn,
                properties={
                    **({"Path": f"/{path}/"} if path else {}),
                    "RoleName": name,
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{"PolicyName": _POLICY, "PolicyDocument": _policy(home)}],
                },
            )
        ],
        cost=_ALLOWED,
        pages=[_ROLE, page("iam", "create-role")],
    )


def _allowed(way: Delivery, facts: RoleFacts, home: Home) -> Mending:
    """Gives what lets a role that exists write, all its policies kept."""
    name = facts.arn.rpartition("/")[2]
    kept = _own_policy(facts)
    policy = _policy(home, kept)
    mending = step(
        f"let the role {name} write to {home.name}",
        Target.ROLE,
        _put(name, policy),
        undo=[_put(name, kept) if kept else _delete(name)],
        cost=_ALLOWED,
        pages=[_ROLE, page("iam", "put-role-policy")],
    )
    if not isinstance(facts.role, Role):
        return mending
    role = facts.role
    if not _trusts(way, role):
        trusted, trust = role.trust, merged_policy(role.trust, _TRUST)
        role = role.model_copy(update={"trust": as_json(trust)})
        mending += step(
            f"let CloudTrail take on the role {name}",
            Target.ROLE,
            aws("iam", "update-assume-role-policy", role_name=name, policy_document=trust),
            undo=[aws("iam", "update-assume-role-policy", role_name=name, policy_document=trusted)],
            cost="CloudTrail may then use all that the role allows.",
            pages=[page("iam", "update-assume-role-policy")],
        )
    if role.boundary:
        mending += said(f"The role's permissions boundary {role.boundary} must allow it as well.")
    added = RolePolicy(source=role.source, name=_POLICY, text=as_json(policy))
    after = facts.model_copy(update={"role": role, "policies": (*facts.policies, added)})
    permission = may_write(_delivering_to(way.trail.trail, home), after, way.member)
    if permission.status is LinkStatus.BROKEN:
        mending += said(f"{permission.reason} No added statement outweighs a Deny: it must go.")
    return mending


def _own_policy(facts: RoleFacts) -> str | None:
    policies = [one for one in facts.policies if not isinstance(one, Unreadable)]
    return next((one.text for one in policies if one.name == _POLICY), None)


def _policy(home: Home, kept: str | None = None) -> dict[str, JsonValue]:
    """Gives the policy that lets a role write to one group, added to what stands under the same name already."""
    statement: Statement = {
        "Sid": "TrailAuditorLogs",
        "Effect": "Allow",
        "Action": list(ACTIONS),
        "Resource": f"{home.arn}:log-stream:*",
    }
    return merged_policy(kept, statement)


def _put(role: str, policy: str | dict[str, JsonValue]) -> str:
    return aws("iam", "put-role-policy", role_name=role, policy_name=_POLICY, policy_document=policy)


def _delete(role: str) -> str:
    return aws("iam", "delete-role-policy", role_name=role, policy_name=_POLICY)


def _trusts(way: Delivery, role: Role) -> bool:
    """Whether CloudTrail may take the role on; a trust policy that cannot be read is left as it is."""
    context = {"aws:SourceAccount": way.trail.trail.account_id, "aws:SourceArn": way.trail.trail.arn}
    request = Request(CLOUDTRAIL, "sts:AssumeRole", role.arn, context)
    try:
        return decide(Policy.parse(role.trust), request).outcome is not Outcome.IMPLICITLY_DENIED
    except PolicyError:
        return True


def _named(way: Delivery, home: Home, role_arn: str) -> Mending:
    """Gives what has the trail name the group and the role; AWS takes both or neither.

    A role that was just made is not known everywhere at once, hence the second try.
    Source: https://github.com/hashicorp/terraform-provider-aws/pull/1312
    """
    trail = way.trail.trail
    if trail.log_group == home.arn and trail.role_arn == role_arn:
        return NOTHING
    command = _naming(trail, f"{home.arn}:*", role_arn)
    return step(
        f"let {trail.name} deliver to {home.name}",
        Target.TRAIL,
        f"{command} || {{ sleep 15 && {command}; }}",
        undo=[_naming(trail, trail.log_group_arn or "", trail.role_arn or "")],
        cost="Every event is billed as log data taken in; undone, no control's alarm sees an event any more.",
        resources=[
            Resource(
                type="AWS::CloudTrail::Trail",
                arn=trail.arn,
                properties={"CloudWatchLogsLogGroupArn": f"{home.arn}:*", "CloudWatchLogsRoleArn": role_arn},
                partial=True,
            )
        ],
        pages=[_GUIDE, page("cloudtrail", "update-trail")],
    )


def _naming(trail: Trail, group: str, role: str) -> str:
    return update(trail, cloud_watch_logs_log_group_arn=group, cloud_watch_logs_role_arn=role)
