"""Links that hang on more than themselves: another chain, another filter, another control, another account."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.findings import LinkName, Status
from auditor.model.alarm import Alarms
from auditor.model.role import RoleFacts
from auditor.model.snapshot import RegionFacts
from auditor.model.trail import BasicSelector, EventSelectors
from tests.chain.build import account, alarm, metric_filter, pattern_of, proof
from tests.chain.test_links import CONTROL, judged, with_chain
from tests.checks.build import (
    ACCOUNT,
    REGION,
    ROLE,
    SOURCE,
    TOPIC,
    log_group,
    topic,
    trail,
    trail_facts,
    unreadable,
)


def test_a_sound_chain_beside_an_unreadable_one_decides() -> None:
    elsewhere = TOPIC.replace(ACCOUNT, "444455556666")
    dark = topic(arn=elsewhere, topic=unreadable("sns:GetTopicAttributes", elsewhere))
    parts = [
        metric_filter("one", pattern_of(CONTROL)),
        alarm("one", actions=(elsewhere,)),
        metric_filter("two", pattern_of(CONTROL)),
        alarm("two"),
    ]
    assert judged(account(*parts, topics=(dark, topic())))[0] is Status.PASS
    assert judged(account(*parts[:2], topics=(dark,)))[:2] == (Status.UNKNOWN, LinkName.TOPIC)


@pytest.mark.parametrize(
    ("settings", "beside", "expected"),
    [
        ({"statistic": "Average", "period": 60}, 0.0, Status.FAIL),
        ({"statistic": "Minimum", "period": 60}, 0.0, Status.FAIL),
        ({}, 5.0, Status.FAIL),
        ({}, 0.0, Status.PASS),
        ({"statistic": "Maximum"}, 0.0, Status.PASS),
    ],
)
def test_another_filter_on_the_same_metric_has_its_say(settings: Any, beside: float, expected: Status) -> None:
    other = metric_filter("other", '{ $.eventName = "Nothing" }', metric=CONTROL, to={"default": beside})
    facts = account(metric_filter(CONTROL, pattern_of(CONTROL)), other, alarm(CONTROL, **settings))
    assert judged(facts)[0] is expected


def test_leaving_out_kms_breaks_the_control_on_kms_alone() -> None:
    selectors = EventSelectors(source=SOURCE, basic=(BasicSelector(excluded_sources=("kms.amazonaws.com",)),))
    trails = (trail_facts(selectors=selectors),)
    for control, expected in (
        ("cmk_disable_or_delete", Status.FAIL),
        ("root_usage", Status.PASS),
        ("unauthorized_api_calls", Status.PASS),
        ("vpc_changes", Status.PASS),
    ):
        facts = account(metric_filter("f", pattern_of(control)), alarm("f"), trails=trails)
        found = proof(control, facts)
        assert found.status is expected, control
        if control == "root_usage":
            assert any("kms.amazonaws.com" in note for note in found.notes)


def test_a_group_that_belongs_to_another_account_is_unknown_and_says_what_is_missing() -> None:
    arn = f"arn:aws:logs:{REGION}:999988887777:log-group:org"
    group = log_group().model_copy(
        update={"arn": arn, "account_id": "999988887777", "group": unreadable("logs:DescribeLogGroups", arn)}
    )
    theirs = ROLE.replace(ACCOUNT, "999988887777")
    facts = account(
        trails=(trail_facts(trail=trail(log_group_arn=f"{arn}:*", role_arn=theirs)),),
        log_groups=(group,),
        roles=(RoleFacts(arn=theirs, role=unreadable("iam:GetRole", theirs)),),
    )
    found = judged(facts)
    assert found[0] is Status.UNKNOWN
    assert "logs:DescribeLogGroups" in found[2]


def test_an_alarm_without_its_regions_alarms_is_not_made_up() -> None:
    empty = RegionFacts(region=REGION, filters=with_chain().in_region(REGION).filters, alarms=Alarms(source=SOURCE))
    assert judged(with_chain(regions=(empty,)))[:2] == (Status.FAIL, LinkName.ALARM)
