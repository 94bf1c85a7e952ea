"""A sound chain in a snapshot, and ways to make one link of it worse."""

from __future__ import annotations

from typing import Any

from auditor.benchmark import Requirement, load
from auditor.chain import Proof, possible_in, prove, routes_of
from auditor.model.alarm import Alarm, Alarms
from auditor.model.logs import MetricFilter, MetricFilters, Transformation
from auditor.model.snapshot import RegionFacts, Snapshot
from tests.checks.build import ACCOUNT, REGION, SOURCE, TOPIC, snapshot

NAMESPACE = "CIS"
BENCHMARK = load("cis-5.0")


def requirement(control: str) -> Requirement:
    return BENCHMARK.requirements[f"alarm.{control}"]


def pattern_of(control: str) -> str:
    return requirement(control).readings[0].pattern


def metric_filter(name: str, pattern: str, *, metric: str = "", **changed: Any) -> MetricFilter:
    to: dict[str, Any] = {"metric": metric or name, "namespace": NAMESPACE, "value": "1", "default": 0.0}
    to.update(changed.pop("to", {}))
    settings: dict[str, Any] = {"log_group": "CloudTrail/ManagementEvents", "pattern": pattern}
    return MetricFilter(source=SOURCE, name=name, transformations=(Transformation(**to),), **{**settings, **changed})


def alarm(name: str, *, metric: str = "", **changed: Any) -> Alarm:
    settings: dict[str, Any] = {
        "arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "actions": (TOPIC,),
        "namespace": NAMESPACE,
        "metric": metric or name,
        "statistic": "Sum",
        "period": 300,
        "evaluation_periods": 1,
        "threshold": 1.0,
        "operator": "GreaterThanOrEqualToThreshold",
        "missing_data": "notBreaching",
    }
    return Alarm(source=SOURCE, name=name, **{**settings, **changed})


def account(*parts: MetricFilter | Alarm, **changed: Any) -> Snapshot:
    facts = RegionFacts(
        region=REGION,
        filters=MetricFilters(source=SOURCE, filters=tuple(one for one in parts if isinstance(one, MetricFilter))),
        alarms=Alarms(source=SOURCE, metric=tuple(one for one in parts if isinstance(one, Alarm))),
    )
    return snapshot(**{"regions": (facts,), **changed})


def chain(
    control: str, pattern: str | None = None, *, filtering: dict[str, Any] | None = None, **changed: Any
) -> Snapshot:
    """An account with one chain, made for a control."""
    found = metric_filter(control, pattern_of(control) if pattern is None else pattern, **(filtering or {}))
    return account(found, alarm(control, **changed))


def proof(control: str, facts: Snapshot) -> Proof:
    return prove(requirement(control), routes_of(facts), possible_in(facts))
