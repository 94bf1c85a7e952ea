"""What checks judge: the account, all trails together, each trail, each trail's bucket, each trail's log group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from auditor.benchmark import Benchmark
from auditor.checking.check import ACCOUNT_SCOPE, Check, Subject
from auditor.checking.evidence import shown_unreadable
from auditor.checking.verdict import Verdict, failed, not_applicable, unknown
from auditor.findings import Status
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.logs import LogGroupFacts
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remediation import Remediation
from auditor.remedy.founding import found_trail, founded

S = TypeVar("S")
NO_TRAIL = "The account has no trail."
_FOUND = "Make a trail of all regions, with a bucket for it."


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
        return failed(NO_TRAIL, remediation=found_trail(account).remediation(_FOUND))
    return account.trails


def without_trails(check: Check[S], verdict: Verdict, account: Snapshot, benchmark: Benchmark) -> Subject[S]:
    """Gives the subject of a check on an account without trails.

    What mends it makes a trail, and mends what the check would then say of that.
    """
    if verdict.remediation is None:
        return account_subject(account, verdict)
    (after,) = check.findings(founded(account), benchmark)
    if after.remediation is None:
        return account_subject(account, verdict)
    steps = (*verdict.remediation.steps, *after.remediation.steps)
    summary = f"{_FOUND} {after.remediation.summary}"
    pages = dict.fromkeys((*verdict.remediation.references, *after.remediation.references))
    remedy = Remediation.of(summary, *steps, references=pages)
    return account_subject(account, replace(verdict, remediation=remedy))


class TrailsCheck(Check[tuple[TrailFacts, ...]]):
    """Judges all trails of the account together: one that satisfies is enough."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[tuple[TrailFacts, ...]]]:
        """Gives the account's trails as one subject."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [without_trails(self, trails, account, benchmark)]
        return [account_subject(account, trails)]


class TrailCheck(Check[TrailFacts]):
    """Judges each trail."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[TrailFacts]]:
        """Gives each trail, or the account where it has none."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [without_trails(self, trails, account, benchmark)]
        return [
            Subject(facts.trail.arn, facts.trail.arn, facts.trail.home_region, facts, facts.trail.account_id)
            for facts in trails
        ]


def _inapplicable(verdict: Verdict) -> Verdict:
    """Gives the verdict on what an account without a trail does not have."""
    return not_applicable(NO_TRAIL) if verdict.status is Status.FAIL else verdict


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
            return [account_subject(account, _inapplicable(trails))]
        return [
            Subject(
                bucket.arn,
                bucket.arn,
                bucket.region,
                bucket if bucket.exists or self.judges_missing else not_applicable("The bucket does not exist."),
                bucket.account_id,
            )
            for bucket in account.buckets
        ]


class LogGroupCheck(Check[LogGroupFacts]):
    """Judges each log group that a trail delivers to."""

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[LogGroupFacts]]:
        """Gives each trail's log group once, or the account where no trail has one."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [account_subject(account, _inapplicable(trails))]
        if not account.log_groups:
            without = not_applicable("No trail delivers to CloudWatch Logs.")
            return [account_subject(account, without)]
        return [Subject(group.arn, group.arn, group.region, group, group.account_id) for group in account.log_groups]
