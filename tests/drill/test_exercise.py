"""Which event is followed: one that gets lost, else one of which the engine shows that it arrives."""

from __future__ import annotations

import pytest

from auditor.benchmark import VERSIONS, load
from auditor.checking import AlarmCheck
from auditor.drill.exercise import Exercise, exercises
from auditor.findings import LinkName, Status
from auditor.model.snapshot import Snapshot
from auditor.model.trail import BasicSelector, EventSelectors
from auditor.pattern import evaluate, parse
from checks import alarm as declared
from tests.chain.build import account, alarm, chain, metric_filter, pattern_of, requirement
from tests.checks.build import SOURCE, trail_facts, unreadable

CHECKS = {
    check.id.partition(".")[2]: check
    for check in vars(declared).values()
    if isinstance(check, type) and issubclass(check, AlarmCheck) and check is not AlarmCheck
}
BENCHMARK = load("cis-5.0")


def exercised(control: str, facts: Snapshot) -> Exercise:
    (found,) = exercises(facts, BENCHMARK, [CHECKS[control]()])
    return found


@pytest.mark.parametrize("control", CHECKS)
def test_the_event_arrives_where_all_is_sound(control: str) -> None:
    found = exercised(control, chain(control))
    assert (found.status, found.stops_at) == (Status.PASS, None)
    assert found.events
    assert all(evaluate(parse(pattern_of(control)), event) for event in found.events)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_the_benchmark_has_events(version: str) -> None:
    found = exercises(account(), load(version), [check() for check in CHECKS.values()])
    assert len(found) == len(CHECKS)
    assert all(one.event is not None for one in found)
    assert len(found) == len({one.control for one in found if one.control}) + sum(not one.control for one in found)


def test_the_event_that_gets_lost_is_followed() -> None:
    pattern = "{ $.eventName = DisableKey }"
    found = exercised("cmk_disable_or_delete", chain("cmk_disable_or_delete", pattern))
    assert found.event is not None
    assert found.event["eventName"] == "ScheduleKeyDeletion"
    assert not evaluate(parse(pattern), found.event)
    assert found.stops_at is not None
    assert found.stops_at.link is LinkName.FILTER
    assert {event["eventName"] for event in found.examples} == {"DisableKey", "ScheduleKeyDeletion"}
    assert len(found.events) == 2


def test_the_event_is_one_of_the_reading_that_the_filter_covers() -> None:
    narrower = requirement("console_login_without_mfa").readings[1].pattern
    found = exercised("console_login_without_mfa", chain("console_login_without_mfa", narrower))
    assert found.status is Status.PASS
    assert found.event is not None
    assert evaluate(parse(narrower), found.event)


def test_the_event_is_of_no_source_that_the_trail_leaves_out() -> None:
    selector = BasicSelector(excluded_sources=("kms.amazonaws.com",))
    facts = trail_facts(selectors=EventSelectors(source=SOURCE, basic=(selector,)))
    control = "unauthorized_api_calls"
    of_keys = pattern_of(control).replace("{ ", '{ ($.eventSource = "kms.amazonaws.com") && ', 1)
    of_others = pattern_of(control).replace("{ ", '{ ($.eventSource != "kms.amazonaws.com") && ', 1)
    parts = (metric_filter("a", of_keys), alarm("a"), metric_filter("b", of_others), alarm("b"))
    found = exercised(control, account(*parts, trails=(facts,)))
    assert found.status is Status.PASS
    assert found.event is not None
    assert found.event["eventSource"] != "kms.amazonaws.com"


def test_the_event_matches_the_filter_that_is_shown_where_only_several_cover() -> None:
    control = "cmk_disable_or_delete"
    deployed = {"a": "{ $.eventName = DisableKey }", "b": "{ $.eventName = ScheduleKeyDeletion }"}
    parts = [part for name, text in deployed.items() for part in (metric_filter(name, text), alarm(name))]
    found = exercised(control, account(*parts))
    assert found.status is Status.PASS
    (shown,) = (link.resource for link in found.chain if link.link is LinkName.FILTER)
    assert found.event is not None
    assert evaluate(parse(deployed[shown]), found.event)


def test_a_chain_that_is_not_known_has_an_event_that_comes_as_far() -> None:
    facts = chain("cmk_disable_or_delete")
    (topic,) = facts.topics
    hidden = topic.model_copy(update={"topic": unreadable("sns:GetTopicAttributes", topic.arn)})
    found = exercised("cmk_disable_or_delete", facts.model_copy(update={"topics": (hidden,)}))
    assert found.status is Status.UNKNOWN
    assert found.event is not None
    assert evaluate(parse(pattern_of("cmk_disable_or_delete")), found.event)
    assert found.stops_at is not None
    assert found.stops_at.link is LinkName.TOPIC


def test_trails_that_could_not_be_read_leave_an_event_without_a_way() -> None:
    facts = account(trails=unreadable("cloudtrail:DescribeTrails", "the trails"))
    found = exercised("cmk_disable_or_delete", facts)
    assert (found.status, found.chain) == (Status.UNKNOWN, ())
    assert found.event is not None
    assert "cloudtrail:DescribeTrails" in found.reason
    none = exercised("cmk_disable_or_delete", account(trails=()))
    assert (none.status, none.chain) == (Status.FAIL, ())
    assert none.event is not None


def test_a_control_that_the_benchmark_does_not_describe_is_left_out() -> None:
    class Own(declared.RootUsage):
        id = "alarm.own"

    assert exercises(account(), BENCHMARK, [Own()]) == ()
