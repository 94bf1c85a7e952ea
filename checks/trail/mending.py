"""What mends a trail: its own account alone can, and only what is amiss is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.checking import Remediation
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import AdvancedSelector, BasicSelector, TrailFacts
from auditor.remedy.mending import NOTHING, Mending
from auditor.remedy.trail import log_also, record_everywhere, start
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


Mender = Callable[[TrailFacts], Mending]


def mend_best(trails: Sequence[TrailFacts], account: Snapshot, *kinds: Mender) -> Remediation:
    """Gives what mends the account's own trail that needs the least.

    Args:
        trails: The account's trails, of which none is sound.
        account: The account.
        *kinds: What gives the steps, in their order; each as far as the trail needs it.
    """
    own = [facts for facts in trails if facts.trail.account_id == account.account_id]
    if not own:
        owners = ", ".join(sorted({facts.trail.account_id for facts in trails}))
        says = f"The account has no trail of its own: account {owners} must mend its trail there, or make one here."
        return Remediation(summary=says)
    needed = sum((kind(min(own, key=_wants)) for kind in kinds), NOTHING)
    return needed.remediation(needed.done, *needed.says)


def recording(facts: TrailFacts) -> Mending:
    """Gives what lets a trail record all regions and the global services."""
    trail = facts.trail
    return NOTHING if trail.multi_region and trail.global_events else record_everywhere(trail)


def starting(facts: TrailFacts) -> Mending:
    """Gives what starts a trail."""
    stopped = isinstance(facts.status, Unreadable) or not facts.status.logging
    return start(facts.trail) if stopped else NOTHING


def selecting(wanted: Wanted) -> Mender:
    """Gives what lets a trail log what is wanted; what it logs already is kept."""

    def mender(facts: TrailFacts) -> Mending:
        selectors = facts.selectors
        if isinstance(selectors, Unreadable) or covers_alone(facts, wanted.slices_of, wanted.scope):
            return NOTHING
        does = f"let {facts.trail.name} log {wanted.name}"
        return log_also(does, facts.trail, selectors, wanted.basic, wanted.advanced, wanted.cost)

    return mender


def _wants(facts: TrailFacts) -> tuple[bool, ...]:
    """Ranks a trail by what it lacks, the gravest first."""
    stopped = isinstance(facts.status, Unreadable) or not facts.status.logging
    return (not facts.trail.multi_region, stopped, isinstance(facts.selectors, Unreadable))
