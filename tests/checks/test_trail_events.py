"""trail.management_events, trail.s3_data_events and trail.insights."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.checking import Check, Status
from auditor.model.trail import (
    BasicSelector,
    DataResource,
    EventSelectors,
    InsightSelector,
    InsightSelectors,
    TrailFacts,
)
from checks.trail.insights import Insights
from checks.trail.management_events import ManagementEvents
from checks.trail.s3_data_events import S3DataEvents
from tests.checks.build import SOURCE, status, trail_facts, unreadable
from tests.checks.trail_judging import (
    OTHER,
    advanced,
    basic,
    denied,
    named,
    on_trails,
    organization_trail,
    remedy,
    run,
    single,
    stopped,
)

MANAGEMENT = ("Management",)
DATA = ("Data",)
OBJECT = ("AWS::S3::Object",)
READ = BasicSelector(read_write="ReadOnly")
WRITE = BasicSelector(read_write="WriteOnly")
NO_STATUS = denied("cloudtrail:GetTrailStatus")
NO_SELECTORS = denied("cloudtrail:GetEventSelectors")


def objects(*values: str, read_write: str = "All", management: bool = False) -> BasicSelector:
    resources = (DataResource(type="AWS::S3::Object", values=values),)
    return BasicSelector(read_write=read_write, management=management, data_resources=resources)


def on_objects(**fields: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    renamed = {name.replace("arn", "resources.ARN"): values for name, values in fields.items()}
    return {"eventCategory": DATA, "resources.type": OBJECT, **renamed}


EVERY_OBJECT = objects("arn:aws:s3")
WHOLE_MANAGEMENT = [
    basic(),
    basic(BasicSelector()),
    basic(READ, WRITE),
    basic(READ, BasicSelector(management=False), BasicSelector()),
    basic(BasicSelector(excluded_sources=("kms.amazonaws.com",)), READ, WRITE),
    basic(
        BasicSelector(excluded_sources=("kms.amazonaws.com",)),
        BasicSelector(excluded_sources=("rdsdata.amazonaws.com",)),
    ),
    advanced({"eventCategory": MANAGEMENT}),
    advanced({"eventCategory": DATA}, {"eventCategory": MANAGEMENT}),
    advanced(
        {"eventCategory": MANAGEMENT, "readOnly": ("true",)}, {"eventCategory": MANAGEMENT, "readOnly": ("false",)}
    ),
    advanced(
        {"eventCategory": MANAGEMENT, "!eventSource": ("kms.amazonaws.com",)},
        {"eventCategory": MANAGEMENT, "eventSource": ("kms.amazonaws.com",)},
    ),
]
PART_OF_MANAGEMENT = [
    (basic(READ), "write management events"),
    (basic(WRITE), "read management events"),
    (basic(BasicSelector(management=False)), "read and write management events"),
    (
        basic(BasicSelector(excluded_sources=("kms.amazonaws.com",))),
        "read and write management events of kms.amazonaws.com",
    ),
    (
        basic(BasicSelector(excluded_sources=("kms.amazonaws.com", "rdsdata.amazonaws.com")), READ),
        "write management events of kms.amazonaws.com, rdsdata.amazonaws.com",
    ),
    (
        basic(BasicSelector(read_write="ReadOnly", excluded_sources=("kms.amazonaws.com",))),
        "read management events of kms.amazonaws.com and write management events",
    ),
    (basic(WRITE, WRITE, WRITE, WRITE, WRITE), "read management events"),
    (advanced({"eventCategory": DATA}), "read and write management events"),
    (advanced({"eventCategory": MANAGEMENT, "readOnly": ("false",)}), "read management events"),
    (
        advanced({"eventCategory": MANAGEMENT, "!eventSource": ("kms.amazonaws.com",)}),
        "read and write management events of kms.amazonaws.com",
    ),
]
WHOLE_S3 = [
    basic(EVERY_OBJECT),
    basic(objects("arn:aws:s3:::")),
    basic(objects("arn:aws:s3", read_write="ReadOnly"), objects("arn:aws:s3", read_write="WriteOnly")),
    basic(objects("arn:aws:s3:::one/", "arn:aws:s3")),
    advanced(on_objects()),
    advanced(on_objects(**{"arn^": ("arn:aws:s3:::",)})),
    advanced(on_objects(readOnly=("true",)), on_objects(readOnly=("false",))),
    advanced(on_objects(**{"!arn^": ("arn:aws:s3:::logs/",)}), on_objects(**{"arn^": ("arn:aws:s3:::logs/",)})),
]
PART_OF_S3 = [
    (basic(), "read and write S3 object events"),
    (basic(BasicSelector()), "read and write S3 object events"),
    (basic(objects("arn:aws:s3:::one/")), "read and write S3 object events"),
    (basic(objects("arn:aws:s3", read_write="WriteOnly")), "read S3 object events"),
    (basic(objects("arn:aws:s3", read_write="ReadOnly")), "write S3 object events"),
    (
        basic(BasicSelector(data_resources=(DataResource(type="AWS::Lambda::Function", values=("arn:aws:lambda",)),))),
        "read and write S3 object events",
    ),
    (advanced({"eventCategory": MANAGEMENT}), "read and write S3 object events"),
    (
        advanced({"eventCategory": DATA, "resources.type": ("AWS::Lambda::Function",)}),
        "read and write S3 object events",
    ),
    (advanced(on_objects(readOnly=("true",))), "write S3 object events"),
    (
        advanced(on_objects(**{"!arn^": ("arn:aws:s3:::logs/",)})),
        "read and write S3 object events of arn:aws:s3:::logs/*",
    ),
    (advanced(on_objects(**{"arn^": ("arn:aws:s3:::one/",)})), "read and write S3 object events"),
]
CASES = [
    *((ManagementEvents, selectors, missed) for selectors, missed in PART_OF_MANAGEMENT),
    *((S3DataEvents, selectors, missed) for selectors, missed in PART_OF_S3),
]
BOTH_CHECKS = pytest.mark.parametrize("check", [ManagementEvents, S3DataEvents])


@pytest.mark.parametrize(
    ("check", "selectors"),
    [*((ManagementEvents, one) for one in WHOLE_MANAGEMENT), *((S3DataEvents, one) for one in WHOLE_S3)],
)
def test_selectors_that_log_everything_pass(check: type[Check[Any]], selectors: EventSelectors) -> None:
    finding = on_trails(check, trail_facts(selectors=selectors))
    assert finding.status is Status.PASS
    assert "by the trail management-trail" in finding.reason


@pytest.mark.parametrize(("check", "selectors", "missed"), CASES)
def test_selectors_that_miss_something_fail_and_are_mended(
    check: type[Check[Any]], selectors: EventSelectors, missed: str
) -> None:
    facts = trail_facts(selectors=selectors)
    finding = on_trails(check, facts)
    assert finding.status is Status.FAIL
    assert f" logs {missed}" in finding.reason
    assert "management-trail leaves them out" in finding.reason
    commands = remedy(finding)[1]
    assert finding.remediation is not None
    assert any("billed" in cost for cost in finding.remediation.costs)
    assert len(commands) == 1
    mended = run(facts, *commands)
    assert on_trails(check, mended).status is Status.PASS
    for other in (ManagementEvents, S3DataEvents):
        assert on_trails(other, facts).status is not Status.PASS or on_trails(other, mended).status is Status.PASS


@pytest.mark.parametrize(("check", "selectors"), [(check, selectors) for check, selectors, _ in CASES])
def test_what_is_mended_logs_all_that_it_did(check: type[Check[Any]], selectors: EventSelectors) -> None:
    facts = trail_facts(selectors=selectors)
    mended = run(facts, *remedy(on_trails(check, facts))[1]).selectors
    assert isinstance(mended, EventSelectors)
    kept = {value for one in selectors.basic for resource in one.data_resources for value in resource.values}
    now = {value for one in mended.basic for resource in one.data_resources for value in resource.values}
    assert kept <= now or "arn:aws:s3" in now
    assert {one.model_dump_json() for one in selectors.advanced} <= {one.model_dump_json() for one in mended.advanced}


@BOTH_CHECKS
def test_several_trails_count_together(check: type[Check[Any]]) -> None:
    reading = trail_facts(selectors=basic(objects("arn:aws:s3", read_write="ReadOnly", management=True)))
    writing = trail_facts(
        trail=named("writes"), selectors=basic(objects("arn:aws:s3", read_write="WriteOnly", management=True))
    )
    finding = on_trails(check, reading, writing)
    assert finding.status is Status.PASS
    assert "the trails management-trail, writes together" in finding.reason
    for silent in (
        writing.model_copy(update={"status": stopped()}),
        writing.model_copy(update={"trail": single()}),
    ):
        finding = on_trails(check, reading, silent)
        assert finding.status is Status.FAIL
        assert " logs write " in finding.reason


def test_an_s3_failure_says_which_side_is_logged() -> None:
    finding = on_trails(S3DataEvents, trail_facts(selectors=basic(objects("arn:aws:s3", read_write="WriteOnly"))))
    assert finding.reason == (
        "No multi-region trail logs read S3 object events for all buckets: management-trail leaves them out; "
        "write events are logged by the trail management-trail."
    )


@BOTH_CHECKS
def test_a_trail_that_is_amiss_in_every_way_is_mended(check: type[Check[Any]]) -> None:
    facts = trail_facts(trail=single("eu-west-1"), status=stopped(), selectors=basic(WRITE))
    summary, commands = remedy(on_trails(check, facts))
    assert [command.split()[2] for command in commands] == ["update-trail", "put-event-selectors", "start-logging"]
    assert on_trails(check, run(facts, *commands)).status is Status.PASS
    assert summary.startswith("The commands let regional-trail record all regions, let regional-trail log ")


@BOTH_CHECKS
def test_only_what_is_amiss_is_changed(check: type[Check[Any]]) -> None:
    finding = on_trails(check, trail_facts(status=stopped()))
    assert finding.reason.endswith("management-trail is stopped.")
    assert finding.remediation is not None
    assert all("Insights" not in cost and "dearest" not in cost for cost in finding.remediation.costs)
    commands = remedy(finding)[1]
    assert [command.split()[2] for command in commands] == ["start-logging"]


@BOTH_CHECKS
def test_selectors_that_could_not_be_read_are_not_overwritten(check: type[Check[Any]]) -> None:
    facts = trail_facts(trail=single(), selectors=NO_SELECTORS)
    commands = remedy(on_trails(check, facts))[1]
    assert [command.split()[2] for command in commands] == ["update-trail"]


@BOTH_CHECKS
@pytest.mark.parametrize(
    ("unread", "permission"),
    [
        ({"status": NO_STATUS}, "cloudtrail:GetTrailStatus"),
        ({"selectors": NO_SELECTORS}, "cloudtrail:GetEventSelectors"),
    ],
)
def test_what_could_not_be_read_is_unknown_unless_others_decide(
    check: type[Check[Any]], unread: dict[str, Any], permission: str
) -> None:
    blind = trail_facts(trail=named("blind"), **unread)
    finding = on_trails(check, blind, trail_facts(selectors=basic(WRITE)))
    assert finding.status is Status.UNKNOWN
    assert permission in finding.reason
    assert on_trails(check, blind, trail_facts()).status is Status.PASS
    narrow = trail_facts(selectors=basic(BasicSelector(management=False)), status=NO_STATUS)
    assert on_trails(check, narrow).status is Status.FAIL


@pytest.mark.parametrize(
    ("check", "selectors", "why"),
    [
        (
            ManagementEvents,
            advanced({"eventCategory": MANAGEMENT, "!userIdentity.arn^": ("arn:aws:sts::",)}),
            "narrow by userIdentity.arn",
        ),
        (
            ManagementEvents,
            advanced({"eventCategory": MANAGEMENT, "eventSource$": (".amazonaws.com",)}),
            "narrow by eventSource",
        ),
        (S3DataEvents, advanced(on_objects(eventName=("PutObject",))), "narrow by eventName"),
        (S3DataEvents, basic(objects("arn:aws:s3:::*/*")), "the wildcard in arn:aws:s3:::*/*"),
    ],
)
def test_what_is_not_followed_is_unknown(check: type[Check[Any]], selectors: EventSelectors, why: str) -> None:
    finding = on_trails(check, trail_facts(selectors=selectors))
    assert finding.status is Status.UNKNOWN
    assert why in finding.reason


@pytest.mark.parametrize("check", [ManagementEvents, S3DataEvents, Insights])
def test_another_accounts_trail_counts_but_is_not_changed_from_here(check: type[Check[Any]]) -> None:
    assert on_trails(check, trail_facts(trail=organization_trail())).status is Status.PASS
    narrow = trail_facts(
        trail=organization_trail(), selectors=basic(WRITE), insights=InsightSelectors(source=SOURCE, selectors=())
    )
    summary, commands = remedy(on_trails(check, narrow))
    assert OTHER in summary
    assert not commands


def insights(*kinds: str) -> InsightSelectors:
    return InsightSelectors(source=SOURCE, selectors=tuple(InsightSelector(type=kind) for kind in kinds))


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (trail_facts(insights=insights()), "call rates and error rates"),
        (trail_facts(insights=insights("ApiCallRateInsight")), "error rates"),
        (trail_facts(insights=insights("ApiErrorRateInsight")), "call rates"),
        (trail_facts(status=stopped()), "call rates and error rates"),
    ],
)
def test_missing_insights_fail_and_are_turned_on(facts: TrailFacts, missing: str) -> None:
    finding = on_trails(Insights, facts)
    assert finding.reason == f"Insights looks for unusual {missing} on no trail that is logging."
    commands = remedy(finding)[1]
    assert finding.remediation is not None
    told = any(cost.startswith("Insights is billed") for cost in finding.remediation.costs)
    assert told == ("put-insight-selectors" in commands[0])
    assert on_trails(Insights, run(facts, *commands)).status is Status.PASS


def test_insights_of_two_trails_count_together() -> None:
    one = trail_facts(insights=insights("ApiCallRateInsight"))
    two = trail_facts(trail=named("second"), insights=insights("ApiErrorRateInsight"))
    finding = on_trails(Insights, one, two)
    assert finding.status is Status.PASS
    assert "management-trail, second" in finding.reason


@pytest.mark.parametrize(
    ("facts", "permission"),
    [
        (trail_facts(insights=denied("cloudtrail:GetInsightSelectors")), "cloudtrail:GetInsightSelectors"),
        (trail_facts(status=NO_STATUS), "cloudtrail:GetTrailStatus"),
    ],
)
def test_insights_that_could_not_be_read_are_unknown(facts: TrailFacts, permission: str) -> None:
    finding = on_trails(Insights, facts)
    assert finding.status is Status.UNKNOWN
    assert permission in finding.reason


def test_insights_may_be_on_a_trail_that_could_not_be_listed() -> None:
    unlisted = unreadable("cloudtrail:ListTrails", "the trails")
    finding = on_trails(Insights, trail_facts(insights=insights(), status=status()), unlisted=unlisted)
    assert finding.status is Status.UNKNOWN
    assert "cloudtrail:ListTrails" in finding.reason


def test_insights_into_data_events_alone_are_not_enough_and_stay() -> None:
    data = InsightSelectors(
        source=SOURCE,
        selectors=(
            InsightSelector(type="ApiCallRateInsight", categories=("Data",)),
            InsightSelector(type="ApiErrorRateInsight"),
        ),
    )
    finding = on_trails(Insights, trail_facts(insights=data))
    assert finding.status is Status.FAIL
    assert finding.remediation is not None
    (command,) = (one for one in finding.remediation.commands if "put-insight-selectors" in one)
    assert '{"InsightType":"ApiCallRateInsight","EventCategories":["Management","Data"]}' in command
