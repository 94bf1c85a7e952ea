"""What checks judge: the account, all trails together, each trail, each trail's bucket, each trail's log group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from auditor.benchmark import Benchmark
from auditor.checking.check import ACCOUNT_SCOPE, Check, Subject
from auditor.checking.evidence import shown_unreadable
from auditor.checking.verdict import Verdict, failed, not_applicable, unknown
from auditor.findings import Remediation
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remedy import aws

S = TypeVar("S")
NO_TRAIL = "The account has no trail."


def account_subject(account: Snapshot, facts: S | Verdict) -> Subject[S]:
    """Gives the account itself as a subject."""
    return Subject(ACCOUNT_SCOPE, account.account_id, account.region, facts)


class AccountCheck(Check[Snapshot]):
    """Judges the account as a whole."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[Snapshot]]:
        """Gives the account."""
        return [account_subject(account, account)]


def trails_of(account: Snapshot) -> tuple[TrailFacts, ...] | Verdict:
    """Gives the account's trails, or the verdict where there are none to judge."""
    if isinstance(account.trails, Unreadable):
        return unknown(f"{account.trails.reason}.", shown_unreadable(account.trails))
    if not account.trails:
        if account.unlisted:
            return unknown(f"No trail is described, but {account.unlisted.reason}.")
        return failed(NO_TRAIL, remediation=_create_trail(account))
    return account.trails


def _create_trail(account: Snapshot) -> Remediation:
    return Remediation(
        summary="Create a multi-region trail; the bucket must exist and let CloudTrail write.",
        commands=(
            aws(
                "cloudtrail",
                "create-trail",
                region=account.region,
                name="management-trail",
                s3_bucket_name=f"cloudtrail-logs-{account.account_id}",
                is_multi_region_trail=True,
                enable_log_file_validation=True,
            ),
            aws("cloudtrail", "start-logging", region=account.region, name="management-trail"),
        ),
        references=(
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-cli.html",
        ),
    )


class TrailsCheck(Check[tuple[TrailFacts, ...]]):
    """Judges all trails of the account together: one that satisfies is enough."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[tuple[TrailFacts, ...]]]:
        """Gives the account's trails as one subject."""
        return [account_subject(account, trails_of(account))]


class TrailCheck(Check[TrailFacts]):
    """Judges each trail."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[TrailFacts]]:
        """Gives each trail, or the account where it has none."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [account_subject(account, trails)]
        return [Subject(facts.trail.arn, facts.trail.arn, facts.trail.home_region, facts) for facts in trails]


class BucketCheck(Check[BucketFacts]):
    """Judges each bucket that a trail writes to.

    Attributes:
        judges_missing: Whether a bucket that does not exist is judged as well.
    """

    judges_missing: bool = False

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[BucketFacts]]:
        """Gives each trail's bucket once, or the account where it has no trail."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            without = trails if isinstance(account.trails, Unreadable) or account.unlisted else not_applicable(NO_TRAIL)
            return [account_subject(account, without)]
        return [
            Subject(
                bucket.arn,
                bucket.arn,
                bucket.region,
                bucket if bucket.exists or self.judges_missing else not_applicable("The bucket does not exist."),
            )
            for bucket in account.buckets
        ]


class LogGroupCheck(Check[LogGroupFacts]):
    """Judges each log group that a trail delivers to."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[LogGroupFacts]]:
        """Gives each trail's log group once, or the account where no trail has one."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [account_subject(account, trails)]
        if not account.log_groups:
            without = not_applicable("No trail delivers to CloudWatch Logs.")
            return [account_subject(account, without)]
        return [Subject(group.arn, group.arn, group.region, group) for group in account.log_groups]
