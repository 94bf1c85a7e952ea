"""Making one link of an account worse never turns FAIL or UNKNOWN into PASS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.findings import Status
from auditor.model.alarm import Alarm, Alarms, MuteRule, MuteRules, MuteTargets
from auditor.model.logs import MetricFilter, MetricFilters
from auditor.model.snapshot import RegionFacts, Snapshot
from auditor.model.topic import Subscription, Subscriptions, Topic, TopicFacts
from auditor.model.trail import BasicSelector, EventSelectors, TrailFacts, TrailStatus
from tests.chain.build import account, alarm, metric_filter, pattern_of, proof
from tests.checks.build import NOW, SOURCE, TOPIC, log_group, unreadable

CONTROL = "cmk_disable_or_delete"
DISABLE = "{ ($.eventSource = kms.amazonaws.com) && ($.eventName = DisableKey) }"
DELETE = "{ ($.eventSource = kms.amazonaws.com) && ($.eventName = ScheduleKeyDeletion) }"

Worse = Callable[[Snapshot], Snapshot]


def trails(**changed: Any) -> Worse:
    """Gives what changes the status of every trail that could be read."""

    def one(facts: TrailFacts) -> TrailFacts:
        if not isinstance(facts.status, TrailStatus):
            return facts
        return facts.model_copy(update={"status": facts.status.model_copy(update=changed)})

    return lambda found: found.model_copy(update={"trails": tuple(one(facts) for facts in found.trails)})  # type: ignore[union-attr]


def selectors(selector: BasicSelector) -> Worse:
    made = EventSelectors(source=SOURCE, basic=(selector,))
    return lambda found: found.model_copy(
        update={"trails": tuple(one.model_copy(update={"selectors": made}) for one in found.trails)}  # type: ignore[union-attr]
    )


def region(change: Callable[[RegionFacts], dict[str, Any]]) -> Worse:
    def worse(found: Snapshot) -> Snapshot:
        (facts,) = found.regions
        return found.model_copy(update={"regions": (facts.model_copy(update=change(facts)),)})

    return worse


def filters(change: Callable[[MetricFilter], MetricFilter | None], place: int) -> Worse:
    """Gives what changes one filter, or takes it away."""

    def changed(facts: RegionFacts) -> dict[str, Any]:
        assert isinstance(facts.filters, MetricFilters)
        kept = [change(one) if at == place else one for at, one in enumerate(facts.filters.filters)]
        return {"filters": MetricFilters(source=SOURCE, filters=tuple(one for one in kept if one is not None))}

    return region(changed)


def alarms(place: int, **changes: Any) -> Worse:
    def changed(facts: RegionFacts) -> dict[str, Any]:
        assert isinstance(facts.alarms, Alarms)
        metric = [one.model_copy(update=changes) if at == place else one for at, one in enumerate(facts.alarms.metric)]
        return {"alarms": facts.alarms.model_copy(update={"metric": tuple(metric)})}

    return region(changed)


def muted(name: str) -> Worse:
    rule = MuteRule(source=SOURCE, name="quiet", targets=MuteTargets(alarm_names=(name,)), status="ACTIVE")
    return region(lambda _: {"mute_rules": MuteRules(source=SOURCE, rules=(rule,))})


def topics(change: Callable[[TopicFacts], TopicFacts]) -> Worse:
    return lambda found: found.model_copy(update={"topics": tuple(change(one) for one in found.topics)})


def attributes(**changed: Any) -> Worse:
    def one(facts: TopicFacts) -> TopicFacts:
        assert isinstance(facts.topic, Topic)
        return facts.model_copy(update={"topic": facts.topic.model_copy(update=changed)})

    return topics(one)


def narrowed(found: MetricFilter) -> MetricFilter:
    inner = found.pattern.strip().removeprefix("{").removesuffix("}")
    return found.model_copy(update={"pattern": f'{{ ({inner}) && ($.userAgent != "terraform*") }}'})


NOBODY = Subscriptions(source=SOURCE, subscriptions=(Subscription(arn="PendingConfirmation", protocol="email"),))

WORSE: dict[str, Worse] = {
    "stopped": trails(logging=False),
    "delivery error": trails(latest_delivery_error="NoSuchBucket"),
    "logs delivery error": trails(latest_logs_delivery_error="AccessDenied"),
    "stale": trails(latest_logs_delivery=NOW - timedelta(days=9)),
    "reads only": selectors(BasicSelector(read_write="ReadOnly")),
    "no management events": selectors(BasicSelector(management=False)),
    "without KMS": selectors(BasicSelector(excluded_sources=("kms.amazonaws.com",))),
    "infrequent access": lambda found: found.model_copy(
        update={"log_groups": (log_group(log_class="INFREQUENT_ACCESS"),)}
    ),
    "group gone": lambda found: found.model_copy(
        update={"log_groups": (log_group().model_copy(update={"group": None}),)}
    ),
    "filters unread": region(lambda _: {"filters": unreadable("logs:DescribeMetricFilters", "filters")}),
    "alarms unread": region(lambda _: {"alarms": unreadable("cloudwatch:DescribeAlarms", "alarms")}),
    "mutes unread": region(lambda _: {"mute_rules": unreadable("cloudwatch:ListAlarmMuteRules", "rules")}),
    "muted": muted("first"),
    "topic gone": topics(lambda facts: facts.model_copy(update={"topic": None})),
    "topic unread": topics(lambda facts: facts.model_copy(update={"topic": unreadable("sns:GetTopicAttributes", "t")})),
    "key": attributes(kms_key="alias/aws/sns"),
    "policy": attributes(policy='{"Version": "2012-10-17", "Statement": []}'),
    "nobody": topics(lambda facts: facts.model_copy(update={"subscriptions": NOBODY})),
}
for at in (0, 1):
    WORSE |= {
        f"filter {at} narrowed": filters(narrowed, at),
        f"filter {at} gone": filters(lambda _: None, at),
        f"filter {at} elsewhere": filters(lambda one: one.model_copy(update={"log_group": "other"}), at),
        f"filter {at} selects": filters(
            lambda one: one.model_copy(update={"field_selection": '@aws.region = "eu-west-1"'}), at
        ),
        f"alarm {at} threshold": alarms(at, threshold=7.0),
        f"alarm {at} periods": alarms(at, evaluation_periods=4, datapoints_to_alarm=4),
        f"alarm {at} minimum": alarms(at, statistic="Minimum"),
        f"alarm {at} unit": alarms(at, unit="Seconds"),
        f"alarm {at} off": alarms(at, actions_enabled=False),
        f"alarm {at} silent": alarms(at, actions=()),
        f"alarm {at} short": alarms(at, period=10),
        f"alarm {at} breaching": alarms(at, missing_data="breaching"),
    }

PARTS: tuple[MetricFilter | Alarm, ...] = (
    metric_filter("first", pattern_of(CONTROL)),
    metric_filter("second", pattern_of(CONTROL)),
    alarm("first"),
    alarm("second"),
)
HALVES: tuple[MetricFilter | Alarm, ...] = (
    metric_filter("first", DISABLE),
    metric_filter("second", DELETE),
    alarm("first"),
    alarm("second"),
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([PARTS, HALVES]), st.lists(st.sampled_from(sorted(WORSE)), min_size=1, max_size=4, unique=True))
def test_worse_settings_never_turn_a_verdict_into_pass(
    parts: tuple[MetricFilter | Alarm, ...], names: list[str]
) -> None:
    found = account(*parts)
    before = proof(CONTROL, found).status
    assert before is Status.PASS
    for name in names:
        try:
            found = WORSE[name](found)
        except AssertionError:
            continue  # what was to be made worse cannot be read any more
        after = proof(CONTROL, found).status
        assert after is not Status.PASS or before is Status.PASS, f"{name}: {before} became {after}"
        before = after


def test_each_alone_makes_one_chain_fail_or_unknown() -> None:
    for name, worse in WORSE.items():
        if name.split()[1:2] == ["1"]:
            continue
        one = account(metric_filter("first", pattern_of(CONTROL)), alarm("first"), topics=account().topics)
        assert proof(CONTROL, worse(one)).status is not Status.PASS, name


def test_the_topic_is_the_one_that_the_alarms_tell() -> None:
    assert [facts.arn for facts in account().topics] == [TOPIC]
