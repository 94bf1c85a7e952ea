"""Mends the metric filter: it counts every event that the control names, where an alarm can see it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import JsonValue

from auditor.chain import Route
from auditor.chain.alarm import alarm_link
from auditor.chain.metric import Emission, emission_of, feeds_of
from auditor.findings import LinkName, LinkStatus
from auditor.model.alarm import Alarm
from auditor.model.arn import Arn
from auditor.model.logs import MetricFilter, Transformation
from auditor.remediation import Resource, Target
from auditor.remedy.command import aws
from auditor.remedy.delivering import Home
from auditor.remedy.mending import NOTHING, OWN, Case, Mending, as_json, free_name, page, step
from auditor.remedy.ringing import fewest_changes, new_alarm

NAMESPACE = "TrailAuditor"
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
LONGEST_PATTERN = 1024
_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html"
# The command line reads what such a value names in its place.
# https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
_FETCHED = ("file://", "fileb://", "http://", "https://")
# A second filter's default values do not change these: an Average or a Minimum of a shared metric they would dilute.
_SHARED = frozenset({"Sum", "Maximum"})


@dataclass(frozen=True, slots=True)
class Watched:
    """What an alarm is to watch.

    Attributes:
        emission: What one event puts there.
        alarm: The alarm that watches it; None where one must be made.
    """

    emission: Emission
    alarm: Alarm | None = None


def mend_filter(case: Case, home: Home) -> tuple[Watched, Mending]:
    """Gives the metric on which the control's events arrive, and what lets them arrive there.

    Nobody's pattern is overwritten: a filter is added, and it feeds the same metric where all behind it is sound,
    since the filters of one metric count together.
    """
    route = case.route
    if route is None or route.filter is None:
        return own_filter(case, home)
    to = _transformation(case, route.filter)
    if case.broken(LinkName.FILTER) or home.new:
        watched = Watched(_emission(case, home, route.filter, to), route.alarm)
        return (watched, _added(case, home, to)) if _is_shared(case, route, home) else own_filter(case, home)
    seen = to.model_copy(update={"value": "1"}) if case.broken(LinkName.METRIC) else to
    watched = Watched(_emission(case, home, route.filter, seen), route.alarm)
    if not _can_ring(case, watched, home):
        return own_filter(case, home)
    if seen == to:
        return watched, NOTHING
    others = tuple(seen if one == to else one for one in route.filter.transformations)
    return watched, step(
        f"let the filter {route.filter.name} count each event as 1",
        Target.FILTER,
        _put(route.filter.model_copy(update={"transformations": others}), home.region),
        undo=[_put(route.filter, home.region)],
        cost=f"Whatever else watches {watched.emission.name} sees another value from then on.",
        pages=[page("logs", "put-metric-filter")],
    )


def _emission(case: Case, home: Home, found: MetricFilter, to: Transformation) -> Emission:
    """Gives what a transformation sends, beside what other filters send to the same metric."""
    alone = emission_of(found, to)
    feeds = feeds_of(case.filters(home.region))
    beside = next((one.emission.beside for one in feeds if one.filter == found and one.emission.name == alone.name), ())
    return replace(alone, beside=beside)


def _transformation(case: Case, found: MetricFilter) -> Transformation:
    """Gives the transformation that the route follows, as its metric link names it."""
    metric = next(link.resource for link in case.proof.links if link.link is LinkName.METRIC)
    matching = [to for to in found.transformations if emission_of(found, to).name == metric]
    return (*matching, *found.transformations)[0]


def _is_shared(case: Case, route: Route, home: Home) -> bool:
    """Whether a second filter may feed the metric of the route's filter."""
    alarm = route.alarm
    if alarm is None or alarm.statistic not in _SHARED or alarm.dimensions:
        return False
    arn = Arn.parse(alarm.arn)
    sound = {link.link for link in case.proof.links if link.status is LinkStatus.SOUND}
    return arn is not None and arn.region == home.region and {LinkName.METRIC, LinkName.ALARM} <= sound


def _can_ring(case: Case, watched: Watched, home: Home) -> bool:
    """Whether an alarm on the metric can be sound at all; one on a value of a dimension sees that value only."""
    if not case.broken(LinkName.ALARM):
        return True
    if watched.alarm is None:
        planned = new_alarm(case, home.region, watched.emission)
        return alarm_link(planned, watched.emission).status is LinkStatus.SOUND
    return fewest_changes(watched.alarm, watched.emission) is not None


def own_filter(case: Case, home: Home) -> tuple[Watched, Mending]:
    """Gives a filter for the control alone, on a metric of its own."""
    to = Transformation(metric=case.control, namespace=NAMESPACE, value="1", default=0.0)
    emission = Emission(NAMESPACE, case.control, 1.0, 0.0, "None", frozenset())
    return Watched(emission), _added(case, home, to)


def _added(case: Case, home: Home, to: Transformation) -> Mending:
    """Gives the filter that the benchmark asks for."""
    taken = (found.name for found in case.filters(home.region) if found.log_group == home.name)
    added = MetricFilter(
        source=case.trail.trail.source,
        name=free_name(f"{OWN}-{case.control}", taken),
        log_group=home.name,
        pattern=case.proof.reading.pattern,
        transformations=(to,),
    )
    removed = aws("logs", "delete-metric-filter", region=home.region, log_group_name=home.name, filter_name=added.name)
    return step(
        f"add the filter {added.name} to {home.name}",
        Target.FILTER,
        _put(added, home.region),
        undo=[removed],
        cost=f"The metric {to.namespace}/{to.metric} is billed as a custom metric while anything comes.",
        resources=[_resource(added, home)],
        pages=[_GUIDE, page("logs", "put-metric-filter")],
    )


def _resource(added: MetricFilter, home: Home) -> Resource:
    return Resource(
        type="AWS::Logs::MetricFilter",
        arn=f"{home.arn} {added.name}",
        properties={
            "LogGroupName": home.name,
            "FilterName": added.name,
            "FilterPattern": added.pattern,
            "MetricTransformations": _cased([_shown(to) for to in added.transformations]),
        },
    )


def _cased(transformations: list[dict[str, JsonValue]]) -> list[JsonValue]:
    """Gives transformations as CloudFormation writes them, whose names begin with a capital."""
    return [{f"{name[0].upper()}{name[1:]}": value for name, value in one.items()} for one in transformations]


def _put(wanted: MetricFilter, region: str) -> str:
    fetched = wanted.pattern.startswith(_FETCHED)
    return aws(
        "logs",
        "put-metric-filter",
        region=region,
        log_group_name=wanted.log_group,
        filter_name=wanted.name,
        filter_pattern=None if fetched else wanted.pattern,
        metric_transformations=as_json([_shown(to) for to in wanted.transformations]),
        apply_on_transformed_logs=wanted.on_transformed_logs,
        field_selection_criteria=wanted.field_selection or None,
        emit_system_field_dimensions=wanted.system_dimensions or None,
        cli_input_json={"filterPattern": wanted.pattern} if fetched else None,
    )


def _shown(to: Transformation) -> dict[str, JsonValue]:
    """Gives a transformation under AWS's names, without what is not set: a default excludes dimensions."""
    shown: dict[str, JsonValue] = {"metricName": to.metric, "metricNamespace": to.namespace, "metricValue": to.value}
    if to.default is not None:
        shown["defaultValue"] = int(to.default) if to.default.is_integer() else to.default
    if to.dimensions:
        shown["dimensions"] = dict(to.dimensions)
    if to.unit:
        shown["unit"] = to.unit
    return shown
