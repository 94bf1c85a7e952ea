"""All that a scan read of one account, at one time."""

from __future__ import annotations

from datetime import datetime

from auditor.model.account import Aliases, Caller, SecurityHub
from auditor.model.alarm import Alarms, MuteRules
from auditor.model.alternative import RegionAlternatives
from auditor.model.bucket import BucketFacts, PublicAccessBlock
from auditor.model.fact import Frozen, Read, Unreadable
from auditor.model.integrity import LogIntegrity
from auditor.model.key import KeyFacts
from auditor.model.logs import LogGroupFacts, MetricFilters, Transformer, TransformerFacts
from auditor.model.role import RoleFacts
from auditor.model.topic import TopicFacts
from auditor.model.trail import TrailFacts


class RegionFacts(Frozen):
    """What was read of one region that a trail delivers logs to; no mute rules where the endpoint knows of none."""

    region: str
    filters: Read[MetricFilters]
    alarms: Read[Alarms]
    mute_rules: Read[MuteRules] | None = None
    transformers: tuple[TransformerFacts, ...] = ()

    def transformer(self, log_group: str) -> Read[Transformer] | None:
        """Gives a log group's own transformer, which is read where a filter looks at transformed events."""
        return next((facts.transformer for facts in self.transformers if facts.log_group == log_group), None)


class Snapshot(Frozen):
    """All that a scan read of one account; the only thing that checks see.

    Attributes:
        taken_at: When the reading began, in UTC; the only clock that checks have.
        region: The region the scan started from.
        trails: Every trail of the account, shadow copies counted once; Unreadable where trails could not be listed.
        unlisted: Why trails of other regions may be missing from `trails`, where they may be.
        alternatives: Other ways to somebody; read only once a control fails.
        organization_id: The id of the account's organization, such as `o-exampleorgid`, where it is known.
        shared: What was read of other accounts, each with its own credentials, as far as this account's trails lead
            there: to the trail of the organization, its log group and its bucket. They hold no further ones.
        integrity: Whether the log files of each trail are as they were delivered; None where that was not asked for.
        api_calls: How many requests each operation took, retries counted, such as `{"s3:GetBucketAcl": 1}`.
    """

    taken_at: datetime
    finished_at: datetime
    region: str
    caller: Caller
    aliases: Read[Aliases]
    trails: Read[tuple[TrailFacts, ...]]
    unlisted: Unreadable | None = None
    account_block: Read[PublicAccessBlock]
    buckets: tuple[BucketFacts, ...] = ()
    log_groups: tuple[LogGroupFacts, ...] = ()
    regions: tuple[RegionFacts, ...] = ()
    topics: tuple[TopicFacts, ...] = ()
    keys: tuple[KeyFacts, ...] = ()
    roles: tuple[RoleFacts, ...] = ()
    security_hub: Read[SecurityHub]
    alternatives: tuple[RegionAlternatives, ...] = ()
    organization_id: str = ""
    shared: tuple[Snapshot, ...] = ()
    integrity: tuple[LogIntegrity, ...] | None = None
    api_calls: dict[str, int]

    @property
    def account_id(self) -> str:
        """The account that was read."""
        return self.caller.account_id

    def home(self, account_id: str) -> Snapshot | None:
        """Gives what was read of an account: this one itself or a shared one; None where it was not read."""
        return next((one for one in (self, *self.shared) if one.account_id == account_id), None)

    def clock(self, account_id: str) -> datetime:
        """Gives the time at which what belongs to an account was read, by which its age is told."""
        home = self.home(account_id)
        return home.taken_at if home else self.taken_at

    def bucket(self, name: str) -> BucketFacts:
        """Gives the bucket of that name; every trail's bucket is here."""
        return next(bucket for bucket in self.buckets if bucket.name == name)

    def log_group(self, arn: str) -> LogGroupFacts:
        """Gives the log group at an ARN; every trail's log group is here."""
        return next(group for group in self.log_groups if group.arn == arn)

    def in_region(self, region: str) -> RegionFacts:
        """Gives the filters and alarms of a region that a trail delivers logs to."""
        return next(facts for facts in self.regions if facts.region == region)

    def topic(self, arn: str) -> TopicFacts:
        """Gives the topic at an ARN that an alarm names."""
        return next(topic for topic in self.topics if topic.arn == arn)

    def key(self, name: str) -> KeyFacts:
        """Gives the key that a trail or a topic names by ARN, id or alias."""
        return next(key for key in self.keys if key.name == name)

    def role(self, arn: str) -> RoleFacts:
        """Gives the role at an ARN that a trail names."""
        return next(role for role in self.roles if role.arn == arn)
