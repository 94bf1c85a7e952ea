"""What a replay evaluates of each event: trails, filters, metrics and controls, as expressions and nothing else.

It is small and holds no facts, so that it can be handed to other processes.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.pattern import Expression, Pattern, Selector

MANAGEMENT = "Management"

FilterKey = tuple[str, str, str]
"""The region, log group and name of a filter."""


@dataclass(frozen=True, slots=True)
class TrailPlan:
    """A trail.

    Attributes:
        logged: Holds for the management events that it logs.
        categories: The categories of events that it logs besides.
        organization: Whether it logs other accounts' events too.
        group: The place of the log group that it delivers to; None where it delivers to none.
    """

    name: str
    arn: str
    logged: Expression
    categories: frozenset[str]
    organization: bool
    group: int | None


@dataclass(frozen=True, slots=True)
class FilterPlan:
    """A metric filter on a log group that trails deliver to.

    Attributes:
        pattern: What it matches of the trail's events.
        trails: The places of the trails whose events it sees.
        group: The place of its log group.
        unknown: Why it is not known what it matches; empty where it is.
        serves: The places of the controls that it was made for.
    """

    key: FilterKey
    text: str
    pattern: Pattern
    trails: tuple[int, ...]
    group: int
    unknown: str
    serves: tuple[int, ...]

    @property
    def name(self) -> str:
        """The filter's name."""
        return self.key[2]


@dataclass(frozen=True, slots=True)
class InflowPlan:
    """What a filter sends to one metric.

    Attributes:
        filter: The filter's place.
        value: What each event adds; None where it is the number in a field.
        field: That field.
        default: What a minute with log events but without a match gives; None where it gives nothing.
        condition: Holds for the matching events whose value gets to the metric; None where it is all of them.
    """

    filter: int
    value: float | None
    field: Selector | None
    default: float | None
    condition: Expression | None

    @property
    def plain(self) -> bool:
        """Whether every matching event counts, and counts alike."""
        return self.value is not None and self.condition is None


@dataclass(frozen=True, slots=True)
class ControlPlan:
    """A control.

    Attributes:
        named: Holds for the events that it names, in the reading that was proved.
        meant: The same in any reading.
    """

    check_id: str
    named: Expression
    meant: Expression


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a replay evaluates.

    Attributes:
        account_id: The account whose events are judged.
        since: The first minute that counts, from 1970; None for any.
        until: The last minute that counts.
    """

    account_id: str
    trails: tuple[TrailPlan, ...]
    groups: tuple[str, ...]
    filters: tuple[FilterPlan, ...]
    inflows: tuple[InflowPlan, ...]
    controls: tuple[ControlPlan, ...]
    since: int | None = None
    until: int | None = None

    @property
    def organization(self) -> bool:
        """Whether other accounts' events come to a log group as well."""
        return any(trail.organization for trail in self.trails)
