"""Makes a trail where an account has none, and says what the account is like with it."""

from __future__ import annotations

from auditor.model.arn import Arn
from auditor.model.bucket import (
    AccessLogging,
    Acl,
    BucketEncryption,
    BucketFacts,
    BucketPolicy,
    Lifecycle,
    ObjectLock,
    PolicyStatus,
    PublicAccessBlock,
    RequestPayment,
    Versioning,
)
from auditor.model.snapshot import Snapshot
from auditor.model.trail import EventSelectors, InsightSelectors, Trail, TrailFacts, TrailStatus
from auditor.remediation import Resource, Target
from auditor.remedy.command import aws
from auditor.remedy.mending import OWN, Mending, as_json, page, step, unless
from auditor.remedy.policy import bucket_policy, merged, merged_policy, put_bucket_policy
from auditor.remedy.storing import create_bucket, grants

_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-cli.html"
_BUCKET = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"
_TRAIL = f"{OWN}-trail"


def founded(account: Snapshot) -> Snapshot:
    """Gives an account without a trail as it is once `found_trail` has been run: the trail has just been started."""
    source, trail = account.caller.source, _trail(account)
    facts = TrailFacts(
        trail=trail,
        status=TrailStatus(source=source, logging=True, started=account.taken_at),
        selectors=EventSelectors(source=source),
        insights=InsightSelectors(source=source),
    )
    bucket = BucketFacts(
        name=trail.bucket,
        arn=_bucket_arn(account),
        region=account.region,
        public_access_block=PublicAccessBlock(
            source=source, block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True
        ),
        policy=BucketPolicy(source=source, text=as_json(merged_policy(None, *grants(_bucket_arn(account), [trail])))),
        policy_status=PolicyStatus(source=source),
        acl=Acl(source=source),
        encryption=BucketEncryption(source=source),
        versioning=Versioning(source=source),
        object_lock=ObjectLock(source=source),
        logging=AccessLogging(source=source),
        lifecycle=Lifecycle(source=source),
        payment=RequestPayment(source=source),
    )
    return account.model_copy(update={"trails": (facts,), "buckets": (*account.buckets, bucket)})


def found_trail(account: Snapshot) -> Mending:
    """Gives what makes a bucket and a trail of all regions that writes there, and starts it."""
    here = {"region": account.region, "bucket": _bucket(account)}
    policy = bucket_policy(here["bucket"], account.region, None, *grants(_bucket_arn(account), [_trail(account)]))
    made = step(
        f"make the bucket {here['bucket']}, to which CloudTrail may write",
        Target.BUCKET,
        create_bucket(here["bucket"], account.region),
        unless(aws("s3api", "get-bucket-policy", **here), put_bucket_policy(policy)),
        undo=[f"{aws('s3api', 'delete-bucket', **here)} || echo 'The bucket holds log files and stays.' >&2"],
        cost="What it stores is billed; undone, a bucket that holds log files stays.",
        resources=[
            Resource(type="AWS::S3::Bucket", arn=_bucket_arn(account), properties={"BucketName": here["bucket"]}),
            Resource(
                type="AWS::S3::BucketPolicy",
                arn=f"{_bucket_arn(account)} policy",
                properties={"Bucket": here["bucket"], "PolicyDocument": merged(policy)},
            ),
        ],
        pages=[_BUCKET, page("s3api", "create-bucket")],
    )
    named = {"region": account.region, "name": _TRAIL}
    trail = aws(
        "cloudtrail",
        "create-trail",
        **named,
        s3_bucket_name=here["bucket"],
        is_multi_region_trail=True,
        enable_log_file_validation=True,
    )
    started = step(
        f"make the trail {_TRAIL} and start it",
        Target.TRAIL,
        unless(aws("cloudtrail", "get-trail", **named), trail),
        aws("cloudtrail", "start-logging", **named),
        undo=[aws("cloudtrail", "delete-trail", **named)],
        cost="The first copy of management events in a region is free of charge.",
        resources=[
            Resource(
                type="AWS::CloudTrail::Trail",
                arn=_arn(account),
                properties={
                    "TrailName": _TRAIL,
                    "S3BucketName": here["bucket"],
                    "IsMultiRegionTrail": True,
                    "IncludeGlobalServiceEvents": True,
                    "EnableLogFileValidation": True,
                    "IsLogging": True,
                },
            )
        ],
        pages=[_GUIDE, page("cloudtrail", "create-trail")],
    )
    return made + started


def _trail(account: Snapshot) -> Trail:
    return Trail(
        source=account.caller.source,
        name=_TRAIL,
        arn=_arn(account),
        home_region=account.region,
        bucket=_bucket(account),
        multi_region=True,
        global_events=True,
        validation=True,
    )


def _arn(account: Snapshot) -> str:
    return str(Arn(account.caller.partition, "cloudtrail", account.region, account.account_id, f"trail/{_TRAIL}"))


def _bucket(account: Snapshot) -> str:
    return f"{OWN}-{account.account_id}-{account.region}"


def _bucket_arn(account: Snapshot) -> str:
    return str(Arn(account.caller.partition, "s3", "", "", _bucket(account)))
