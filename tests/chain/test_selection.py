"""What event selectors let through: the chain's expression, and the slices that the checks of trails compute with."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.chain.selection import selection_of
from auditor.model.trail import AdvancedSelector, BasicSelector, EventSelectors, FieldSelector
from auditor.pattern import Always, Event, JsonPattern, evaluate
from checks.trail.selection import Scope, Side, management_slices
from tests.checks.build import SOURCE

SOURCES = ("kms.amazonaws.com", "rdsdata.amazonaws.com", "s3.amazonaws.com")
NAMES = st.lists(st.sampled_from((*SOURCES, "kms", "s3")), max_size=2, unique=True).map(tuple)

BASIC = st.builds(
    BasicSelector,
    read_write=st.sampled_from(["All", "ReadOnly", "WriteOnly"]),
    management=st.booleans(),
    excluded_sources=st.lists(st.sampled_from(SOURCES[:2]), max_size=2, unique=True).map(tuple),
)
CATEGORY = st.sampled_from(["Management", "Management", "Data"]).map(
    lambda name: FieldSelector(field="eventCategory", equals=(name,))
)
ONE_SIDE = st.lists(st.sampled_from(["true", "false"]), max_size=1).map(tuple)
READ_ONLY = st.builds(FieldSelector, field=st.just("readOnly"), equals=ONE_SIDE, not_equals=ONE_SIDE)
EVENT_SOURCE = st.builds(
    FieldSelector,
    field=st.just("eventSource"),
    equals=NAMES,
    starts_with=NAMES,
    not_equals=NAMES,
    not_starts_with=NAMES,
)
FIELDS = st.tuples(CATEGORY, st.lists(READ_ONLY, max_size=1), st.lists(EVENT_SOURCE, max_size=1)).map(
    lambda parts: (parts[0], *parts[1], *parts[2])
)
ADVANCED = st.builds(AdvancedSelector, name=st.just(""), fields=FIELDS)
SELECTORS = st.one_of(
    st.lists(BASIC, max_size=3).map(lambda found: EventSelectors(source=SOURCE, basic=tuple(found))),
    st.lists(ADVANCED, min_size=1, max_size=3).map(lambda found: EventSelectors(source=SOURCE, advanced=tuple(found))),
)


@settings(max_examples=200, deadline=None)
@given(SELECTORS)
def test_expression_and_slices_let_the_same_events_through(selectors: EventSelectors) -> None:
    logged = JsonPattern(selection_of(selectors).expression)
    for source in SOURCES:
        name = Scope(source, exact=True)
        for side in Side:
            event: Event = {"eventSource": source, "readOnly": side is Side.READ}
            sliced = any(
                side in one.sides
                and any(part.holds(name) for part in one.within)
                and not any(part.holds(name) for part in one.without)
                for one in management_slices(selectors)
            )
            assert evaluate(logged, event) == sliced, (source, side)


MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))
ODD = FieldSelector(field="vpcEndpointId", equals=("vpce-1",))


@pytest.mark.parametrize(("rows", "undecided"), [([(ODD,)], True), ([(ODD,), ()], False)])
def test_what_is_not_followed_matters_unless_another_selector_lets_everything_through(
    rows: list[tuple[FieldSelector, ...]], undecided: bool
) -> None:
    told = tuple(AdvancedSelector(name="", fields=(MANAGEMENT, *row)) for row in rows)
    found = selection_of(EventSelectors(source=SOURCE, advanced=told))
    assert found.expression == Always()
    assert bool(found.undecided) is undecided


def test_what_does_not_write_reads() -> None:
    fields = (MANAGEMENT, FieldSelector(field="readOnly", not_equals=("false",)))
    found = EventSelectors(source=SOURCE, advanced=(AdvancedSelector(name="", fields=fields),))
    assert [one.sides for one in management_slices(found)] == [frozenset({Side.READ})]
