"""What mends a chain that leads through several accounts: commands for the account that is judged, and for no other."""

from __future__ import annotations

from typing import Any

from auditor.checking import Status
from auditor.collect import with_shared
from auditor.findings import Finding, LinkName
from auditor.model.snapshot import Snapshot
from auditor.registry import load_checks
from tests.chain.build import BENCHMARK, chain
from tests.checks.build import status
from tests.checks.organization import (
    DELEGATE,
    MANAGEMENT,
    MEMBER,
    in_delegated,
    known,
    management,
    member,
    moved,
    outside,
)

CONTROL = "vpc_changes"
NARROW = "{ $.eventName = CreateVpc }"


def failed(account: Snapshot) -> tuple[str, tuple[str, ...], Finding]:
    """Gives the summary and the commands of the failing control."""
    (check,) = load_checks((f"alarm.{CONTROL}",))[0]
    (finding,) = check.findings(account, BENCHMARK)
    assert finding.status is Status.FAIL, finding.reason
    assert finding.remediation is not None
    return finding.remediation.summary, finding.remediation.commands, finding


def with_status(account: Snapshot, **changed: Any) -> Snapshot:
    trails = tuple(one.model_copy(update={"status": status(**changed)}) for one in known(account.trails))
    return account.model_copy(update={"trails": trails})


def test_the_filter_of_the_owner_is_mended_in_the_owner() -> None:
    owner = management(chain(CONTROL, NARROW))
    own, commands, _ = failed(owner)
    assert commands
    summary, none, finding = failed(with_shared(member(owner), (owner,)))
    assert (
        summary
        == f"It is mended in account {MANAGEMENT}, whose own report has the commands if it fails there too: {own}"
    )
    assert none == ()
    assert finding.notes[-1] == f"Read in account {MANAGEMENT}."
    assert finding.account_id == MEMBER


def test_a_member_with_a_chain_of_its_own_mends_that() -> None:
    owner = management(chain(CONTROL, "{ $.eventName = nothing }"))
    own = chain(CONTROL, NARROW)
    both = beside(own, member(owner))
    _, commands, finding = failed(with_shared(both, (owner,)))
    assert commands
    assert all(MANAGEMENT not in command for command in commands)
    assert finding.breaks_at is not None
    assert finding.breaks_at.link is LinkName.FILTER


def beside(own: Snapshot, there: Snapshot) -> Snapshot:
    here = moved(own, there.account_id)
    names = ("trails", "buckets", "log_groups", "roles", "keys")
    return here.model_copy(update={name: (*getattr(here, name), *getattr(there, name)) for name in names})


def test_a_chain_without_any_filter_is_mended_where_the_log_group_is() -> None:
    owner = management(chain(CONTROL)).model_copy(update={"regions": chain("root_usage").regions})
    summary, commands, _ = failed(with_shared(member(owner), (owner,)))
    assert f"mended in account {MANAGEMENT}" in summary
    assert f"add the filter trail-auditor-{CONTROL.replace('_', '-')}" in summary
    assert not commands


def test_each_account_of_a_chain_mends_its_own_part() -> None:
    owner, there = in_delegated(chain(CONTROL, NARROW))
    owner = with_status(owner, logging=False)
    there = there.model_copy(update={"trails": tuple(map(outside, known(owner.trails)))})
    shared = (owner, there)
    summary, commands, _ = failed(with_shared(owner, shared))
    assert [command.split()[2] for command in commands] == ["start-logging"]
    assert "is mended in the account that it belongs to" in summary
    summary, commands, _ = failed(with_shared(there, shared))
    assert f"belongs to account {MANAGEMENT}" in summary
    assert {command.split()[2] for command in commands} >= {"put-metric-filter"}
    summary, commands, _ = failed(with_shared(member(owner), shared))
    assert f"mended in account {MANAGEMENT}" in summary
    assert not commands


def test_what_lies_behind_a_sound_delivery_is_mended_in_the_log_groups_account() -> None:
    owner, there = in_delegated(chain(CONTROL, NARROW))
    for judged in (owner, member(owner)):
        summary, commands, _ = failed(with_shared(judged, (owner, there)))
        assert f"mended in account {DELEGATE}" in summary
        assert not commands
    _, commands, _ = failed(with_shared(there, (owner, there)))
    assert commands


def test_a_topic_is_mended_in_the_owners_words_too() -> None:
    owner = management(chain(CONTROL))
    silent = owner.model_copy(update={"topics": tuple(one.model_copy(update={"topic": None}) for one in owner.topics)})
    summary, commands, finding = failed(with_shared(member(silent), (silent,)))
    assert finding.breaks_at is not None
    assert finding.breaks_at.link is LinkName.TOPIC
    assert "make the topic security-alerts" in summary
    assert not commands
