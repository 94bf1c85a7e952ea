"""Finds out which buckets an account owns; S3 has no call that names a bucket's owner."""

from __future__ import annotations

import asyncio
from asyncio import gather

from auditor.collect import operations as op
from auditor.collect.aws import Aws, Progress
from auditor.collect.connection import Connection
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot


def own_buckets(connection: Connection, account: Snapshot, progress: Progress | None = None) -> Snapshot:
    """Gives a snapshot in which the account's own buckets name it as their owner; it costs a call for each bucket.

    A call that names an expected owner fails where the bucket is another's, whatever the bucket's policy lets through.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    aws = Aws(connection, progress) if progress else Aws(connection)
    buckets = asyncio.run(_told(aws, account))
    calls = dict(sorted(connection.requests.items()))
    return account.model_copy(update={"buckets": buckets, "api_calls": calls})


async def _told(aws: Aws, account: Snapshot) -> tuple[BucketFacts, ...]:
    try:
        return tuple(await gather(*(_with_owner(aws, bucket, account.account_id) for bucket in account.buckets)))
    finally:
        aws.close()


async def _with_owner(aws: Aws, bucket: BucketFacts, account_id: str) -> BucketFacts:
    # Its policy S3 shows to the owner's account alone; whoever lacks that right may still read something else.
    read = (bucket.policy, bucket.acl, bucket.public_access_block, bucket.versioning, bucket.encryption)
    if bucket.account_id or not bucket.exists or all(isinstance(fact, Unreadable) for fact in read):
        return bucket
    answer = await aws.read(
        op.BUCKET_LOCATION, bucket.region, of=bucket.name, Bucket=bucket.name, ExpectedBucketOwner=account_id
    )
    return bucket if isinstance(answer, Unreadable) else bucket.model_copy(update={"account_id": account_id})
