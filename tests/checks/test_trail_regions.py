"""trail.multi_region, trail.logging and trail.global_events."""

from __future__ import annotations

import pytest

from auditor.checking import Status
from auditor.model.trail import BasicSelector, TrailFacts
from checks.trail.global_events import GlobalEvents
from checks.trail.logging import Logging
from checks.trail.multi_region import MultiRegion
from tests.checks.build import ACCOUNT, REGION, snapshot, status, trail, trail_facts, unreadable
from tests.checks.trail_judging import (
    OTHER,
    advanced,
    basic,
    denied,
    judged,
    named,
    on_trails,
    options,
    organization_trail,
    remedy,
    run,
    single,
    stopped,
)

NO_STATUS = denied("cloudtrail:GetTrailStatus")
NO_SELECTORS = denied("cloudtrail:GetEventSelectors")
HALF = single("eu-west-1")


def test_one_multi_region_trail_is_enough_and_is_named() -> None:
    finding = on_trails(MultiRegion, trail_facts(trail=HALF), trail_facts())
    assert finding.status is Status.PASS
    assert finding.reason == "The trail management-trail records every region."


def test_an_organizations_trail_counts() -> None:
    finding = on_trails(MultiRegion, trail_facts(trail=organization_trail()))
    assert finding.reason == "The organization's trail organization-trail records every region."


def test_a_stopped_multi_region_trail_still_records_every_region() -> None:
    assert on_trails(MultiRegion, trail_facts(status=stopped())).status is Status.PASS


def test_a_trail_of_one_region_is_widened() -> None:
    facts = trail_facts(trail=HALF)
    finding = on_trails(MultiRegion, facts)
    assert finding.reason == "No trail records every region: regional-trail records eu-west-1 only."
    summary, commands = remedy(finding)
    assert summary == "The commands let regional-trail record all regions."
    (command,) = commands
    assert options(command)["--region"] == "eu-west-1"
    assert on_trails(MultiRegion, run(facts, command)).status is Status.PASS


def test_the_trail_that_is_at_work_is_the_one_to_widen() -> None:
    idle = trail_facts(trail=named("idle", multi_region=False), status=stopped())
    (command,) = remedy(on_trails(MultiRegion, idle, trail_facts(trail=HALF)))[1]
    assert options(command)["--name"] == "regional-trail"


@pytest.mark.parametrize("check", [MultiRegion, Logging, GlobalEvents])
def test_another_accounts_trail_is_not_changed_from_here(check: type[MultiRegion]) -> None:
    facts = trail_facts(trail=organization_trail(multi_region=False, global_events=False), status=stopped())
    summary, commands = remedy(on_trails(check, facts))
    assert OTHER in summary
    assert not commands


def test_a_stopped_trail_fails_and_says_since_when() -> None:
    facts = trail_facts(status=stopped())
    finding = on_trails(Logging, facts)
    assert finding.reason == (
        "No multi-region trail is logging: management-trail is stopped since 2026-11-24 11:55 UTC."
    )
    (command,) = remedy(finding)[1]
    assert command == f"aws cloudtrail start-logging --region {REGION} --name management-trail"
    assert on_trails(Logging, run(facts, command)).status is Status.PASS


def test_a_trail_that_never_was_started_says_so() -> None:
    finding = on_trails(Logging, trail_facts(status=status(logging=False, started=None)))
    assert "never was started" in finding.reason


def test_a_logging_trail_of_one_region_makes_up_for_no_stopped_one_of_all() -> None:
    finding = on_trails(Logging, trail_facts(status=stopped()), trail_facts(trail=HALF))
    assert finding.status is Status.FAIL


def test_without_a_multi_region_trail_the_others_are_judged() -> None:
    finding = on_trails(Logging, trail_facts(trail=HALF))
    assert finding.status is Status.PASS
    assert finding.notes == ("regional-trail records eu-west-1 only; trail.multi_region judges that.",)
    finding = on_trails(Logging, trail_facts(trail=HALF, status=stopped()))
    assert finding.reason.startswith("No trail is logging: regional-trail is stopped")


def test_logging_is_unknown_only_if_no_readable_trail_decides() -> None:
    blind = trail_facts(trail=named("blind"), status=NO_STATUS)
    finding = on_trails(Logging, trail_facts(status=stopped()), blind)
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:GetTrailStatus" in finding.reason
    assert on_trails(Logging, blind, trail_facts()).status is Status.PASS
    assert on_trails(Logging, trail_facts(trail=HALF, status=NO_STATUS), trail_facts()).status is Status.PASS


@pytest.mark.parametrize(
    "facts",
    [
        trail_facts(),
        trail_facts(trail=single(REGION)),
        trail_facts(selectors=basic(BasicSelector(read_write="WriteOnly"))),
        trail_facts(selectors=basic()),
    ],
)
def test_global_events_reach_a_trail(facts: TrailFacts) -> None:
    assert on_trails(GlobalEvents, facts).status is Status.PASS


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (trail_facts(trail=HALF), "regional-trail records eu-west-1 only, not us-east-1"),
        (trail_facts(trail=trail(global_events=False)), "management-trail leaves them out"),
        (trail_facts(status=stopped()), "management-trail is stopped"),
        (trail_facts(selectors=basic(BasicSelector(management=False))), "logs no management events"),
        (trail_facts(selectors=advanced({"eventCategory": ("Data",)})), "logs no management events"),
        (trail_facts(trail=HALF, status=NO_STATUS, selectors=NO_SELECTORS), "records eu-west-1 only"),
    ],
)
def test_global_events_reach_no_trail(facts: TrailFacts, why: str) -> None:
    finding = on_trails(GlobalEvents, facts)
    assert finding.status is Status.FAIL
    assert why in finding.reason
    readable = facts.model_copy(update={"selectors": basic()}) if facts.selectors is NO_SELECTORS else facts
    assert on_trails(GlobalEvents, run(readable, *remedy(finding)[1])).status is Status.PASS


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (trail_facts(status=NO_STATUS), "cloudtrail:GetTrailStatus"),
        (trail_facts(selectors=NO_SELECTORS), "cloudtrail:GetEventSelectors"),
        (
            trail_facts(selectors=advanced({"eventCategory": ("Management",), "sessionCredentialFromConsole": ("x",)})),
            "narrow by sessionCredentialFromConsole",
        ),
    ],
)
def test_global_events_are_unknown(facts: TrailFacts, why: str) -> None:
    finding = on_trails(GlobalEvents, facts)
    assert finding.status is Status.UNKNOWN
    assert why in finding.reason


def test_a_trail_that_could_not_be_listed_may_take_global_events_in() -> None:
    unlisted = unreadable("cloudtrail:ListTrails", "the trails")
    finding = judged(GlobalEvents, snapshot(trails=(trail_facts(trail=HALF),), unlisted=unlisted))
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:ListTrails" in finding.reason


@pytest.mark.parametrize(("region", "verdict"), [("us-gov-west-1", Status.PASS), ("us-gov-east-1", Status.FAIL)])
def test_each_partition_has_its_leading_region(region: str, verdict: Status) -> None:
    account = snapshot(trails=(trail_facts(trail=single(region)),))
    arn = f"arn:aws-us-gov:iam::{ACCOUNT}:user/auditor"
    account = account.model_copy(update={"caller": account.caller.model_copy(update={"arn": arn})})
    assert judged(GlobalEvents, account).status is verdict
    arn = f"arn:aws-iso:iam::{ACCOUNT}:user/auditor"
    account = account.model_copy(update={"caller": account.caller.model_copy(update={"arn": arn})})
    assert judged(GlobalEvents, account).status is Status.UNKNOWN


def test_selectors_are_left_alone_where_global_events_pass_them() -> None:
    facts = trail_facts(trail=HALF, selectors=basic(BasicSelector(excluded_sources=("kms.amazonaws.com",))))
    assert [command.split()[2] for command in remedy(on_trails(GlobalEvents, facts))[1]] == ["update-trail"]
