"""Which values CloudWatch puts together: a metric is a namespace, a name and dimensions, and units stand apart.

Sources:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Unit)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from auditor.chain.expression import UndecidedError
from auditor.chain.filtering import OPEN_ACCOUNT, parsed
from auditor.chain.metric import Emission
from auditor.model.alarm import Watched
from auditor.model.arn import Arn
from auditor.pattern import (
    Always,
    And,
    Compare,
    Expression,
    JsonPattern,
    Never,
    Regex,
    Selector,
    Text,
    intersects,
)


def difference(watched: Watched, emission: Emission) -> str:
    """Says in what the metric that is watched is another than the emitted one; empty where it is the same.

    Dimensions are part of a metric's identity, and so is the unit where one is named.
    """
    if (watched.namespace, watched.metric) != (emission.namespace, emission.metric):
        return f"the metric {watched.namespace}/{watched.metric}; the filter sends {emission.name}"
    named = frozenset(dimension.name for dimension in watched.dimensions)
    if named != emission.dimensions:
        theirs, ours = (", ".join(sorted(names)) or "none" for names in (emission.dimensions, named))
        return f"the metric with dimensions {ours}; the filter sends it with {theirs}"
    if watched.unit is not None and watched.unit != emission.unit:
        return f"values in {watched.unit}; the filter sends them in {emission.unit}"
    return ""


def in_dimensions(watched: Watched, emission: Emission, arn: Arn | None) -> tuple[Expression, ...]:
    """Gives what each dimension's one value asks of an event, for its value to land in the metric that is watched.

    Args:
        watched: The metric that an alarm looks at.
        emission: What the filter sends, with dimensions of the same names.
        arn: The alarm's own ARN.

    Raises:
        UndecidedError: It cannot be said.
    """
    return tuple(_in_dimension(watched, emission, arn))


def _in_dimension(watched: Watched, emission: Emission, arn: Arn | None) -> Iterator[Expression]:
    for dimension in watched.dimensions:
        field = emission.by.get(dimension.name, "")
        if field == "@aws.account" and arn is not None and emission.member:
            if dimension.value in {emission.member, arn.account_id}:
                raise UndecidedError(f"the dimension {dimension.name} is {field}, and {OPEN_ACCOUNT}")
            yield Never()
        elif field in {"@aws.account", "@aws.region"} and arn is not None:
            # A trail's own events are of the account and the region of their log group.
            own = arn.account_id if field == "@aws.account" else arn.region
            yield Always() if dimension.value == own else Never()
        elif field.startswith("$."):
            yield _equals(Selector.of(field), dimension.value)
        elif field:
            raise UndecidedError(f"the dimension {dimension.name} is {field}")


def _equals(selector: Selector, value: str) -> Expression:
    """Compares with a text in which `*` is an asterisk."""
    if "*" not in value:
        return Compare(selector, "=", Text(value))
    if not re.fullmatch(r"[\w:#=@/;,.*-]+", value):
        raise UndecidedError(f"the dimension's value {value} is not followed")
    return Compare(selector, "=", Regex(f"^{value.replace('.', chr(92) + '.').replace('*', chr(92) + '*')}$"))


class Answer(Enum):
    """Whether another filter's values land where an alarm looks."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Heard:
    """What an alarm looks at of a filter's metric: what the filter sends, beside what others send there.

    Attributes:
        surely: With the others that CloudWatch surely puts together with it.
        perhaps: With those of which that is open, too.
        open: Why it is open; empty where nothing is.
    """

    surely: Emission
    perhaps: Emission
    open: str = ""


def heard(watched: Watched, emission: Emission, arn: Arn | None) -> Heard:
    """Gives what an alarm looks at of an emitted metric.

    AWS leaves undefined what an alarm that names no unit does with a metric of several units.
    """
    told = [(one, _lands(watched, one, arn)) for one in emission.beside if not _in_other_unit(watched, one)]
    possible = [one for one, answer in told if answer is not Answer.NO]
    alike = [one for one, answer in told if answer is Answer.YES and one.unit == emission.unit]
    units = {emission.unit, *(one.unit for one in possible)}
    why = ""
    if len(units) > 1:
        why = f"{emission.name} has values in {' and in '.join(sorted(units))}, and the alarm names no unit"
    elif len(alike) < len(possible):
        why = f"whether another filter sends values to {emission.name} with the same dimensions is not decided"
    return Heard(replace(emission, beside=tuple(alike)), replace(emission, beside=tuple(possible)), why)


def _in_other_unit(watched: Watched, emission: Emission) -> bool:
    return watched.unit is not None and watched.unit != emission.unit


def lands(watched: Watched, emission: Emission, arn: Arn | None) -> bool:
    """Whether a filter may send any value to the metric of its own that an alarm looks at."""
    return _lands(watched, emission, arn) is not Answer.NO


def _lands(watched: Watched, emission: Emission, arn: Arn | None) -> Answer:
    """Says whether any value gets to the watched metric, whose dimensions have the same names."""
    if emission.default is not None:
        return Answer.YES
    try:
        asked = in_dimensions(watched, emission, arn)
    except UndecidedError:
        return Answer.OPEN
    return _matches(emission.pattern, And(asked) if asked else Always())


@lru_cache(maxsize=4096)
def _matches(text: str, asked: Expression) -> Answer:
    """Says whether any event matches a pattern and meets what is asked; open where none of CloudTrail's own does."""
    pattern, error = parsed(text)
    if asked == Always() and (error is not None or not isinstance(pattern, JsonPattern)):
        return Answer.YES
    if error is not None:
        return Answer.OPEN
    if isinstance(intersects(pattern, asked), dict):
        return Answer.YES
    return Answer.NO if intersects(pattern, asked, world=None) is None else Answer.OPEN
