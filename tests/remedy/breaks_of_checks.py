"""What each check fails on."""

from __future__ import annotations

from typing import Any

from auditor.demo.trail_parts import allow_cloudtrail, document, make_bucket
from tests.remedy.breaks_of_chains import Change, infrequent, no_role
from tests.remedy.broken import Broken


def no_trail(broken: Broken) -> None:
    broken.client("cloudtrail").delete_trail(**broken.trail)


def one_region(broken: Broken) -> None:
    broken.update(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False)


def at_rest(broken: Broken) -> None:
    broken.client("cloudtrail").stop_logging(**broken.trail)


def without_digests(broken: Broken) -> None:
    broken.update(EnableLogFileValidation=False)


def without_key(broken: Broken) -> None:
    no_trail(broken)
    names = {"Name": broken.sound.trail, "S3BucketName": broken.sound.bucket, "IsMultiRegionTrail": True}
    broken.client("cloudtrail").create_trail(**names, EnableLogFileValidation=True)
    broken.client("cloudtrail").start_logging(**broken.trail)


def key_disabled(broken: Broken) -> None:
    broken.client("kms").disable_key(KeyId=broken.key_id)


def key_pending(broken: Broken) -> None:
    broken.client("kms").schedule_key_deletion(KeyId=broken.key_id, PendingWindowInDays=7)


def reads_only(broken: Broken) -> None:
    selector = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "DataResources": []}
    broken.client("cloudtrail").put_event_selectors(TrailName=broken.sound.trail, EventSelectors=[selector])


def half_the_insights(broken: Broken) -> None:
    half = [{"InsightType": "ApiCallRateInsight"}]
    broken.client("cloudtrail").put_insight_selectors(TrailName=broken.sound.trail, InsightSelectors=half)


def open_to_all(broken: Broken) -> None:
    s3 = broken.client("s3")
    broken.client("s3control").delete_public_access_block(AccountId=broken.account.account_id)
    half = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False}
    s3.put_public_access_block(**broken.bucket, PublicAccessBlockConfiguration=half)
    s3.put_bucket_acl(**broken.bucket, ACL="public-read")


def open_to_all_and_unblocked(broken: Broken) -> None:
    open_to_all(broken)
    broken.client("s3").delete_public_access_block(**broken.bucket)


def bare(broken: Broken) -> None:
    """Has the trail write to a bucket that lets it, and that is all."""
    name = "acme-bare-logs"
    make_bucket(
        broken.account,
        name,
        *allow_cloudtrail(broken.account, name, broken.sound.trail_arn),
        versioning=False,
        public_access_block=None,
    )
    broken.update(S3BucketName=name)


def short_lived(broken: Broken) -> None:
    bare(broken)
    moved = [{"Days": 10, "StorageClass": "GLACIER"}]
    rules: list[dict[str, Any]] = [
        {
            "ID": "it's `short`",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 30},
            "Transitions": moved,
        },
        {"ID": "scratch", "Status": "Enabled", "Filter": {"Prefix": "scratch/"}, "Expiration": {"Days": 1}},
    ]
    lifecycle = {"Rules": rules}
    broken.client("s3").put_bucket_lifecycle_configuration(Bucket="acme-bare-logs", LifecycleConfiguration=lifecycle)


def no_statements(broken: Broken) -> None:
    bare(broken)
    broken.client("s3").delete_bucket_policy(Bucket="acme-bare-logs")


def policy_of_others(broken: Broken) -> None:
    broken.policy("AWSLogs/")


def deny_beside(broken: Broken) -> None:
    everything = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{broken.sound.bucket}/*",
    }
    broken.policy("GetBucketAcl", add=everything)


def bucket_gone(broken: Broken) -> None:
    bare(broken)
    broken.client("s3").delete_bucket(Bucket="acme-bare-logs")


def requester_pays(broken: Broken) -> None:
    broken.client("s3").put_bucket_request_payment(**broken.bucket, RequestPaymentConfiguration={"Payer": "Requester"})


def group_gone(broken: Broken) -> None:
    broken.client("logs").delete_log_group(**broken.group())


def untrusting(broken: Broken) -> None:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    broken.client("iam").update_assume_role_policy(RoleName=broken.sound.role, PolicyDocument=trust)


def powerless(broken: Broken) -> None:
    broken.client("iam").delete_role_policy(RoleName=broken.sound.role, PolicyName="write-to-logs")


def forgetful(broken: Broken) -> None:
    broken.client("logs").put_retention_policy(**broken.group(), retentionInDays=30)


def group_without_key(broken: Broken) -> None:
    broken.client("logs").disassociate_kms_key(**broken.group())


def no_hub(broken: Broken) -> None:
    broken.client("securityhub").disable_security_hub()


def refused(broken: Broken) -> None:
    broken.account.controls.trail_status(broken.sound.trail, LatestDeliveryError="AccessDenied")


def digests_refused(broken: Broken) -> None:
    broken.account.controls.trail_status(broken.sound.trail, LatestDigestDeliveryError="AccessDenied")


def events_refused(broken: Broken) -> None:
    broken.account.controls.trail_status(broken.sound.trail, LatestCloudWatchLogsDeliveryError="AccessDenied")


# What each check fails on.
OF_CHECKS: tuple[tuple[str, Change], ...] = (
    *((f"trail.{name}", no_trail) for name in ("multi_region", "encryption", "s3_data_events", "insights")),
    ("cloudwatch.integration", no_trail),
    ("alarm.iam_policy_changes", no_trail),
    ("trail.multi_region", one_region),
    ("trail.global_events", one_region),
    ("trail.logging", at_rest),
    ("trail.log_validation", without_digests),
    ("trail.encryption", without_key),
    ("trail.encryption", key_disabled),
    ("trail.encryption", key_pending),
    ("trail.management_events", reads_only),
    ("trail.s3_data_events", reads_only),
    ("trail.insights", half_the_insights),
    ("bucket.public_access", open_to_all),
    ("bucket.public_access", open_to_all_and_unblocked),
    *((f"bucket.{name}", bare) for name in ("delete_protection", "versioning", "tls_only", "access_logging")),
    ("bucket.retention", short_lived),
    *(("bucket.cloudtrail_access", change) for change in (no_statements, policy_of_others, deny_beside, bucket_gone)),
    ("bucket.cloudtrail_access", requester_pays),
    *(("cloudwatch.integration", change) for change in (without_key, group_gone, infrequent)),
    ("cloudwatch.role", untrusting),
    ("cloudwatch.role", powerless),
    ("cloudwatch.role", no_role),
    ("cloudwatch.retention", forgetful),
    ("cloudwatch.encryption", group_without_key),
    ("securityhub.enabled", no_hub),
)
# Moto keeps the status that a test sets: what a trail delivers once it may again, only AWS shows.
BY_STATUS: tuple[tuple[str, Change], ...] = (
    ("trail.delivery", refused),
    ("trail.digest_delivery", digests_refused),
    ("cloudwatch.delivery", events_refused),
    ("alarm.root_usage", refused),
    ("alarm.root_usage", events_refused),
)
