"""What is proved of a control: by its filters, alone and together."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.findings import LinkName, LinkStatus, Status
from auditor.model.alarm import Dimension
from auditor.model.trail import BasicSelector, EventSelectors
from auditor.pattern import evaluate, parse
from tests.chain.build import BENCHMARK, account, alarm, chain, metric_filter, pattern_of, proof, requirement
from tests.checks.build import SOURCE, status, trail_facts

DISABLE = "{ $.eventName = DisableKey }"
CONTROLS = sorted(check.removeprefix("alarm.") for check in BENCHMARK.requirements)


@pytest.mark.parametrize("control", CONTROLS)
def test_the_required_pattern_passes_for_its_own_control(control: str) -> None:
    found = proof(control, chain(control))
    assert found.status is Status.PASS
    assert {link.status for link in found.links} == {LinkStatus.SOUND}
    assert [link.link for link in found.links] == list(LinkName)
    assert "soc@example.com" in found.reason


@pytest.mark.parametrize("control", CONTROLS)
def test_the_benchmarks_own_text_passes(control: str) -> None:
    assert proof(control, chain(control, requirement(control).text)).status is Status.PASS


@pytest.mark.parametrize("control", CONTROLS)
def test_an_exclusion_that_the_benchmark_does_not_have_fails_with_the_event_that_it_hides(control: str) -> None:
    narrowed = f'{{ ({pattern_of(control).strip()[1:-1]}) && ($.userAgent != "deploy-bot") }}'
    found = proof(control, chain(control, narrowed))
    assert found.status is Status.FAIL
    assert found.witness is not None
    assert found.witness["userAgent"] == "deploy-bot"
    assert evaluate(parse(pattern_of(control)), found.witness)
    assert not evaluate(parse(narrowed), found.witness)
    assert next(link for link in found.links if link.status is LinkStatus.BROKEN).link is LinkName.FILTER


@pytest.mark.parametrize("control", CONTROLS)
def test_a_contradiction_fails(control: str) -> None:
    contradicted = f'{{ ({pattern_of(control).strip()[1:-1]}) && ($.awsRegion = "nowhere") }}'
    assert proof(control, chain(control, contradicted)).status is Status.FAIL


@pytest.mark.parametrize(
    ("control", "pattern"),
    [
        ("cloudtrail_changes", '{ $.eventName = "*Trail" || $.eventName = "*Logging" }'),
        ("cloudtrail_changes", "{ ($.eventSource = cloudtrail.amazonaws.com) && ($.readOnly IS FALSE) }"),
        (
            "root_usage",
            '{$.eventType != "AwsServiceEvent" && $.userIdentity.invokedBy NOT EXISTS && $.userIdentity.type = Root}',
        ),
        ("console_auth_failures", '{ $.eventName = ConsoleLogin && $.responseElements.ConsoleLogin = "Failure" }'),
        ("cmk_disable_or_delete", "{ $.eventName = DisableKey || $.eventName = ScheduleKeyDeletion }"),
        ("nacl_changes", '{ $.eventName = "*NetworkAcl*" }'),
        ("unauthorized_api_calls", '{ $.errorCode = "*Unauthorized*" || $.errorCode = "AccessDenied*" }'),
        ("vpc_changes", ""),
        (
            "vpc_changes",
            '{ $.eventName = "*Vpc*" && $.managementEvent IS TRUE && $.recipientAccountId = "123456789012" }',
        ),
    ],
)
def test_another_spelling_that_catches_as_much_passes(control: str, pattern: str) -> None:
    assert proof(control, chain(control, pattern)).status is Status.PASS


def test_the_labs_pattern_for_refused_calls_fails_and_shows_an_ec2_denial() -> None:
    lab = '{($.errorCode="*UnauthorizedAccess*") || ($.errorCode="AccessDenied*")}'
    found = proof("unauthorized_api_calls", chain("unauthorized_api_calls", lab))
    assert found.status is Status.FAIL
    assert found.witness is not None
    assert found.witness["errorCode"] == "Client.UnauthorizedOperation"
    assert found.witness["eventSource"] == "ec2.amazonaws.com"
    assert "Client.UnauthorizedOperation" in found.reason


def test_the_name_of_one_event_more_is_missing_in_the_newer_benchmark() -> None:
    six = (
        BENCHMARK.requirements["alarm.security_group_changes"]
        .readings[0]
        .pattern.replace(" || ($.eventName = ModifySecurityGroupRules)", "")
    )
    found = proof("security_group_changes", chain("security_group_changes", six))
    assert found.status is Status.FAIL
    assert found.witness is not None
    assert found.witness["eventName"] == "ModifySecurityGroupRules"


def test_two_filters_on_one_metric_count_together() -> None:
    first, second = (
        "{ $.eventName = CreateTrail || $.eventName = UpdateTrail }",
        "{ $.eventName = DeleteTrail || $.eventName = StartLogging || $.eventName = StopLogging }",
    )
    parts = [metric_filter("one", first, metric="m"), metric_filter("two", second, metric="m")]
    found = proof("cloudtrail_changes", account(*parts, alarm("trail", metric="m")))
    assert found.status is Status.PASS
    assert {route.name for route in found.routes} == {"one", "two"}
    assert "one and two" in next(link for link in found.links if link.link is LinkName.FILTER).reason
    assert proof("cloudtrail_changes", account(parts[0], alarm("trail", metric="m"))).status is Status.FAIL


def test_two_alarmed_metrics_count_together() -> None:
    first, second = "{ $.eventName = DisableKey }", "{ $.eventName = ScheduleKeyDeletion }"
    parts = [metric_filter("one", first), alarm("one"), metric_filter("two", second), alarm("two")]
    assert proof("cmk_disable_or_delete", account(*parts)).status is Status.PASS
    silent = [*parts[:3], alarm("two", actions_enabled=False)]
    found = proof("cmk_disable_or_delete", account(*silent))
    assert found.status is Status.FAIL
    assert found.witness is not None
    assert found.witness["eventName"] == "ScheduleKeyDeletion"


def test_the_best_of_several_chains_decides_and_the_others_are_listed() -> None:
    pattern = pattern_of("root_usage")
    parts = [
        metric_filter("good", pattern),
        alarm("good"),
        metric_filter("deaf", pattern),
        alarm("deaf", actions_enabled=False),
    ]
    found = proof("root_usage", account(*parts))
    assert found.status is Status.PASS
    assert [route.name for route in found.routes] == ["good"]
    assert [(other.name, other.breaks_at) for other in found.candidates] == [("deaf", LinkName.ACTION)]


def test_no_filter_at_all() -> None:
    found = proof("root_usage", account())
    assert found.status is Status.FAIL
    assert found.witness is not None
    broken = next(link for link in found.links if link.status is LinkStatus.BROKEN)
    assert broken.link is LinkName.FILTER
    assert found.links[-1].status is LinkStatus.NOT_REACHED


def test_a_filter_made_for_another_control_is_no_candidate() -> None:
    found = proof("root_usage", chain("vpc_changes"))
    assert found.status is Status.FAIL
    assert found.routes == ()


def test_a_filter_on_a_log_group_that_no_trail_delivers_to() -> None:
    facts = chain("root_usage", filtering={"log_group": "acme/app"})
    found = proof("root_usage", facts)
    assert found.status is Status.FAIL
    assert "acme/app" in found.reason


def test_a_pattern_that_cannot_be_read_leaves_the_control_open_and_names_the_column() -> None:
    found = proof("root_usage", chain("root_usage", '{ $.userIdentity.type = "Root" && }'))
    assert found.status is Status.UNKNOWN
    assert "not readable" in found.reason
    assert "column" in found.reason
    assert proof("vpc_changes", chain("root_usage", '{ $.userIdentity.type = "Root" && }')).status is Status.FAIL


def test_a_text_pattern_is_not_decided() -> None:
    assert proof("cmk_disable_or_delete", chain("cmk_disable_or_delete", "DisableKey")).status is Status.UNKNOWN


def test_a_filter_that_matches_far_more_passes_with_a_note() -> None:
    found = proof("root_usage", chain("root_usage", '{ $.eventVersion = "*" }'))
    assert found.status is Status.PASS
    assert any("beyond the control" in note for note in found.notes)


def test_facts_of_cloudtrail_that_a_proof_rests_on_are_named() -> None:
    found = proof("cmk_disable_or_delete", chain("cmk_disable_or_delete", '{ $.eventSource = "kms*" }'))
    assert found.status is Status.PASS
    narrow = '{ $.eventName = ConsoleLogin && $.responseElements.ConsoleLogin = "Failure" }'
    found = proof("console_auth_failures", chain("console_auth_failures", narrow))
    assert any("rests on" in note for note in found.notes)


def test_either_reading_of_a_control_satisfies_and_is_named() -> None:
    readings = requirement("console_login_without_mfa").readings
    for reading in readings:
        found = proof("console_login_without_mfa", chain("console_login_without_mfa", reading.pattern))
        assert found.status is Status.PASS
        assert found.reading in readings


def test_a_lost_event_is_one_of_the_accounts_own() -> None:
    found = proof("root_usage", account())
    assert found.witness is not None
    assert found.witness["recipientAccountId"] == "123456789012"
    assert found.witness["managementEvent"] is True


def test_every_broken_link_is_shown_and_the_first_is_the_reason() -> None:
    selectors = EventSelectors(source=SOURCE, basic=(BasicSelector(read_write="ReadOnly"),))
    half = metric_filter("f", DISABLE, to={"default": None})
    trails = (trail_facts(selectors=selectors),)
    found = proof("cmk_disable_or_delete", account(half, alarm("f", actions=()), trails=trails))
    broken = [link.link for link in found.links if link.status is LinkStatus.BROKEN]
    assert broken == [LinkName.TRAIL, LinkName.FILTER, LinkName.ACTION]
    assert found.reason == found.links[0].reason
    assert "event selectors" in found.reason
    assert found.witness is not None
    assert found.witness["eventName"] in found.reason
    stopped = (trail_facts(selectors=selectors, status=status(logging=False)),)
    assert "stopped" in proof("cmk_disable_or_delete", account(half, alarm("f"), trails=stopped)).reason


def test_an_alarm_on_one_value_is_shown_behind_a_narrow_filter() -> None:
    by_name = {"default": None, "dimensions": {"who": "$.userIdentity.userName"}}
    one = (Dimension(name="who", value="alice"),)
    parts = [metric_filter("f", DISABLE, to=by_name), alarm("f", dimensions=one)]
    found = proof("cmk_disable_or_delete", account(*parts))
    assert [link.link for link in found.links if link.status is LinkStatus.BROKEN] == [LinkName.FILTER, LinkName.ALARM]
    assert found.witness is not None
    assert found.witness["eventName"] == "ScheduleKeyDeletion"


@pytest.mark.parametrize(
    ("filtering", "settings", "link"),
    [
        ({"field_selection": "@source.log = 1"}, {}, LinkName.FILTER),
        ({"to": {"value": "$size"}}, {}, LinkName.FILTER),
        ({}, {"period": 10}, LinkName.FILTER),
    ],
)
def test_a_filter_that_misses_events_fails_where_another_link_is_open(
    filtering: dict[str, Any], settings: dict[str, Any], link: LinkName
) -> None:
    found = proof("cmk_disable_or_delete", chain("cmk_disable_or_delete", DISABLE, filtering=filtering, **settings))
    assert found.status is Status.FAIL
    assert next(one.link for one in found.links if one.status is LinkStatus.BROKEN) is link


def test_an_alarm_that_surely_misses_events_fails_where_its_own_link_is_open() -> None:
    by_name = {"default": None, "dimensions": {"what": "$.eventName"}}
    one = (Dimension(name="what", value="DisableKey"),)
    control = "cmk_disable_or_delete"
    found = proof(control, chain(control, filtering={"to": by_name}, period=10, dimensions=one))
    assert found.status is Status.FAIL
    assert "another do not reach it" in found.reason


def test_what_a_transformer_leaves_is_open_whatever_the_pattern() -> None:
    """A transformer that is not known may have moved what the pattern asks for."""
    renamed = chain("cmk_disable_or_delete", "{ $.name = DisableKey }", filtering={"on_transformed_logs": True})
    assert proof("cmk_disable_or_delete", renamed).status is not Status.PASS
    half = chain("cmk_disable_or_delete", DISABLE, filtering={"on_transformed_logs": True})
    assert proof("cmk_disable_or_delete", half).status is Status.UNKNOWN


@pytest.mark.parametrize(("kind", "expected"), [("WriteOnly", Status.UNKNOWN), ("ReadOnly", Status.FAIL)])
def test_a_text_pattern_stays_open_unless_the_trail_itself_loses_the_event(kind: str, expected: Status) -> None:
    trails = (trail_facts(selectors=EventSelectors(source=SOURCE, basic=(BasicSelector(read_write=kind),))),)
    found = proof("cmk_disable_or_delete", account(metric_filter("f", "kms"), alarm("f"), trails=trails))
    assert found.status is expected
