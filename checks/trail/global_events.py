"""Events of the global services."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.checking import Evidence, Severity, TrailsCheck, Verdict, failed, observed, passed, unknown
from auditor.checking.evidence import shown_unreadable
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailFacts
from auditor.remedy.mending import NOTHING, Mending
from checks.trail.coverage import narrowed_by
from checks.trail.management_events import EVERY_MANAGEMENT_EVENT
from checks.trail.mending import mend_best, recording, selecting, starting
from checks.trail.selection import management_slices

# Where each partition records its global services: the region that AWS calls the partition's leader.
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
_LEADERS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whether the global services' events reach a trail; None where that is not known."""

    holds: bool | None
    words: str


class GlobalEvents(TrailsCheck):
    """The events of IAM, STS and CloudFront reach a trail that is logging.

    Since November 2021 they are recorded in one region only, so that a trail of another single region misses them.
    """

    id = "trail.global_events"
    title = "Events of global services such as IAM reach a trail"
    severity = Severity.HIGH
    rationale = (
        "Users, roles and policies live in global services. Without their events nobody sees how someone came by the "
        "rights that were then used elsewhere."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html",
    )

    def judge(self, facts: tuple[TrailFacts, ...], account: Snapshot) -> Verdict:
        """Judges whether one trail is at work where these events arise, and takes them in."""
        reaches = [(one, _reach(one, account.caller.partition)) for one in facts]
        for one, reach in reaches:
            if reach.holds:
                return passed(f"The events of global services reach the trail {one.trail.name}.", *_shown(one))
        evidence = tuple(shown for one in facts for shown in _shown(one))
        open_ones = [reach.words for _, reach in reaches if reach.holds is None]
        if account.unlisted:
            open_ones.append(account.unlisted.reason)
        if open_ones:
            reason = f"Whether the events of global services reach a trail is not known: {'; '.join(open_ones)}."
            return unknown(reason, *evidence)
        reason = f"The events of global services reach no trail: {'; '.join(reach.words for _, reach in reaches)}."
        mend = mend_best(facts, account, recording, _managing, starting)
        return failed(reason, *evidence, remediation=mend)


def _reach(facts: TrailFacts, partition: str) -> _Reach:
    """Says whether the events reach a trail; what is surely amiss goes before what is not known."""
    found = (_by_region(facts.trail, partition), _by_status(facts), _by_selectors(facts))
    for wanted in (False, None):
        for reach in found:
            if reach.holds is wanted:
                return reach
    return _Reach(True, "")


def _by_region(trail: Trail, partition: str) -> _Reach:
    if not trail.global_events:
        return _Reach(False, f"{trail.name} leaves them out")
    if trail.multi_region:
        return _Reach(True, "")
    leader = _LEADERS.get(partition)
    if leader is None:
        return _Reach(None, f"where the partition {partition} records them, and so whether {trail.name} does")
    return _Reach(trail.home_region == leader, f"{trail.name} records {trail.home_region} only, not {leader}")


def _by_status(facts: TrailFacts) -> _Reach:
    if isinstance(facts.status, Unreadable):
        return _Reach(None, facts.status.reason)
    return _Reach(facts.status.logging, f"{facts.trail.name} is stopped")


def _by_selectors(facts: TrailFacts) -> _Reach:
    """Says whether a trail logs management events at all; which of them is trail.management_events' question."""
    if isinstance(facts.selectors, Unreadable):
        return _Reach(None, facts.selectors.reason)
    slices = management_slices(facts.selectors)
    if slices and all(one.unclear for one in slices):
        return _Reach(None, narrowed_by(facts, slices[0]))
    return _Reach(bool(slices), f"{facts.trail.name} logs no management events")


def _managing(facts: TrailFacts) -> Mending:
    """Gives what has a trail log management events, where it logs none."""
    return selecting(EVERY_MANAGEMENT_EVENT)(facts) if _by_selectors(facts).holds is False else NOTHING


def _shown(facts: TrailFacts) -> tuple[Evidence, ...]:
    trail = facts.trail
    status = facts.status
    return (
        observed(trail, trail.arn, "multi_region", "global_events", "home_region"),
        shown_unreadable(status) if isinstance(status, Unreadable) else observed(status, trail.arn, "logging"),
    )
