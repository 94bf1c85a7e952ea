"""Where CloudTrail puts digests and log files, and what their names tell.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from auditor.errors import UsageError

_TRAIL_ARN = re.compile(r"arn:[\w-]+:cloudtrail:(?P<region>[\w-]+):(?P<account>\d{12}):trail/(?P<name>[\w.-]+)")
_DAY = re.compile(r"\d{4}/\d{2}/\d{2}/")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_ACCOUNT = re.compile(r"\d{12}")
ROOT = "AWSLogs/"


@dataclass(frozen=True, slots=True)
class TrailPlace:
    """A trail, and where its files are.

    Attributes:
        arn: The trail.
        bucket: Its bucket; empty where a local copy does not tell.
        prefix: What stands before `AWSLogs/` in its keys, without a slash at its end.
        organization: Whether it is an organization's trail; None where its settings are not known.
        multi_region: Whether it records all regions; None where its settings are not known.
    """

    arn: str
    bucket: str
    prefix: str = ""
    organization: bool | None = None
    multi_region: bool | None = None

    @property
    def root(self) -> str:
        """The folder that holds those of the accounts."""
        return f"{self.prefix}/{ROOT}" if self.prefix else ROOT

    @property
    def name(self) -> str:
        """The trail's name."""
        return arn_parts(self.arn)[2]

    @property
    def home_region(self) -> str:
        """Where the trail was made."""
        return arn_parts(self.arn)[0]

    @property
    def account_id(self) -> str:
        """The account that owns the trail."""
        return arn_parts(self.arn)[1]


def arn_parts(arn: str) -> tuple[str, str, str]:
    """Gives the region, the account and the name in a trail's ARN.

    Raises:
        UsageError: It is no ARN of a trail.
    """
    found = _TRAIL_ARN.fullmatch(arn)
    if found is None:
        raise UsageError(
            f"{arn!r} is no ARN of a trail.", "Give one such as arn:aws:cloudtrail:us-east-1:123456789012:trail/NAME."
        )
    return found["region"], found["account"], found["name"]


def is_organization(name: str) -> bool:
    """Gives whether a folder's name is an organization's id."""
    return bool(_ORGANIZATION.fullmatch(name))


def is_account(name: str) -> bool:
    """Gives whether a folder's name is an account's id."""
    return bool(_ACCOUNT.fullmatch(name))


@dataclass(frozen=True, slots=True)
class DigestName:
    """What a digest's name tells: the end of its time, and whether it is a backfill."""

    key: str
    end: datetime
    backfill: bool


@dataclass(frozen=True, slots=True)
class ChainPlace:
    """Where one chain of digests is: those of one account in one region.

    Attributes:
        trail: The trail.
        folder: The account's folder, which ends in a slash.
        account_id: The account whose events they are.
        region: The region whose events they are.
    """

    trail: TrailPlace
    folder: str
    account_id: str
    region: str

    @property
    def digests(self) -> str:
        """The folder of the digests."""
        return f"{self.folder}CloudTrail-Digest/{self.region}/"

    @property
    def logs(self) -> str:
        """The folder of the log files."""
        return f"{self.folder}CloudTrail/{self.region}/"

    def digest(self, key: str) -> DigestName | None:
        """Gives what a key tells; None where it is no digest of this chain."""
        folder, name = _split(key, self.digests)
        stem = f"{self.account_id}_CloudTrail-Digest_{self.region}_{self.trail.name}_{self.trail.home_region}_"
        if folder is None or not name.startswith(stem):
            return None
        found = _DIGEST_TIME.fullmatch(name, len(stem))
        end = found and _time(found["time"], "%Y%m%dT%H%M%SZ")
        return DigestName(key, end, bool(found["backfill"])) if found and end else None

    def log_time(self, key: str) -> datetime | None:
        """Gives when a log file was delivered, by its name; None where it is none of this chain."""
        folder, name = _split(key, self.logs)
        stem = f"{self.account_id}_CloudTrail_{self.region}_"
        found = _LOG_TIME.fullmatch(name, len(stem)) if folder and name.startswith(stem) else None
        return _time(found["time"], "%Y%m%dT%H%MZ") if found else None


_DIGEST_TIME = re.compile(r"(?P<time>\d{8}T\d{6}Z)(?P<backfill>_backfill)?\.json\.gz")
_LOG_TIME = re.compile(r"(?P<time>\d{8}T\d{4}Z)_[^/]+\.json\.gz")


def day_of(key: str, folder: str) -> str:
    """Gives the day's folder that a key is in, such as `2026/11/01/`; empty where it is in none."""
    found = _DAY.match(key, len(folder)) if key.startswith(folder) else None
    return found.group() if found else ""


def _split(key: str, folder: str) -> tuple[str | None, str]:
    day = day_of(key, folder)
    return (day, key[len(folder) + len(day) :]) if day else (None, "")


def _time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
