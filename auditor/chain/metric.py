"""The link from a filter to the metric: what one matching event puts there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from auditor.chain.link import broken, sound, unsure
from auditor.findings import ChainLink, LinkName
from auditor.model.logs import MetricFilter, Transformation
from auditor.pattern import PatternError, Selector


@dataclass(frozen=True, slots=True)
class Emission:
    """What a filter sends to its metric.

    Attributes:
        value: What one matching event adds; None where it is not known beforehand.
        default: What a minute with log events but without a match gives; None where it gives nothing.
        unit: The unit of the values; `None` where the filter names none.
        dimensions: The names of the dimensions that the values carry.
        beside: What other filters send to the metric of that name and with dimensions of the same names. Which of it
            CloudWatch puts together with what is sent here, hangs on the alarm (`auditor.chain.identity`).
        taken_from: The field of the event that the value is taken from, where it is taken from one.
        by: The field of the event, or of CloudWatch Logs itself, that gives each dimension its value.
        pattern: The filter's pattern.
        looks_at: The log group and which of its events the filter looks at.
        member: The account whose events are meant, where an organization's trail brings them to a log group of another.
    """

    namespace: str
    metric: str
    value: float | None
    default: float | None
    unit: str
    dimensions: frozenset[str]
    beside: tuple[Emission, ...] = ()
    taken_from: Selector | None = None
    by: Mapping[str, str] = field(default_factory=dict, hash=False)
    pattern: str = ""
    looks_at: tuple[str, str] = ("", "")
    member: str = ""

    @property
    def name(self) -> str:
        """The metric with its namespace."""
        return f"{self.namespace}/{self.metric}"


@dataclass(frozen=True, slots=True)
class Feed:
    """One transformation of a filter, with what it sends."""

    filter: MetricFilter
    to: Transformation
    emission: Emission


def feeds_of(filters: Iterable[MetricFilter], member: str = "") -> tuple[Feed, ...]:
    """Gives what each of a region's filters sends, and beside which others of the same metric.

    Args:
        filters: The filters.
        member: The account whose events are meant, where it is another than the filters'.
    """
    feeds = [Feed(each, to, emission_of(each, to, member)) for each in filters for to in each.transformations]
    by_metric: dict[tuple[str, str, frozenset[str]], list[Feed]] = {}
    for feed in feeds:
        by_metric.setdefault(_metric(feed.emission), []).append(feed)
    return tuple(_among(by_metric[_metric(feed.emission)], feed) for feed in feeds)


def _metric(emission: Emission) -> tuple[str, str, frozenset[str]]:
    """Gives what tells a metric from another before any value of its dimensions is known."""
    return emission.namespace, emission.metric, emission.dimensions


def _among(same: Iterable[Feed], feed: Feed) -> Feed:
    beside = tuple(other.emission for other in same if other.filter is not feed.filter)
    return replace(feed, emission=replace(feed.emission, beside=beside))


def emission_of(metric_filter: MetricFilter, to: Transformation, member: str = "") -> Emission:
    """Gives what a filter's transformation sends, by itself.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    """
    value = _number(to.value)
    by = {**to.dimensions, **{name: name for name in metric_filter.system_dimensions}}
    return Emission(
        namespace=to.namespace,
        metric=to.metric,
        value=value,
        default=to.default,
        unit=to.unit or "None",
        dimensions=frozenset(by),
        taken_from=_field(to.value) if value is None else None,
        by=by,
        pattern=metric_filter.pattern,
        looks_at=(metric_filter.log_group, metric_filter.field_selection),
        member=member,
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _field(text: str) -> Selector | None:
    if not text.startswith("$."):
        return None
    try:
        return Selector.of(text)
    except PatternError:
        return None


def metric_link(emission: Emission, value: str) -> ChainLink:
    """Says what one matching event does to the metric; `value` is the transformation's own text.

    Where the value is a field of the event, it is proved apart that every event has a number there.
    """
    if emission.value is None and emission.taken_from is None:
        why = f"The filter takes its value from {value}, which is not followed."
        return unsure(LinkName.METRIC, emission.name, why)
    if emission.value == 0:
        why = f"Each matching event adds 0 to {emission.name}, so that nothing can be seen there."
        return broken(LinkName.METRIC, emission.name, why)
    added = f"the number at {value}" if emission.value is None else f"{emission.value:g}"
    return sound(LinkName.METRIC, emission.name, f"Each matching event adds {added} to {emission.name}.")
