"""Which management events a trail logs, as an expression over events.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, FieldSelector
from auditor.pattern import Always, And, Compare, Expression, IsFalse, IsTrue, Never, Not, Or, Selector

SOURCE = "$.eventSource"
_READ_ONLY = Selector.of("$.readOnly")
# The sources that AWS lets a trail leave out for their volume.
VOLUMINOUS = ("kms.amazonaws.com", "rdsdata.amazonaws.com")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a trail logs of the management events.

    Attributes:
        expression: Holds for the management events that are logged.
        whole: The same, were the voluminous sources not left out.
        excluded: The voluminous sources that are left out.
        undecided: Why the expression may let through too much; else empty.
    """

    expression: Expression
    whole: Expression
    excluded: tuple[str, ...] = ()
    undecided: str = ""


def selection_of(selectors: EventSelectors) -> Selection:
    """Gives what a trail's event selectors let through; without any, every management event is logged.

    The selectors' names play no part. Basic selectors and advanced ones exclude each other.
    """
    odd = [one for one in selectors.advanced if any(_odd(one, part) for part in one.fields)]
    clear = selectors.model_copy(update={"advanced": tuple(one for one in selectors.advanced if one not in odd)})
    settled = clear.advanced and _logged(clear) == Always()
    strange = () if settled else sorted({part.field for one in odd for part in one.fields if _odd(one, part)})
    return Selection(
        expression=_logged(selectors),
        whole=_logged(_with_voluminous(selectors)),
        excluded=tuple(source for source in VOLUMINOUS if _leaves_out(selectors, source)),
        undecided=f"The event selectors narrow {', '.join(strange)}, which is not followed." if strange else "",
    )


EVERYTHING = Selection(Always(), Always())


def _logged(selectors: EventSelectors) -> Expression:
    if selectors.advanced:
        return _any([_advanced(selector) for selector in selectors.advanced])
    if selectors.basic:
        return _any([_basic(selector) for selector in selectors.basic])
    return Always()


def _with_voluminous(selectors: EventSelectors) -> EventSelectors:
    """Gives the selectors without their exclusions of voluminous sources."""
    basic = [
        selector.model_copy(update={"excluded_sources": _others(selector.excluded_sources)})
        for selector in selectors.basic
    ]
    advanced = [
        selector.model_copy(
            update={
                "fields": [part.model_copy(update={"not_equals": _others(part.not_equals)}) for part in selector.fields]
            }
        )
        for selector in selectors.advanced
    ]
    return selectors.model_copy(update={"basic": tuple(basic), "advanced": tuple(advanced)})


def _others(sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(source for source in sources if source not in VOLUMINOUS)


def _any(terms: list[Expression]) -> Expression:
    if Always() in terms:
        return Always()
    useful = tuple(term for term in terms if term != Never())
    if not useful:
        return Never()
    return useful[0] if len(useful) == 1 else Or(useful)


def _all(terms: Iterable[Expression]) -> Expression:
    useful = tuple(term for term in terms if term != Always())
    if Never() in useful:
        return Never()
    if not useful:
        return Always()
    return useful[0] if len(useful) == 1 else And(useful)


def _basic(selector: BasicSelector) -> Expression:
    if not selector.management:
        return Never()
    kind = _READ_WRITE.get(selector.read_write, Always())
    return _all([kind, *(Not(_is(SOURCE, source)) for source in selector.excluded_sources)])


_READ_WRITE: dict[str, Expression] = {"ReadOnly": IsTrue(_READ_ONLY), "WriteOnly": Not(IsTrue(_READ_ONLY))}


def _advanced(selector: AdvancedSelector) -> Expression:
    if not any(part.field == "eventCategory" for part in selector.fields):
        return Never()
    return _all(_field(part) for part in selector.fields)


def _field(part: FieldSelector) -> Expression:
    if part.field == "eventCategory":
        return Always() if "Management" in part.equals else Never()
    if part.field == "readOnly":
        wanted = [_reading(value) for value in part.equals]
        return _all([_any(wanted) if wanted else Always(), *(Not(_reading(value)) for value in part.not_equals)])
    if part.field not in _FOLLOWED:
        return Always()
    name = f"$.{part.field}"
    anyof = [*(_is(name, value) for value in part.equals), *(_is(name, f"{value}*") for value in part.starts_with)]
    anyof += [_is(name, f"*{value}") for value in part.ends_with]
    noneof = [_is(name, value) for value in part.not_equals]
    noneof += [_is(name, f"{value}*") for value in part.not_starts_with]
    noneof += [_is(name, f"*{value}") for value in part.not_ends_with]
    return _all([_any([*anyof]) if anyof else Always(), *(Not(term) for term in noneof)])


def _reading(value: str) -> Expression:
    return IsTrue(_READ_ONLY) if value == "true" else IsFalse(_READ_ONLY)


# Event data stores know more fields; for trails AWS takes eventSource, readOnly and eventCategory.
_FOLLOWED = ("eventSource", "eventName", "eventType", "userIdentity.arn", "sessionCredentialFromConsole")


def _is(selector: str, value: str) -> Compare:
    return Compare.of(selector, "=", value)


def _odd(selector: AdvancedSelector, part: FieldSelector) -> bool:
    """Whether a management selector has a field that `_field` does not follow."""
    management = any(other.field == "eventCategory" and "Management" in other.equals for other in selector.fields)
    return management and part.field not in {"eventCategory", "readOnly", *_FOLLOWED}


def _leaves_out(selectors: EventSelectors, source: str) -> bool:
    if selectors.basic:
        logging = [selector for selector in selectors.basic if selector.management]
        return bool(logging) and all(source in selector.excluded_sources for selector in logging)
    management = [
        selector
        for selector in selectors.advanced
        if any(part.field == "eventCategory" and "Management" in part.equals for part in selector.fields)
    ]
    return bool(management) and all(
        any(part.field == "eventSource" and source in part.not_equals for part in selector.fields)
        for selector in management
    )
