"""Which events a trail's selectors let through, and which of those that are wanted no trail logs.

Selectors are reduced to slices: reading or writing, within some event sources or resources and without others. The
values that AWS takes are whole names and beginnings of names, of which two either lie within each other or are apart;
so the union of slices can be computed exactly. What else narrows a selector is not followed, but told.

Sources:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, FieldSelector

S3_OBJECT = "AWS::S3::Object"


class Side(StrEnum):
    """Whether an event reads or writes."""

    READ = "read"
    WRITE = "write"


BOTH = frozenset(Side)
_SIDES = {"All": BOTH, "ReadOnly": frozenset({Side.READ}), "WriteOnly": frozenset({Side.WRITE})}
_READ_ONLY = {"true": Side.READ, "false": Side.WRITE}


@dataclass(frozen=True, slots=True)
class Scope:
    """All names that begin with a text, or the one name that it is."""

    text: str
    exact: bool = False

    def holds(self, other: Scope) -> bool:
        """Whether every name of another scope is in this one."""
        if self.exact:
            return self == other
        return other.text.startswith(self.text)

    def common(self, other: Scope) -> Scope | None:
        """Gives what two scopes share: the narrower one, or nothing."""
        if self.holds(other):
            return other
        return self if other.holds(self) else None


EVERYTHING = Scope("")


@dataclass(frozen=True, slots=True)
class Slice:
    """Events that one selector logs.

    Attributes:
        sides: Reading, writing or both.
        within: The event sources or resources that it logs, any of them.
        without: Those that it leaves out.
        unclear: What narrows it further and is not followed; else empty.
    """

    sides: frozenset[Side] = BOTH
    within: tuple[Scope, ...] = (EVERYTHING,)
    without: tuple[Scope, ...] = ()
    unclear: str = ""


def management_slices(selectors: EventSelectors) -> tuple[Slice, ...]:
    """Gives what is logged of management events, by event source; without selectors, everything."""
    if selectors.advanced:
        return _of_category(selectors, "Management", "eventSource")
    if not selectors.basic:
        return (Slice(),)
    return tuple(
        Slice(_sides(one), without=tuple(Scope(source, exact=True) for source in one.excluded_sources))
        for one in selectors.basic
        if one.management
    )


def s3_slices(selectors: EventSelectors) -> tuple[Slice, ...]:
    """Gives what is logged of the data events of S3 objects, by resource."""
    if selectors.advanced:
        of_objects = tuple(one for one in selectors.advanced if _is_on_objects(one))
        return _of_category(selectors.model_copy(update={"advanced": of_objects}), "Data", "resources.ARN")
    return tuple(
        Slice(_sides(one), (Scope(value.partition("*")[0]),), unclear=_wildcard(value))
        for one in selectors.basic
        for resource in one.data_resources
        if resource.type == S3_OBJECT
        for value in resource.values
    )


def missed(wanted: Scope, side: Side, slices: Sequence[Slice]) -> tuple[Scope, ...]:
    """Gives the parts of what is wanted that no slice logs; none where all of it is logged."""
    least: tuple[Scope, ...] | None = None
    for place, one in enumerate(slices):
        if side not in one.sides or not any(part.holds(wanted) for part in one.within):
            continue
        others = (*slices[:place], *slices[place + 1 :])
        shared = (wanted.common(part) for part in one.without)
        gaps = tuple(gap for part in shared if part for gap in missed(part, side, others))
        if least is None or len(gaps) < len(least):
            least = gaps
        if not least:
            break
    return (wanted,) if least is None else least


def _sides(selector: BasicSelector) -> frozenset[Side]:
    return _SIDES.get(selector.read_write, frozenset())


def _wildcard(value: str) -> str:
    """Tells of a wildcard in a resource's name, where AWS documents beginnings of names only."""
    return f"the wildcard in {value}" if "*" in value else ""


def _is_on_objects(selector: AdvancedSelector) -> bool:
    return any(part.field == "resources.type" and S3_OBJECT in part.equals for part in selector.fields)


def _of_category(selectors: EventSelectors, category: str, dimension: str) -> tuple[Slice, ...]:
    chosen = [
        one
        for one in selectors.advanced
        if any(part.field == "eventCategory" and category in part.equals for part in one.fields)
    ]
    return tuple(_advanced(one, dimension) for one in chosen)


def _advanced(selector: AdvancedSelector, dimension: str) -> Slice:
    """Gives the slice of an advanced selector, whose fields must all hold."""
    sides, without, unclear = BOTH, list[Scope](), list[str]()
    within: tuple[Scope, ...] = (EVERYTHING,)
    for part in selector.fields:
        if part.field == "readOnly":
            named = part.equals or tuple(_READ_ONLY)
            sides &= {side for value, side in _READ_ONLY.items() if value in named and value not in part.not_equals}
        elif part.field == dimension:
            within = _narrowed(within, part)
            without += [Scope(value, exact=True) for value in part.not_equals]
            without += [Scope(value) for value in part.not_starts_with]
            unclear += [dimension] * bool(part.ends_with or part.not_ends_with)
        elif part.field not in {"eventCategory", "resources.type"}:
            unclear.append(part.field)
    return Slice(sides, within, tuple(without), ", ".join(unclear))


def _narrowed(within: tuple[Scope, ...], part: FieldSelector) -> tuple[Scope, ...]:
    """Gives what is left of scopes that a field's own values narrow; such values are ORed."""
    if part.ends_with:
        return within
    named = (*(Scope(value, exact=True) for value in part.equals), *(Scope(value) for value in part.starts_with))
    if not named:
        return within
    return tuple(both for one in within for other in named if (both := one.common(other)))
