"""Server access logging of a trail's bucket."""

from __future__ import annotations

from auditor.checking import BucketCheck, Remediation, Severity, Verdict, failed, known, observed, passed
from auditor.model.bucket import AccessLogging, BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import page, step, unless
from auditor.remedy.policy import Statement, bucket_policy, put_bucket_policy
from auditor.remedy.storing import create_bucket

_LONGEST_NAME = 63
_SUFFIX = "-access-logs"


class BucketAccessLogging(BucketCheck):
    """Requests to the bucket are logged to another one."""

    id = "bucket.access_logging"
    title = "Requests to the trail's bucket are logged"
    severity = Severity.LOW
    rationale = (
        "Who read or removed which log file, S3's own log tells, written by another service to another place: it is "
        "still there when the trail itself has been tampered with."
    )
    references = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
    )

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges where the bucket's access logs go."""
        logging = known(facts.logging)
        shown = observed(logging, facts.arn, "target", "prefix")
        if not logging.target:
            reason = f"Requests to {facts.name} are not logged."
            return failed(reason, shown, remediation=_turn_on(facts, account))
        reason = f"Requests to {facts.name} are logged to {logging.target}."
        return passed(reason, shown, notes=_on_target(facts, logging, account))


def _on_target(facts: BucketFacts, logging: AccessLogging, account: Snapshot) -> tuple[str, ...]:
    """Says what is wrong with the target, as far as it is known.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html (a loop; no default retention).
    """
    notes: list[str] = []
    if logging.target == facts.name:
        notes.append(
            f"The bucket {facts.name} logs into itself, so that every log file written makes another log entry; AWS "
            "advises against it, and whoever gets into the bucket gets at both."
        )
    for bucket in (account.home(facts.account_id) or account).buckets:
        lock = bucket.object_lock
        if bucket.name == logging.target and not isinstance(lock, Unreadable) and lock.mode:
            notes.append(
                f"The bucket {bucket.name} has a default retention ({lock.mode}), with which S3 delivers no access "
                "logs to it."
            )
    return tuple(notes)


def _turn_on(facts: BucketFacts, account: Snapshot) -> Remediation:
    """Gives what makes a bucket for the access logs, unless it is there, and points the logging at it."""
    target = f"{facts.name[: _LONGEST_NAME - len(_SUFFIX)]}{_SUFFIX}"
    arn = f"{facts.arn.removesuffix(facts.name)}{target}"
    statement: Statement = {
        "Sid": "TrailAuditorAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{arn}/{facts.name}/*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": facts.account_id or account.account_id},
            "ArnLike": {"aws:SourceArn": facts.arn},
        },
    }
    has_policy = aws("s3api", "get-bucket-policy", region=facts.region, bucket=target)
    policy = put_bucket_policy(bucket_policy(target, facts.region, None, statement))
    return step(
        f"log requests to {facts.name} to the bucket {target}",
        Target.BUCKET,
        create_bucket(target, facts.region),
        unless(has_policy, policy),
        _log(facts, {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": f"{facts.name}/"}}),
        undo=[_log(facts, {})],
        cost=f"The logs are stored and billed, for ever unless they are expired; undone, {target} stays with its logs.",
        pages=[page("s3api", "put-bucket-logging")],
    ).remediation(
        f"Log requests to a bucket of their own in {facts.region}, here {target}; choose another name where it is "
        "taken, and where that bucket has a policy already, add the statement for logging.s3.amazonaws.com to it."
    )


def _log(facts: BucketFacts, status: Statement) -> str:
    return aws("s3api", "put-bucket-logging", region=facts.region, bucket=facts.name, bucket_logging_status=status)
