"""What mends a trail: its own account alone can, and only what is amiss is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from auditor.checking import Remediation
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import AdvancedSelector, BasicSelector, Trail, TrailFacts
from auditor.remedy import aws
from auditor.remedy.mending import page
from auditor.remedy.selectors import add_selector
from checks.trail.coverage import SlicesOf, covers_alone
from checks.trail.selection import Scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events that a trail is to log.

    Attributes:
        name: What they are, in words.
        scope: All of them.
        slices_of: What selectors let through of them.
        basic: The selector that adds them to basic selectors.
        advanced: The selector that adds them to advanced selectors.
        cost: What logging them costs, in a sentence.
    """

    name: str
    scope: Scope
    slices_of: SlicesOf
    basic: BasicSelector
    advanced: AdvancedSelector
    cost: str


@dataclass(frozen=True, slots=True)
class Step:
    """One command.

    Attributes:
        does: What it does, as a phrase that follows "The commands".
        command: The command.
        page: Where AWS describes it.
        cost: What it costs, in a sentence; else empty.
    """

    does: str
    command: str
    page: str
    cost: str = ""


Steps = Callable[[TrailFacts], Iterable[Step]]


def by_owner(trail: Trail, account: Snapshot, summary: str, *commands: str) -> Remediation:
    """Gives commands that change a trail, or says which account must do it where the trail is another's."""
    if trail.account_id == account.account_id:
        return Remediation(summary=summary, commands=commands)
    return Remediation(summary=f"The trail {trail.name} belongs to account {trail.account_id}. There: {summary}")


def mend_best(trails: Sequence[TrailFacts], account: Snapshot, *kinds: Steps) -> Remediation:
    """Gives what mends the account's own trail that needs the least.

    Args:
        trails: The account's trails, of which none is sound.
        account: The account.
        *kinds: What gives the steps, in their order.
    """
    own = [facts for facts in trails if facts.trail.account_id == account.account_id]
    if not own:
        owners = ", ".join(sorted({facts.trail.account_id for facts in trails}))
        says = f"The account has no trail of its own: account {owners} must mend its trail there, or make one here."
        return Remediation(summary=says)
    steps = [step for kind in kinds for step in kind(min(own, key=_wants))]
    done = ", and ".join(step.does for step in steps)
    return Remediation(
        summary=" ".join([f"The commands {done}.", *(step.cost for step in steps if step.cost)]),
        commands=tuple(step.command for step in steps),
        references=tuple(dict.fromkeys(step.page for step in steps)),
    )


def recording(facts: TrailFacts) -> Iterable[Step]:
    """Gives the step that lets a trail record all regions and the global services."""
    trail = facts.trail
    if not (trail.multi_region and trail.global_events):
        command = aws(
            "cloudtrail",
            "update-trail",
            region=trail.home_region,
            name=trail.name,
            is_multi_region_trail=True,
            include_global_service_events=True,
        )
        yield Step(f"let {trail.name} record all regions", command, page("cloudtrail", "update-trail"))


def starting(facts: TrailFacts) -> Iterable[Step]:
    """Gives the step that starts a trail."""
    trail = facts.trail
    if isinstance(facts.status, Unreadable) or not facts.status.logging:
        command = aws("cloudtrail", "start-logging", region=trail.home_region, name=trail.name)
        yield Step(f"start {trail.name}", command, page("cloudtrail", "start-logging"))


def selecting(wanted: Wanted) -> Steps:
    """Gives the step that lets a trail log what is wanted; what it logs already is kept."""

    def steps(facts: TrailFacts) -> Iterable[Step]:
        selectors = facts.selectors
        if isinstance(selectors, Unreadable) or covers_alone(facts, wanted.slices_of, wanted.scope):
            return
        command = add_selector(facts.trail, selectors, wanted.basic, wanted.advanced)
        does = f"let {facts.trail.name} log {wanted.name}"
        yield Step(does, command, page("cloudtrail", "put-event-selectors"), wanted.cost)

    return steps


def _wants(facts: TrailFacts) -> tuple[bool, ...]:
    """Ranks a trail by what it lacks, the gravest first."""
    stopped = isinstance(facts.status, Unreadable) or not facts.status.logging
    return (not facts.trail.multi_region, stopped, isinstance(facts.selectors, Unreadable))
