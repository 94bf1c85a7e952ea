"""The link from a filter to the metric: what one matching event puts there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.chain.link import broken, sound, unsure
from auditor.findings import ChainLink, LinkName
from auditor.model.logs import MetricFilter, Transformation


@dataclass(frozen=True, slots=True)
class Emission:
    """What a filter sends to its metric.

    Attributes:
        value: What one matching event adds; None where it is not known beforehand.
        default: What a minute with log events but without a match gives; None where it gives nothing.
        unit: The unit of the values; `None` where the filter names none.
        dimensions: The names of the dimensions that the values carry.
        beside: The default values of other filters that feed the same metric.
    """

    namespace: str
    metric: str
    value: float | None
    default: float | None
    unit: str
    dimensions: frozenset[str]
    beside: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """The metric with its namespace."""
        return f"{self.namespace}/{self.metric}"


def emission_of(metric_filter: MetricFilter, to: Transformation, others: Iterable[MetricFilter] = ()) -> Emission:
    """Gives what a filter's transformation sends.

    Args:
        metric_filter: The filter.
        to: Its transformation.
        others: The region's filters, of which some may feed the same metric.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html
    """
    return Emission(
        namespace=to.namespace,
        metric=to.metric,
        value=_number(to.value),
        default=to.default,
        unit=to.unit or "None",
        dimensions=frozenset(to.dimensions) | frozenset(metric_filter.system_dimensions),
        beside=tuple(
            other.default
            for each in others
            if each is not metric_filter
            for other in each.transformations
            if (other.namespace, other.metric) == (to.namespace, to.metric) and other.default is not None
        ),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def metric_link(emission: Emission, value: str) -> ChainLink:
    """Says what one matching event does to the metric; `value` is the transformation's own text."""
    if emission.value is None:
        why = f"The filter takes its value from {value}, and an event without that field gives none."
        return unsure(LinkName.METRIC, emission.name, why)
    if emission.value == 0:
        why = f"Each matching event adds 0 to {emission.name}, so that nothing can be seen there."
        return broken(LinkName.METRIC, emission.name, why)
    return sound(LinkName.METRIC, emission.name, f"Each matching event adds {emission.value:g} to {emission.name}.")
