"""Findings: what the checks say, and what the renderers show."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from pydantic import ConfigDict, JsonValue

from auditor.model.fact import Frozen, Source
from auditor.remediation import Remediation

Event: TypeAlias = dict[str, JsonValue]


class Status(StrEnum):
    """The verdict of a finding."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Verdict(StrEnum):
    """What the reader is told of a finding: its status, or that someone has answered for it; the most urgent first."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Verdict).index(self)


class Severity(StrEnum):
    """How much a failure matters, the gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class LinkStatus(StrEnum):
    """How one link of a chain stands."""

    SOUND = "SOUND"
    BROKEN = "BROKEN"
    UNKNOWN = "UNKNOWN"
    NOT_REACHED = "NOT_REACHED"


class LinkName(StrEnum):
    """The links of a chain, from the event to a person."""

    TRAIL = "trail"
    LOG_GROUP = "log group"
    FILTER = "filter"
    METRIC = "metric"
    ALARM = "alarm"
    ACTION = "action"
    TOPIC = "topic"
    SUBSCRIPTION = "subscription"


class ChainLink(Frozen):
    """One link of a chain, as it stands.

    Attributes:
        resource: The ARN or name of what stands there; empty where nothing does.
        reason: One sentence.
    """

    link: LinkName
    resource: str
    status: LinkStatus
    reason: str


class Candidate(Frozen):
    """Another chain that was looked at, and where it breaks."""

    name: str
    breaks_at: LinkName | None
    reason: str


class Evidence(Frozen):
    """A fact that a finding rests on.

    Attributes:
        source: The call that gave it; None where no call was needed.
        resource: What it is about.
        observed: The values, under the names that AWS gives them.
    """

    source: Source | None
    resource: str
    observed: dict[str, JsonValue]


class Waiver(Frozen):
    """A failure that someone has answered for.

    Attributes:
        check: The check id, or a pattern with `*`.
        account: The account id; any where empty.
        resource: The resource, or a pattern with `*`; any where empty.
        reason: Why the failure is accepted.
        owner: Who answers for it.
        expires: The last day on which it holds.
    """

    model_config = ConfigDict(extra="forbid")

    check: str
    account: str = ""
    resource: str = ""
    reason: str
    owner: str
    expires: date


class Finding(Frozen):
    """The verdict of one check on one resource.

    Attributes:
        id: The same from run to run for the same check, account and scope.
        check_id: The check, such as `alarm.root_usage`.
        controls: The control's number in each benchmark version that has it, such as `{"cis-3.0": "4.4"}`.
        assessment: Whether the chosen benchmark calls the control Automated or Manual; None where it has none.
        security_hub: The Security Hub controls that ask the same.
        reason: The verdict in one sentence.
        notes: What else one should know, a sentence each.
        chain: For a chain: its links from trail to subscription.
        candidates: For a chain: the other chains that were looked at.
        witness: A CloudTrail event that gets lost.
    """

    id: str
    check_id: str
    controls: dict[str, str]
    assessment: str | None = None
    security_hub: tuple[str, ...] = ()
    title: str
    rationale: str
    status: Status
    severity: Severity
    account_id: str
    region: str
    resource: str
    reason: str
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    witness: Event | None = None
    remediation: Remediation | None = None
    waiver: Waiver | None = None

    @property
    def breaks_at(self) -> ChainLink | None:
        """The first link of the chain that is not sound."""
        return next((link for link in self.chain if link.status is not LinkStatus.SOUND), None)


def verdict(finding: Finding) -> Verdict:
    """Gives what the reader is told of a finding."""
    if finding.waiver is not None:
        return Verdict.WAIVED
    return {
        Status.FAIL: Verdict.FAIL,
        Status.UNKNOWN: Verdict.UNKNOWN,
        Status.PASS: Verdict.PASS,
        Status.NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
    }[finding.status]


def finding_id(check_id: str, account_id: str, scope: str) -> str:
    """Gives the id of the finding of a check on a scope: a resource's ARN, or `account`."""
    text = f"{check_id}\n{account_id}\n{scope}"
    # A name may hold half a surrogate pair, which plain UTF-8 refuses.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
