"""Keeps calls below the rates at which AWS begins to throttle an account.

AWS counts the calls of each operation by account and region, whoever makes them, in buckets that refill every second.
One `Rates` is shared by all connections of a process, so that many threads which read the same account keep to its
rates together, and none waits for another account. It hands out four fifths of each rate, since others call as well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_CLOUDTRAIL = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_CLOUDWATCH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
_SNS = "https://docs.aws.amazon.com/general/latest/gr/sns.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
_HUB = "https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html"

# Calls per second for each account and region, and where AWS says so. `service:*` is for all its other operations.
LIMITS: dict[str, tuple[float, str]] = {
    "cloudtrail:*": (10, _CLOUDTRAIL),
    "cloudtrail:LookupEvents": (2, _CLOUDTRAIL),
    "logs:DescribeMetricFilters": (5, _LOGS),
    "logs:TestMetricFilter": (5, _LOGS),
    "logs:DescribeLogGroups": (10, _LOGS),
    "logs:StartQuery": (10, _LOGS),
    "logs:GetQueryResults": (10, _LOGS),
    "cloudwatch:DescribeAlarms": (9, _CLOUDWATCH),
    "cloudwatch:DescribeAlarmHistory": (20, _CLOUDWATCH),
    # Of the rest of SNS no rate of reading is published; the lists' is taken for it.
    "sns:*": (30, _SNS),
    "kms:*": (1000, _KMS),
    "sts:*": (600, _IAM),
    "events:*": (50, _EVENTS),
    "securityhub:*": (10, _HUB),
    # Nothing is published for the settings of a bucket; S3 itself takes thousands of requests per second.
    "s3:*": (100, ""),
    "s3control:*": (100, ""),
}
# What is taken for operations of which nothing is published, such as IAM's and those of AWS Organizations.
UNPUBLISHED = 20.0
_SHARE = 0.8

# After a throttle a rate falls by a third, though not twice in a second, for many calls may be told at once; with
# each second of answers it regains a tenth. So calls that are refused at random do not bring it down for good.
_FALL = 0.7
_REGAIN = 0.1
_FLOOR = 0.2
_SECOND = 1.0

# Error codes that say "too fast", as botocore's standard retries know them.
THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def published(operation: str) -> float:
    """Gives the calls per second at which AWS throttles an operation, such as `logs:DescribeMetricFilters`."""
    service = operation.partition(":")[0]
    found = LIMITS.get(operation) or LIMITS.get(f"{service}:*")
    return found[0] if found else UNPUBLISHED


@dataclass(slots=True)
class Bucket:
    """The calls that may be made: at most `burst` at once, and `rate` per second after that.

    A bucket of AWS's that holds and regains a whole second's calls is never emptied by one that holds and regains
    less. Calls are let go in the order in which they came.

    Attributes:
        full_rate: Calls per second while nothing is throttled.
        burst: Calls at once after a quiet time.
        rate: Calls per second at present.
    """

    full_rate: float
    burst: float
    rate: float = 0.0
    _tokens: float = 0.0
    _granted: float = float("-inf")
    _fell: float = float("-inf")
    _regained: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.rate = self.full_rate

    @classmethod
    def of(cls, operation: str) -> Bucket:
        """Gives a full bucket for an operation."""
        rate = published(operation) * _SHARE
        return cls(rate, max(1.0, float(int(rate))))

    def take(self, now: float) -> float:
        """Takes the right to one call, and gives the seconds to wait until it may be made."""
        with self._lock:
            at = max(now, self._granted)
            quiet = at - self._granted
            self._tokens = min(self.burst, self._tokens + quiet * self.rate)
            if self._tokens < 1.0:
                at += (1.0 - self._tokens) / self.rate
                self._tokens = 1.0
            self._tokens -= 1.0
            self._granted = at
            return at - now

    def throttled(self, now: float) -> None:
        """Slows down after an answer that said "too fast"."""
        with self._lock:
            if now - self._fell >= _SECOND:
                self.rate = max(self.rate * _FALL, self.full_rate * _FLOOR)
                self._fell = self._regained = now

    def answered(self, now: float) -> None:
        """Regains some of the rate after any other answer."""
        if self.rate == self.full_rate:
            return
        with self._lock:
            passed = min(now - self._regained, _SECOND)
            self.rate = min(self.full_rate, self.rate + passed * _REGAIN * self.full_rate)
            self._regained = now


class Rates:
    """The buckets of all accounts that a process reads. Safe to use from several threads.

    Args:
        clock: Gives the time in seconds, from any start.
        sleep: Waits for some seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._buckets: dict[str, dict[tuple[str, str], Bucket]] = {}
        self._waits = 0

    @property
    def waits(self) -> int:
        """How many calls have had to wait."""
        return self._waits

    def wait(self, account_id: str, region: str, operation: str) -> None:
        """Returns when a call may be made.

        Args:
            account_id: The account whose credentials the call is made with; it is what AWS counts by.
            region: Where the call goes.
            operation: The call, such as `s3:GetBucketAcl`.
        """
        seconds = self._bucket(account_id, region, operation).take(self._clock())
        if seconds > 0:
            with self._lock:
                self._waits += 1
            self._sleep(seconds)

    def told(self, account_id: str, region: str, operation: str, *, throttled: bool) -> None:
        """Takes note of an answer: a throttle slows the operation down, another lets it regain its rate."""
        bucket = self._bucket(account_id, region, operation)
        if throttled:
            bucket.throttled(self._clock())
        else:
            bucket.answered(self._clock())

    def forget(self, account_id: str) -> None:
        """Lets the buckets of an account go that is not read any more."""
        with self._lock:
            self._buckets.pop(account_id, None)

    def _bucket(self, account_id: str, region: str, operation: str) -> Bucket:
        with self._lock:
            of_account = self._buckets.setdefault(account_id, {})
            found = of_account.get((region, operation))
            if found is None:
                found = of_account[region, operation] = Bucket.of(operation)
            return found
