"""Reads a whole account into a snapshot."""

from __future__ import annotations

import asyncio
from asyncio import gather
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from auditor.collect import operations as op
from auditor.collect.aws import Aws, Progress
from auditor.collect.buckets import read_account_block, read_bucket
from auditor.collect.chains import read_log_group, read_region, read_topic, topics_of
from auditor.collect.connection import Connection
from auditor.collect.grants import IAM_REGION, read_key, read_role
from auditor.collect.trails import read_trails
from auditor.errors import CredentialsError, UnreachableError
from auditor.model.account import Aliases, Caller, SecurityHub
from auditor.model.arn import log_group_parts
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Read, Unreadable
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroupFacts
from auditor.model.role import RoleFacts
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.topic import TopicFacts
from auditor.model.trail import Trail

T = TypeVar("T")


def collect(connection: Connection, progress: Progress | None = None) -> Snapshot:
    """Reads all facts that the checks need, each of them once.

    Args:
        connection: Where to read.
        progress: Told of each call that has been answered.

    Raises:
        CredentialsError: AWS does not accept the caller.
        UnreachableError: Nothing answers at the endpoint.
    """
    return asyncio.run(_collect(Aws(connection, progress) if progress else Aws(connection)))


async def _collect(aws: Aws) -> Snapshot:
    try:
        return await _Account(aws, await _caller(aws)).snapshot()
    finally:
        aws.close()


async def _caller(aws: Aws) -> Caller:
    region = aws.connection.region
    answer = await aws.read(op.GET_CALLER_IDENTITY, region, of="the caller's identity")
    if not isinstance(answer, Unreadable):
        return answer.fact(Caller)
    said = answer.message.rstrip(".")
    if answer.error_code == "Unreachable":
        raise UnreachableError(
            f"AWS could not be reached in {region}: {said}.", "Check the network, --endpoint-url and --region."
        )
    raise CredentialsError(
        f"AWS does not accept the credentials ({answer.error_code}): {said}.",
        "Sign in again, or choose others with --profile or the AWS_* variables.",
    )


@dataclass(frozen=True, slots=True)
class _Account:
    """Reads what follows from what: trails lead to buckets, log groups, roles and keys, log groups to people."""

    aws: Aws
    caller: Caller

    async def snapshot(self) -> Snapshot:
        started = datetime.now(UTC)
        region = self.aws.connection.region
        (trails, unlisted), block, aliases, hub = await gather(
            read_trails(self.aws, self.caller, region),
            read_account_block(self.aws, self.caller, region),
            self._aliases(),
            self._security_hub(region),
        )
        known = () if isinstance(trails, Unreadable) else tuple(facts.trail for facts in trails)
        buckets, groups, roles, keys, (regions, topics, topic_keys) = await gather(
            self._buckets(known), self._log_groups(known), self._roles(known), self._keys(known), self._people(known)
        )
        return Snapshot(
            taken_at=started,
            finished_at=datetime.now(UTC),
            region=region,
            caller=self.caller,
            aliases=aliases,
            trails=trails,
            unlisted=unlisted,
            account_block=block,
            buckets=buckets,
            log_groups=groups,
            regions=regions,
            topics=topics,
            keys=_once((*keys, *topic_keys)),
            roles=roles,
            security_hub=hub,
            api_calls=dict(sorted(self.aws.connection.requests.items())),
        )

    async def _aliases(self) -> Read[Aliases]:
        region = IAM_REGION.get(self.caller.partition, self.aws.connection.region)
        answer = await self.aws.read(op.LIST_ACCOUNT_ALIASES, region, of=f"account {self.caller.account_id}")
        return answer if isinstance(answer, Unreadable) else answer.fact(Aliases)

    async def _security_hub(self, region: str) -> Read[SecurityHub]:
        answer = await self.aws.read(op.DESCRIBE_HUB, region, of=f"Security Hub in {region}")
        return answer if isinstance(answer, Unreadable) else answer.fact(SecurityHub)

    async def _buckets(self, trails: tuple[Trail, ...]) -> tuple[BucketFacts, ...]:
        first = {trail.bucket: trail for trail in reversed(trails)}
        return await _all(
            read_bucket(self.aws, self.caller, name, trail.home_region) for name, trail in sorted(first.items())
        )

    async def _log_groups(self, trails: tuple[Trail, ...]) -> tuple[LogGroupFacts, ...]:
        named = {trail.log_group: trail.source for trail in trails if trail.log_group}
        return await _all(read_log_group(self.aws, self.caller, arn, source) for arn, source in sorted(named.items()))

    async def _roles(self, trails: tuple[Trail, ...]) -> tuple[RoleFacts, ...]:
        named = {trail.role_arn: trail.source for trail in trails if trail.role_arn}
        return await _all(read_role(self.aws, self.caller, arn, source) for arn, source in sorted(named.items()))

    async def _keys(self, trails: tuple[Trail, ...]) -> tuple[KeyFacts, ...]:
        named = sorted({trail.kms_key for trail in trails if trail.kms_key})
        return await _all(read_key(self.aws, self.caller, arn, with_policy=False) for arn in named)

    async def _people(
        self, trails: tuple[Trail, ...]
    ) -> tuple[tuple[RegionFacts, ...], tuple[TopicFacts, ...], tuple[KeyFacts, ...]]:
        """Reads from the log groups' regions to the topics and their keys."""
        parts = {log_group_parts(trail.log_group) for trail in trails if trail.log_group}
        own = sorted({region for _, region, account_id in parts if account_id == self.caller.account_id})
        regions = await _all(read_region(self.aws, region) for region in own)
        topics = await _all(read_topic(self.aws, self.caller, arn) for arn in topics_of(regions))
        return regions, topics, await self._topic_keys(topics)

    async def _topic_keys(self, topics: tuple[TopicFacts, ...]) -> tuple[KeyFacts, ...]:
        named = {topic.key for topic in topics if topic.key and not topic.default_key}
        return await _all(read_key(self.aws, self.caller, arn, with_policy=True) for arn in sorted(named))


async def _all(reads: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    return tuple(await gather(*reads))


def _once(keys: tuple[KeyFacts, ...]) -> tuple[KeyFacts, ...]:
    """Gives each key once; what was read with its policy goes before what was read without."""
    found = {key.name: key for key in sorted(keys, key=lambda key: key.policy is not None)}
    return tuple(found[name] for name in sorted(found))
