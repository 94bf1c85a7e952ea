"""The mechanism behind the alarm controls: one declaration each, one proof for all."""

from __future__ import annotations

import threading
from abc import ABC
from collections.abc import Iterable
from typing import ClassVar

from auditor.benchmark import Benchmark, Requirement
from auditor.chain import Member, Proof, Route, alternatives, possible_in, prove, routes_of
from auditor.checking.check import Check, Subject
from auditor.checking.evidence import observed
from auditor.checking.scopes import account_subject, trails_of, without_trails
from auditor.checking.verdict import Verdict
from auditor.findings import Evidence, LinkName, LinkStatus, Status
from auditor.model.arn import Arn
from auditor.model.fact import Fact
from auditor.model.snapshot import Snapshot
from auditor.model.trail import Trail, TrailStatus
from auditor.remediation import Remediation
from auditor.remedy import mend_chain


class AlarmCheck(Check[Requirement], ABC):
    """A control that wants a person told of certain events.

    What its filter must match is the benchmark's data, found by the check's id; the rest is proved alike for all.
    """

    references: ClassVar[tuple[str, ...]] = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
    )

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[Requirement]]:
        """Gives the account, with what this version of the benchmark requires."""
        trails = trails_of(account)
        if isinstance(trails, Verdict):
            return [without_trails(self, trails, account, benchmark)]
        return [account_subject(account, benchmark.requirements[self.id])]

    def judge(self, facts: Requirement, account: Snapshot) -> Verdict:
        """Proves that every event that the control names reaches a person, or shows one that does not."""
        possible = possible_in(account)
        proof = prove(facts, _LATEST.routes_in(account), possible)
        failed = proof.status is Status.FAIL
        owner = _owner(proof, account)
        remediation = _mended(self.id, facts, proof, account, owner) if failed else None
        beside = alternatives(facts, proof, account, possible) if failed else ()
        return Verdict(
            status=proof.status,
            reason=proof.reason,
            evidence=_evidence(proof),
            notes=(*beside, *_notes(facts, proof)),
            chain=proof.links,
            candidates=proof.candidates,
            witness=proof.witness,
            remediation=remediation,
            resource=_resource(proof),
            region=_region(proof),
            owner=owner,
        )


class _Latest(threading.local):
    """The routes of the account that this thread judged last; all alarm controls of an account have them in common."""

    account: Snapshot | None = None
    routes: tuple[Route, ...] = ()

    def routes_in(self, account: Snapshot) -> tuple[Route, ...]:
        if self.account is not account:
            self.routes, self.account = routes_of(account), account
        return self.routes


_LATEST = _Latest()


def _owner(proof: Proof, account: Snapshot) -> str:
    """Gives the account in which a chain is mended: the one judged, as far as it can, else whose the broken part is."""
    trail, group = (Arn.parse(link.resource) for link in proof.links[:2])
    lost = any(link.status is LinkStatus.BROKEN for link in proof.links[:2])
    own = group is not None and group.account_id == account.account_id
    found = group if group and (own or not lost) else trail
    return found.account_id if found else account.account_id


def _mended(check_id: str, requirement: Requirement, proof: Proof, account: Snapshot, owner: str) -> Remediation:
    """Gives what mends a chain, as it is done in the account that owns what is broken."""
    home = account.home(owner)
    if home is None or home is account:
        return mend_chain(check_id, requirement, proof, account)
    there = home.model_copy(update={"trails": account.trails})
    return mend_chain(check_id, requirement, proof, there, Member(account.account_id))


def _notes(requirement: Requirement, proof: Proof) -> tuple[str, ...]:
    """Gives the proof's notes, what was required, and where the benchmark's text and meaning differ."""
    required = f"Required is {proof.reading.name}: {proof.reading.pattern}"
    return (*proof.notes, required, *((requirement.note,) if requirement.note else ()))


# What a chain rests on; a trail and its status hold far more, which the trail's own checks show.
_SHOWN: dict[type[Fact], tuple[str, ...]] = {
    Trail: ("multi_region", "global_events", "log_group_arn", "role_arn"),
    TrailStatus: ("logging", "latest_logs_delivery", "latest_logs_delivery_error"),
}


def _evidence(proof: Proof) -> tuple[Evidence, ...]:
    """Shows each fact that the deciding routes rest on once."""
    facts = {(resource, type(fact)): fact for route in proof.routes for resource, fact in route.facts}
    return tuple(observed(fact, resource, *_SHOWN.get(kind, ())) for (resource, kind), fact in facts.items())


def _resource(proof: Proof) -> str | None:
    """Gives the alarm where the chain has one, else the furthest thing that it has."""
    there = {link.link: link.resource for link in proof.links if link.resource}
    for name in (LinkName.ALARM, LinkName.FILTER, LinkName.LOG_GROUP, LinkName.TRAIL):
        if name in there:
            return there[name]
    return None


def _region(proof: Proof) -> str | None:
    """Gives the region where the trail's log group, and with it the alarm, is."""
    for link in reversed(proof.links):
        found = Arn.parse(link.resource)
        if found and found.region:
            return found.region
    return None
