"""Chains that begin at an organization's trail: what must ring is the member's own events, in another account."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.chain import Proof
from auditor.collect import resolved, with_shared
from auditor.findings import LinkName, LinkStatus, Status
from auditor.model.alarm import Alarm, Dimension
from auditor.model.logs import MetricFilter
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.topic import Subscriptions, Topic
from auditor.model.trail import TrailFacts
from tests.chain.build import account, alarm, chain, metric_filter, pattern_of, proof
from tests.chain.test_worsening import DELETE, DISABLE, WORSE
from tests.checks.build import (
    ACCOUNT,
    LOG_GROUP,
    NOW,
    SOURCE,
    TOPIC,
    status,
    topic,
    trail,
    trail_facts,
    unreadable,
)
from tests.checks.organization import (
    DELEGATE,
    MANAGEMENT,
    MEMBER,
    ORGANIZATION,
    in_delegated,
    management,
    member,
    moved,
    organization_trail,
    role_for,
)

CONTROL = "cmk_disable_or_delete"
PATTERN = pattern_of(CONTROL)


def seen(*owners: Snapshot, control: str = CONTROL, **changed: Any) -> Proof:
    """The proof for a member, given what the owners read; the first owns the trail."""
    return proof(control, with_shared(member(owners[0], **changed), resolved(owners)))


def only_for(account_id: str) -> str:
    return f'{{ ({PATTERN.strip()[1:-1]}) && ($.recipientAccountId = "{account_id}") }}'


def of_trails(*facts: TrailFacts) -> Snapshot:
    return chain(CONTROL).model_copy(update={"trails": facts})


def beside(own: Snapshot, owner: Snapshot) -> Snapshot:
    """A member that has a trail and a chain of its own, too."""
    there = member(owner)
    names = ("trails", "buckets", "log_groups", "roles", "keys")
    return own.model_copy(update={name: (*getattr(own, name), *getattr(there, name)) for name in names})


def worsened(found: Snapshot, names: list[str]) -> Snapshot:
    for name in names:
        found = WORSE[name](found)
    return found


def broken(found: Proof) -> LinkName:
    return next(link.link for link in found.links if link.status is LinkStatus.BROKEN)


def unsure(found: Proof) -> LinkName:
    return next(link.link for link in found.links if link.status is LinkStatus.UNKNOWN)


@pytest.mark.parametrize("control", ["root_usage", "cmk_disable_or_delete", "vpc_changes", "console_login_without_mfa"])
def test_a_member_is_heard_by_the_chain_of_the_management_account(control: str) -> None:
    owner = management(chain(control))
    alone = proof(control, member(owner))
    assert alone.status is Status.UNKNOWN
    assert MANAGEMENT in alone.reason
    found = seen(owner, control=control)
    assert found.status is Status.PASS, found.reason
    assert found.links[1].resource == LOG_GROUP
    assert {link.status for link in found.links} == {LinkStatus.SOUND}


def test_a_filter_for_the_owners_events_alone_loses_the_members() -> None:
    owner = management(chain(CONTROL, only_for(MANAGEMENT)))
    assert proof(CONTROL, owner).status is Status.PASS
    found = seen(owner)
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.FILTER)
    assert found.witness is not None
    assert found.witness["recipientAccountId"] == MEMBER


def test_a_filter_for_the_members_events_alone_is_enough_for_the_member() -> None:
    owner = management(chain(CONTROL, only_for(MEMBER)))
    assert seen(owner).status is Status.PASS
    assert proof(CONTROL, owner).status is Status.FAIL
    assert seen(owner, account_id="555555555555").status is Status.FAIL


def test_a_trail_that_is_not_the_organizations_records_its_own_account_only() -> None:
    owner = chain(CONTROL)
    stranger = with_shared(member(management(owner), trails=owner.trails), (owner,))
    assert stranger.shared == (owner,)
    found = proof(CONTROL, stranger)
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.TRAIL)
    assert f"records account {MANAGEMENT} only" in found.reason


def test_a_trail_that_the_owner_no_longer_calls_the_organizations_is_not_taken_from_there() -> None:
    now_alone = chain(CONTROL)
    found = proof(CONTROL, with_shared(member(management(now_alone)), (now_alone,)))
    assert (found.status, unsure(found)) == (Status.UNKNOWN, LinkName.TRAIL)


def test_a_log_group_without_the_trail_of_its_account_is_no_matter() -> None:
    """The members' filters in the owner's account see only what the organization's trail brings."""
    other = trail_facts(trail=trail(name="own", arn=trail().arn.replace("management-trail", "own")))
    owner = of_trails(organization_trail(log_group_arn=None, role_arn=None), other)
    assert proof(CONTROL, owner).status is Status.PASS
    found = seen(owner)
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.LOG_GROUP)


@pytest.mark.parametrize(
    ("streams", "organization", "status"),
    [
        (("*",), "", Status.PASS),
        (("o-*",), "", Status.PASS),
        ((f"{ACCOUNT}_CloudTrail_us-east-1*",), "", Status.FAIL),
        ((f"{ACCOUNT}_CloudTrail_us-east-1*", f"{ORGANIZATION}_*"), "", Status.UNKNOWN),
        ((f"{ACCOUNT}_CloudTrail_us-east-1*", f"{ORGANIZATION}_*"), ORGANIZATION, Status.PASS),
        ((f"{ACCOUNT}_CloudTrail_us-east-1*", f"{ORGANIZATION}_*"), "o-anotherorg1", Status.FAIL),
    ],
)
def test_the_role_must_let_the_members_streams_be_written(
    streams: tuple[str, ...], organization: str, status: Status
) -> None:
    owner = management(chain(CONTROL), roles=(role_for(*streams),), organization_id=organization)
    found = seen(owner)
    assert found.status is status, found.reason
    if status is Status.FAIL:
        assert broken(found) is LinkName.LOG_GROUP
    if status is Status.UNKNOWN:
        assert unsure(found) is LinkName.LOG_GROUP
        assert "organization's id" in found.reason


def test_the_owners_events_may_go_to_either_kind_of_stream() -> None:
    owner = management(chain(CONTROL), roles=(role_for("o-*"),))
    assert proof(CONTROL, owner).status is Status.PASS, "the delivery tells"
    alone = chain(CONTROL).model_copy(update={"roles": (role_for("o-*"),)})
    assert proof(CONTROL, alone).status is Status.FAIL
    started = status(latest_logs_delivery=None, started=NOW - timedelta(minutes=10))
    just = owner.model_copy(update={"trails": (organization_trail(status=started),)})
    assert proof(CONTROL, just).status is Status.UNKNOWN
    assert proof(CONTROL, just.model_copy(update={"roles": (role_for("x-*"),)})).status is Status.FAIL


def test_for_which_account_the_role_is_taken_on_for_a_member_is_not_known() -> None:
    trusting = role_for("*", trust={"StringEquals": {"aws:SourceAccount": MANAGEMENT}})
    owner = management(chain(CONTROL), roles=(trusting,))
    assert proof(CONTROL, owner).status is Status.PASS
    found = seen(owner)
    assert (found.status, unsure(found)) == (Status.UNKNOWN, LinkName.LOG_GROUP)
    named = role_for("*", trust={"StringEquals": {"aws:SourceArn": trail().arn}})
    assert seen(management(chain(CONTROL), roles=(named,))).status is Status.PASS


def test_a_role_that_could_not_be_read_says_nothing_of_members() -> None:
    unread = role_for("*").model_copy(update={"role": unreadable("iam:GetRole", "role")})
    owner = management(chain(CONTROL), roles=(unread,))
    assert proof(CONTROL, owner).status is Status.PASS
    assert seen(owner).status is Status.UNKNOWN


def publishing(**condition: str) -> Snapshot:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"StringEquals": {f"aws:{name}": value for name, value in condition.items()}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    told = topic(topic=Topic(source=SOURCE, policy=policy))
    return management(chain(CONTROL).model_copy(update={"topics": (told,)}))


def test_it_is_the_alarms_account_that_publishes() -> None:
    assert seen(publishing(SourceAccount=MANAGEMENT)).status is Status.PASS
    found = seen(publishing(SourceAccount=MEMBER))
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.TOPIC)


def test_nobody_has_confirmed() -> None:
    pending = Subscriptions(source=SOURCE, subscriptions=())
    owner = management(account(metric_filter(CONTROL, PATTERN), alarm(CONTROL), topics=(topic(subscriptions=pending),)))
    found = seen(owner)
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.SUBSCRIPTION)


@pytest.mark.parametrize(
    ("criteria", "status"),
    [
        (f'@aws.account = "{MANAGEMENT}"', Status.UNKNOWN),
        (f'@aws.account = "{MEMBER}"', Status.UNKNOWN),
        (f'@aws.account IN ["{MANAGEMENT}", "{MEMBER}"]', Status.PASS),
        ('@aws.account = "999999999999"', Status.FAIL),
        ('@aws.account != "999999999999"', Status.PASS),
        ('@aws.region = "eu-west-1"', Status.FAIL),
    ],
)
def test_which_account_an_organizations_events_are_selected_by_is_not_known(criteria: str, status: Status) -> None:
    owner = management(chain(CONTROL, filtering={"field_selection": criteria}))
    found = seen(owner)
    assert found.status is status, found.reason
    assert found.links[2].link is LinkName.FILTER


@pytest.mark.parametrize(
    ("value", "status"), [(MANAGEMENT, Status.UNKNOWN), (MEMBER, Status.UNKNOWN), ("999999999999", Status.FAIL)]
)
def test_nor_under_which_account_they_are_counted(value: str, status: Status) -> None:
    filtering: dict[str, Any] = {"system_dimensions": ("@aws.account",), "to": {"default": None}}
    watched = (Dimension(name="@aws.account", value=value),)
    owner = management(chain(CONTROL, filtering=filtering, dimensions=watched))
    assert proof(CONTROL, owner).status is (Status.PASS if value == MANAGEMENT else Status.FAIL)
    assert seen(owner).status is status


def test_a_dimension_of_the_event_itself_tells_members_apart() -> None:
    filtering: dict[str, Any] = {"to": {"default": None, "dimensions": {"Account": "$.recipientAccountId"}}}
    owner = management(chain(CONTROL, filtering=filtering, dimensions=(Dimension(name="Account", value=MEMBER),)))
    assert seen(owner).status is Status.PASS
    found = seen(owner, account_id="555555555555")
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.ALARM)


def test_alarms_live_where_the_log_group_lives() -> None:
    owner, there = in_delegated(chain(CONTROL))
    found = seen(owner, there)
    assert found.status is Status.PASS, found.reason
    assert found.routes[0].alarm is not None
    assert DELEGATE in found.routes[0].alarm.arn
    for judged in (owner, there):
        alone = proof(CONTROL, judged)
        assert alone.status is Status.UNKNOWN
        assert proof(CONTROL, with_shared(judged, (owner, there))).status is Status.PASS


def test_without_the_account_of_the_log_group_nothing_is_decided() -> None:
    owner, there = in_delegated(chain(CONTROL))
    found = seen(owner)
    assert (found.status, found.links[1].status) == (Status.UNKNOWN, LinkStatus.UNKNOWN)
    assert DELEGATE in found.reason
    unread = there.model_copy(update={"regions": (), "trails": unreadable("cloudtrail:DescribeTrails", "trails")})
    again = seen(owner, unread)
    assert again.status is Status.UNKNOWN
    assert DELEGATE in next(link.reason for link in again.links if link.link is LinkName.FILTER)


def test_the_alarms_of_another_account_do_not_count() -> None:
    owner, there = in_delegated(chain(CONTROL))
    with_alarms = owner.model_copy(update={name: getattr(chain(CONTROL), name) for name in ("regions", "topics")})
    (facts,) = there.regions
    silent = RegionFacts(
        region=facts.region, filters=facts.filters, alarms=facts.alarms.model_copy(update={"metric": ()})
    )
    found = seen(with_alarms, there.model_copy(update={"regions": (silent,)}))
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.ALARM)


def test_own_and_shared_chains_count_together() -> None:
    owner = management(account(metric_filter("one", DISABLE), alarm("one")))
    own = moved(account(metric_filter("two", DELETE), alarm("two")), MEMBER)
    both = beside(own, owner)
    assert proof(CONTROL, own).status is Status.FAIL
    assert proof(CONTROL, both).status is Status.UNKNOWN
    found = proof(CONTROL, with_shared(both, (owner,)))
    assert found.status is Status.PASS, found.reason
    assert {route.filter.name for route in found.routes if route.filter} == {"one", "two"}
    assert seen(owner).status is Status.FAIL


def test_an_own_sound_chain_is_enough() -> None:
    owner = management(account())
    own = moved(chain(CONTROL), MEMBER)
    both = beside(own, owner)
    for judged in (both, with_shared(both, (owner,))):
        assert proof(CONTROL, judged).status is Status.PASS


def test_the_age_of_a_delivery_is_told_by_when_its_owner_was_read() -> None:
    late = status(latest_logs_delivery=NOW - timedelta(hours=23, minutes=30))
    owner = of_trails(organization_trail(status=late))
    assert seen(owner, taken_at=NOW + timedelta(hours=2)).status is Status.PASS
    stale = status(latest_logs_delivery=NOW - timedelta(hours=25))
    assert seen(of_trails(organization_trail(status=stale))).status is Status.FAIL


def test_a_filter_on_another_group_of_the_owner_is_a_candidate() -> None:
    owner = management(chain(CONTROL, filtering={"log_group": "other"}))
    found = seen(owner)
    assert (found.status, broken(found)) == (Status.FAIL, LinkName.FILTER)
    assert f"to which no trail delivers the events of account {MEMBER}" in found.reason


PARTS: tuple[MetricFilter | Alarm, ...] = (
    metric_filter("first", DISABLE),
    metric_filter("second", DELETE),
    alarm("first"),
    alarm("second"),
)


# One thing at a time of what lies behind the log group, and one of what lies before it.
EARLY = ("stopped", "delivery error", "logs delivery error", "stale", "reads only", "without KMS", "group gone")
ANY = st.tuples(st.sampled_from(sorted(WORSE)), st.sampled_from(EARLY)).map(list) | st.lists(
    st.sampled_from(sorted(WORSE)), max_size=1
)


@given(ANY, st.booleans())
@settings(deadline=None, max_examples=80)
def test_what_befalls_the_owner_befalls_its_members(worse: list[str], whole: bool) -> None:
    """Where no filter tells accounts apart, a member whose facts are all shared is judged as the owner is."""
    patterns = (metric_filter("first", PATTERN), *PARTS[1:]) if whole else PARTS
    owner = worsened(management(account(*patterns)), worse)
    theirs, ours = proof(CONTROL, owner), seen(owner)
    assert ours.status is theirs.status, ours.reason
    assert [link.status for link in ours.links] == [link.status for link in theirs.links]


@given(ANY, ANY, st.sampled_from([PATTERN, DISABLE, only_for(MANAGEMENT), only_for(MEMBER)]), st.booleans())
@settings(deadline=None, max_examples=80)
def test_sharing_decides_what_was_open_and_changes_nothing_else(
    own_worse: list[str], worse: list[str], pattern: str, left_out: bool
) -> None:
    streams = f"{ACCOUNT}_*" if left_out else "*"
    owner = management(account(metric_filter("first", pattern), *PARTS[1:]), roles=(role_for(streams),))
    owner = worsened(owner, worse)
    both = beside(moved(worsened(account(*PARTS), own_worse), MEMBER), owner)
    before, after = proof(CONTROL, both), proof(CONTROL, with_shared(both, (owner,)))
    assert before.status in {Status.UNKNOWN, after.status}, (before.reason, after.reason)
