"""Reads what permits the path: KMS keys and the role that CloudTrail takes on."""

from __future__ import annotations

import json
from asyncio import gather
from typing import Any

from auditor.collect import operations as op
from auditor.collect.aws import Answer, Aws, elsewhere
from auditor.model.account import Caller
from auditor.model.arn import Arn
from auditor.model.fact import Read, Source, Unreadable
from auditor.model.key import Key, KeyFacts, KeyPolicy
from auditor.model.role import Role, RoleFacts, RolePolicy

# IAM answers in every region; it is asked where the partition keeps it.
IAM_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


async def read_key(aws: Aws, caller: Caller, arn: str, *, with_policy: bool) -> KeyFacts:
    """Gives the key at the ARN of a key or an alias."""
    found = Arn.parse(arn)
    region = found.region if found else ""
    owner = found.account_id if found and found.account_id != caller.account_id else ""

    async def policy_of(key: str) -> Answer | Unreadable:
        return await aws.read(op.GET_KEY_POLICY, region, of=arn, account_id=owner, KeyId=key, PolicyName="default")

    # GetKeyPolicy takes no alias; the policy of a key that is named by its ARN is asked for at once, and once.
    named = with_policy and found is not None and found.resource.startswith("key/")
    answer, *_ = await gather(
        aws.read(op.DESCRIBE_KEY, region, of=arn, account_id=owner, KeyId=arn), *([policy_of(arn)] if named else [])
    )
    if isinstance(answer, Unreadable):
        return KeyFacts(name=arn, key=answer, policy=None)
    if answer.absent:
        return KeyFacts(name=arn, key=None, policy=None)
    key = answer.fact(Key, answer.body["KeyMetadata"])
    if not with_policy or key.manager == "AWS":
        return KeyFacts(name=arn, key=key, policy=None)
    policy = await policy_of(key.arn)
    return KeyFacts(name=arn, key=key, policy=policy if isinstance(policy, Unreadable) else policy.fact(KeyPolicy))


async def read_role(aws: Aws, caller: Caller, arn: str, source: Source) -> RoleFacts:
    """Gives the role at an ARN with all its identity policies; `source` is where a trail named it."""
    found = Arn.parse(arn)
    name = found.name if found else arn
    region = IAM_REGION.get(caller.partition, aws.connection.region)
    if found and found.account_id != caller.account_id:
        return RoleFacts(arn=arn, role=elsewhere(op.GET_ROLE, arn, found.account_id, source))
    role, inline, attached = await gather(
        aws.read(op.GET_ROLE, region, of=arn, RoleName=name),
        aws.read(op.LIST_ROLE_POLICIES, region, of=arn, RoleName=name),
        aws.read(op.LIST_ATTACHED_ROLE_POLICIES, region, of=arn, RoleName=name),
    )
    policies = await gather(_inline(aws, region, name, inline), _attached(aws, region, attached))
    return RoleFacts(arn=arn, role=_role(role), policies=(*policies[0], *policies[1]))


def _role(answer: Answer | Unreadable) -> Read[Role] | None:
    if isinstance(answer, Unreadable):
        return answer
    if answer.absent:
        return None
    role = answer.body["Role"]
    fields = {
        **role,
        "trust": _text(role.get("AssumeRolePolicyDocument")),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    }
    return answer.fact(Role, fields)


async def _inline(aws: Aws, region: str, role: str, listed: Answer | Unreadable) -> list[Read[RolePolicy]]:
    if isinstance(listed, Unreadable):
        return [listed]

    async def policy(name: str) -> Read[RolePolicy]:
        of = f"policy {name} of role {role}"
        answer = await aws.read(op.GET_ROLE_POLICY, region, of=of, RoleName=role, PolicyName=name)
        if isinstance(answer, Unreadable):
            return answer
        return answer.fact(RolePolicy, {"name": name, "text": _text(answer.body["PolicyDocument"])})

    return list(await gather(*(policy(name) for name in listed.body.get("PolicyNames", ()))))


async def _attached(aws: Aws, region: str, listed: Answer | Unreadable) -> list[Read[RolePolicy]]:
    if isinstance(listed, Unreadable):
        return [listed]

    async def policy(arn: str) -> Read[RolePolicy]:
        found = await aws.read(op.GET_POLICY, region, of=arn, PolicyArn=arn)
        if isinstance(found, Unreadable):
            return found
        version = found.body["Policy"]["DefaultVersionId"]
        answer = await aws.read(op.GET_POLICY_VERSION, region, of=arn, PolicyArn=arn, VersionId=version)
        if isinstance(answer, Unreadable):
            return answer
        return answer.fact(RolePolicy, {"name": arn, "text": _text(answer.body["PolicyVersion"]["Document"])})

    arns = [item["PolicyArn"] for item in listed.body.get("AttachedPolicies", ())]
    return list(await gather(*(policy(arn) for arn in arns)))


def _text(document: Any) -> str:
    """Gives a policy as text; botocore hands out IAM's documents decoded."""
    return document if isinstance(document, str) else json.dumps(document)
