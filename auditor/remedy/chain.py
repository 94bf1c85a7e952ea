"""What mends a broken chain: commands for the links that are broken, and for no others."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.benchmark import Requirement
from auditor.chain import Member, Proof
from auditor.chain.actions import telling
from auditor.chain.link import ORDER
from auditor.chain.telling import described
from auditor.findings import LinkName, LinkStatus
from auditor.model.alarm import Alarm
from auditor.model.snapshot import Snapshot
from auditor.remediation import Remediation
from auditor.remedy.counting import Watched, mend_filter, own_filter
from auditor.remedy.delivering import Home, mend_delivery
from auditor.remedy.hearing import Hearing, mend_hearing
from auditor.remedy.mending import EMAIL, NOTHING, Case, Mending, said
from auditor.remedy.recording import mend_trail
from auditor.remedy.ringing import MOST_ACTIONS, changed, fewest_changes, made, new_alarm, switched_on

_BEHIND_THE_LOGS = ORDER[ORDER.index(LinkName.FILTER) :]


def mend_chain(
    check_id: str, requirement: Requirement, proof: Proof, account: Snapshot, member: Member | None = None
) -> Remediation:
    """Gives what mends the links of a chain that are broken.

    The commands add and widen; they overwrite nothing that they did not make, and running them twice changes nothing.

    Args:
        check_id: The check, after which what is made is named.
        requirement: What the control requires.
        proof: A proof that failed; its first route is mended.
        account: What was read of the account, which has a trail.
        member: The account whose events get lost, where it is a member that the trail records too.
    """
    control = check_id.rpartition(".")[2].replace("_", "-")
    case = Case(control, requirement, proof, account, member)
    home, delivery = mend_delivery(case.delivery)
    before = mend_trail(case) + delivery
    if home and not case.owns(home.arn) and case.broken(*_BEHIND_THE_LOGS):
        before += said(f"What lies behind the log group {home.arn} is mended in the account that it belongs to.")
    if home is None or not case.owns(home.arn) or not (home.new or case.broken(*_BEHIND_THE_LOGS)):
        return before.remediation(*_summary(case, before))
    behind = _mend_telling(case, home)
    mending = before + behind
    found = mending.remediation(*_summary(case, mending))
    if all(step.resources for step in behind.steps):
        return found
    beside = _new_telling(case, home, *own_filter(case, home))
    replaced = range(len(before.steps), len(mending.steps))
    instead = tuple(made for step in beside.steps for made in step.resources)
    return found.model_copy(update={"instead": instead, "replaced": tuple(replaced)})


def _mend_telling(case: Case, home: Home) -> Mending:
    """Gives what mends the way from the log group to a person; the topic stands before the alarm that names it."""
    watched, counting = mend_filter(case, home)
    if watched.alarm is None:
        return _new_telling(case, home, watched, counting)
    hearing = mend_hearing(case, watched.alarm, home.region)
    actions = watched.alarm.actions if hearing.actions is None else hearing.actions
    after = watched.alarm.model_copy(update={"actions": actions, "actions_enabled": True})
    if len(actions) > MOST_ACTIONS or telling(after, case.mutes(home.region)).status is LinkStatus.BROKEN:
        return _new_telling(case, home, watched, counting)
    return hearing.mending + counting + _mend_alarm(case, home, watched, watched.alarm, hearing)


def _new_telling(case: Case, home: Home, watched: Watched, counting: Mending) -> Mending:
    planned = new_alarm(case, home.region, watched.emission)
    hearing = mend_hearing(case, planned, home.region)
    told = planned.model_copy(update={"actions": hearing.actions or ()})
    return hearing.mending + counting + made(told, home.region)


def _mend_alarm(case: Case, home: Home, watched: Watched, alarm: Alarm, hearing: Hearing) -> Mending:
    changes = dict(fewest_changes(alarm, watched.emission) or {}) if case.broken(LinkName.ALARM) else {}
    if hearing.actions is not None:
        changes["actions"] = hearing.actions
    on = NOTHING if alarm.actions_enabled else switched_on(alarm, home.region)
    return changed(alarm, home.region, changes) + on


def _summary(case: Case, mending: Mending) -> Iterable[str]:
    """Says what a person sets, what the commands do, what is left to a person, and what is at stake."""
    if any(EMAIL.name in step.asks for step in mending.steps):
        yield "First set EMAIL to the address of the person to be told."
    yield mending.done
    yield from mending.says
    event = f"an event such as {described(case.proof.witness)}" if case.proof.witness else "what the control names"
    yield f"Until then {event} tells nobody."
