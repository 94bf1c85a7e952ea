"""What the menders of a chain's links have in common: the case that they look at, and what they give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import JsonValue

from auditor.benchmark import Requirement
from auditor.chain import Member, Proof, Route
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.model.alarm import Alarm, MuteRules
from auditor.model.arn import Arn
from auditor.model.fact import Read, Unreadable
from auditor.model.logs import MetricFilter
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remediation import Remediation, Resource, Step, Target
from auditor.remedy.command import Variable

EMAIL = Variable("EMAIL")
OWN = "trail-auditor"


@dataclass(frozen=True, slots=True)
class Mending:
    """What mends one link, or several.

    Attributes:
        steps: What is done, in its order.
        says: What a person must know or do besides, a sentence each.
        pages: Where AWS describes it.
    """

    steps: tuple[Step, ...] = ()
    says: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    def __add__(self, then: Mending) -> Mending:
        return Mending(
            (*self.steps, *then.steps),
            tuple(dict.fromkeys((*self.says, *then.says))),
            tuple(dict.fromkeys((*self.pages, *then.pages))),
        )

    @property
    def done(self) -> str:
        """What the commands do, in a sentence; empty where there are none."""
        does = [one.does for one in self.steps]
        if not does:
            return ""
        listed = does[0] if len(does) == 1 else f"{', '.join(does[:-1])} and {does[-1]}"
        return f"The commands {listed}."

    def remediation(self, *sentences: str) -> Remediation:
        """Gives the remediation that these steps are, summed up in the sentences."""
        summary = " ".join(sentence for sentence in sentences if sentence)
        return Remediation.of(summary, *self.steps, references=self.pages)


NOTHING = Mending()


def step(
    does: str,
    target: Target,
    *commands: str,
    undo: Iterable[str] = (),
    cost: str = "",
    asks: Iterable[Variable] = (),
    pages: Iterable[str] = (),
    resources: Iterable[Resource] = (),
) -> Mending:
    """Gives commands that do one thing to one target; `undo` brings back what was there."""
    made = Step(
        does=does,
        target=target,
        commands=commands,
        rollback=tuple(undo),
        cost=cost,
        asks=tuple(variable.name for variable in asks),
        resources=tuple(resources),
    )
    return Mending((made,), (), tuple(pages))


def said(sentence: str) -> Mending:
    """Gives a sentence in the place of commands."""
    return Mending(says=(sentence,))


@dataclass(frozen=True, slots=True)
class Delivery:
    """The way of a trail's events to where they are watched.

    Attributes:
        trail: The trail.
        links: The links of a chain that begins at it, its first two at least.
        account: The account.
        member: The account whose events are meant, where it is a member that the trail records too.
    """

    trail: TrailFacts
    links: tuple[ChainLink, ...]
    account: Snapshot
    member: Member | None = None

    @property
    def partition(self) -> str:
        """The account's partition."""
        return self.account.caller.partition

    def broken(self, *names: LinkName) -> bool:
        """Whether one of the links loses the event, or nothing leads to it."""
        lost = {LinkStatus.BROKEN, LinkStatus.NOT_REACHED}
        return any(link.link in names and link.status in lost for link in self.links)

    def owns(self, arn: str) -> bool:
        """Whether what stands at an ARN belongs to the account itself."""
        found = Arn.parse(arn)
        return found is not None and found.account_id == self.account.account_id


@dataclass(frozen=True, slots=True)
class Case:
    """A chain that is to be mended.

    Attributes:
        control: The control's name with `-`, as own resources are named after it.
        requirement: What the control requires.
        proof: What was proved of it.
        account: The account.
        member: The account whose events are meant, where it is a member that the trail records too.
    """

    control: str
    requirement: Requirement
    proof: Proof
    account: Snapshot
    member: Member | None = None

    @property
    def route(self) -> Route | None:
        """The route that decides; None where no filter was made for the control."""
        return self.proof.routes[0] if self.proof.routes else None

    @property
    def trail(self) -> TrailFacts:
        """The trail at which the chain begins."""
        if self.route:
            return self.route.trail
        arn = self.proof.links[0].resource
        trails = () if isinstance(self.account.trails, Unreadable) else self.account.trails
        return next(facts for facts in trails if facts.trail.arn == arn)

    @property
    def delivery(self) -> Delivery:
        """The chain up to its log group."""
        return Delivery(self.trail, self.proof.links, self.account, self.member)

    @property
    def partition(self) -> str:
        """The account's partition."""
        return self.delivery.partition

    def broken(self, *names: LinkName) -> bool:
        """Whether one of the links loses the event, or nothing leads to it."""
        return self.delivery.broken(*names)

    def filters(self, region: str) -> tuple[MetricFilter, ...]:
        """Gives the metric filters that were read in a region."""
        found = [facts.filters for facts in self.account.regions if facts.region == region]
        return tuple(one for facts in found if not isinstance(facts, Unreadable) for one in facts.filters)

    def alarms(self, region: str) -> tuple[Alarm, ...]:
        """Gives the metric alarms that were read in a region."""
        found = [facts.alarms for facts in self.account.regions if facts.region == region]
        return tuple(one for facts in found if not isinstance(facts, Unreadable) for one in facts.metric)

    def mutes(self, region: str) -> Read[MuteRules] | None:
        """Gives the mute rules of a region; None where there can be none."""
        return next((facts.mute_rules for facts in self.account.regions if facts.region == region), None)

    def taken(self, region: str) -> set[str]:
        """Gives the names of a region's alarms, whatever their kind."""
        found = [facts.alarms for facts in self.account.regions if facts.region == region]
        composite = [one.name for facts in found if not isinstance(facts, Unreadable) for one in facts.composite]
        return {*composite, *(alarm.name for alarm in self.alarms(region))}

    def owns(self, arn: str) -> bool:
        """Whether what stands at an ARN belongs to the account itself."""
        return self.delivery.owns(arn)


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Gives a name that nothing has yet, so that nothing is overwritten."""
    names = set(taken)
    tries = [wanted, *(f"{wanted}-{number}" for number in range(2, len(names) + 3))]
    return next(name for name in tries if name not in names)


def as_json(value: JsonValue) -> str:
    """Gives JSON in one line; the command line takes it for lists of objects, and for names that it would split."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def unless(found: str, command: str) -> str:
    """Gives a command that is run only if another, which looks for what it makes, fails."""
    return f"{found} >/dev/null 2>&1 || {command}"


def page(service: str, command: str) -> str:
    """Gives the page of the command line's reference on a command."""
    return f"https://docs.aws.amazon.com/cli/latest/reference/{service}/{command}.html"
