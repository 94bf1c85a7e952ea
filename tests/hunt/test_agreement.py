"""DuckDB over files finds what Logs Insights finds: the same columns, the same rows, in the same order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.hunt.asking import Answer, Asker, Place
from auditor.hunt.cloudwatch import hunt_groups
from auditor.hunt.conditions import absent, begins, contains, ends, equal, like, one_of, present, unequal
from auditor.hunt.files import hunt_files
from auditor.hunt.library import library
from auditor.hunt.model import Column, Grouping, Hits, Query, Search
from auditor.hunt.period import Period
from auditor.pattern import Always, And, Batch, Expression, IsFalse, IsTrue, Not, Or, batches
from tests.hunt.interpreter import LogEvent, interpreted
from tests.hunt.real import ALL, EXCERPT, events_of, log_events

HERE = Place("us-east-1", ("trail",))
LONG = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
GIVEN = {
    "by-identity": {"identity": "arn:aws:iam::218007301253:user/", "match": "prefix"},
    "from-address": {"address": "amazonaws.com", "match": "suffix"},
    "by-event": {"event": "Policy", "match": "contains"},
}
HOSTILE = (
    "'", '"', "\\", "\n", "|", "*", "/", "' OR 1=1 --", '" or 1 = 1', "a\n| stats count(*)", "$", "^", ".*", "(", "[",
    "{", "a|b", "\\x", "`", "#", "é", "\u2028", "🙂", ";", "'; DROP TABLE hits", "x'y\"z", "?", "+", "%", "true", "1",
    "1.0", "\x7f",
)  # fmt: skip


class Interpreter(Asker):
    """Asks the interpreter in the place of CloudWatch; the end of a range is the moment at which its second begins."""

    def __init__(self, events: Sequence[LogEvent]) -> None:
        super().__init__(connection=None)  # type: ignore[arg-type]
        self.events = sorted(events, key=lambda event: event.at)
        self.asked: list[tuple[str, int, int]] = []

    def ask(self, place: Place, text: str, start: int, end: int) -> Answer:
        assert place == HERE
        self.asked.append((text, start, end))
        taken = [event for event in self.events if start * 1000 <= event.at <= end * 1000]
        rows = interpreted(text, taken)
        whole = interpreted(text.rpartition("\n| limit ")[0], taken)
        return Answer(tuple(rows), len(whole), sum(len(event.message) for event in taken))


def at_cloudwatch(search: Search, events: list[dict[str, Any]], period: Period = LONG, limit: int = 10_000) -> Hits:
    (found,) = hunt_groups(Interpreter(log_events(events)), [search], [HERE], period, limit)
    assert isinstance(found, Hits), found
    return found


def in_files(search: Search, events: list[dict[str, Any]], period: Period | None = LONG) -> Hits:
    return hunt_files(search, [Batch(Path("a.json"), list(events))], period)


@pytest.mark.parametrize("name", library())
def test_a_query_of_the_library_finds_the_same_among_real_events(name: str) -> None:
    search = library()[name].search(GIVEN.get(name, {}))
    events = events_of(EXCERPT)
    theirs, ours = at_cloudwatch(search, events), in_files(search, events)
    assert (ours.columns, ours.rows) == (theirs.columns, theirs.rows)


@pytest.mark.skipif(not ALL.is_dir(), reason="the real CloudTrail records are not here")
@pytest.mark.parametrize("name", library())
def test_and_among_all_of_them_in_parts(name: str) -> None:
    query = library()[name]
    search = query.search(GIVEN.get(name, {}))
    events = events_of(ALL)
    theirs = at_cloudwatch(search, events, limit=10_000 if query.grouping else 60)
    assert hunt_files(search, batches(ALL), LONG).rows == theirs.rows


def test_most_queries_find_something_in_the_excerpt() -> None:
    events = events_of(EXCERPT)
    found = [name for name, query in library().items() if in_files(query.search(GIVEN.get(name, {})), events).rows]
    assert len(found) >= 25


# Objects with names like those of records, and values of every kind.
names = st.sampled_from(["eventName", "errorCode", "userIdentity", "arn", "a", "0", "sessionContext"])
texts = st.one_of(st.sampled_from(["AccessDenied", "x", "xy", "yx", "", "Root", *HOSTILE]), st.text(max_size=3))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, -7.25, 1.0]),
    texts.filter(lambda text: "\0" not in text),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3), max_leaves=5
)
times = st.sampled_from(
    [f"2023-07-10T{hour}:{minute:02d}:0{second}Z" for hour in (11, 12) for minute in (0, 59) for second in (0, 1)]
)
records = st.builds(
    lambda record, time, place: {**record, "eventTime": time, "eventID": f"id-{place}"},
    st.dictionaries(names, values, max_size=5),
    times,
    st.integers(0, 20),
)
FIELDS = ("eventName", "errorCode", "userIdentity.arn", "userIdentity.a", "userIdentity", "a", "a.0", "a.b")
fields = st.sampled_from(FIELDS)
data = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=4),
)
atoms: st.SearchStrategy[Expression] = st.one_of(
    st.builds(equal, fields, data),
    st.builds(begins, fields, data),
    st.builds(ends, fields, data),
    st.builds(contains, fields, data),
    st.builds(one_of, fields, data, data),
    st.builds(unequal, fields, data.filter(lambda text: "*" not in text)),
    st.builds(like, fields, st.sampled_from(["x*", "*y", "*x*", "x*y", "x*x", "*"])),
    st.builds(present, fields),
    st.builds(absent, fields),
    st.builds(lambda field: IsTrue(present(field).selector), fields),  # type: ignore[union-attr]
    st.builds(lambda field: IsFalse(present(field).selector), fields),  # type: ignore[union-attr]
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda terms: And(tuple(terms)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda terms: Or(tuple(terms)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)
LISTED = tuple(Column(field, f"c{place}") for place, field in enumerate(FIELDS))
TIME, ID = Column("eventTime", "eventTime"), Column("eventID", "eventID")


def searched(where: Expression, grouping: Grouping | None) -> Search:
    columns = (TIME, *LISTED, ID) if grouping is None else LISTED[:4]
    return Query("q", "", "", "", columns, lambda _: where, grouping=grouping).search({})


groupings = st.sampled_from([None, None, Grouping(), Grouping(hourly=True), Grouping(order="firstSeen")])
QUIET = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@given(st.lists(records, max_size=12), conditions | st.just(Always()), groupings)
@QUIET
def test_any_query_finds_the_same_among_any_events(
    events: list[dict[str, Any]], where: Expression, grouping: Grouping | None
) -> None:
    search = searched(where, grouping)
    theirs, ours = at_cloudwatch(search, events), in_files(search, events)
    assert ours.rows == theirs.rows
    assert ours.columns == theirs.columns == search.query.headings


@pytest.mark.parametrize("pattern", ["x*", "*y", "*x*", "x*y", "x*x", "*"])
def test_wildcards(pattern: str) -> None:
    found = ("", "x", "xx", "y", "xy", "axy", "xay", "xya", "x\ny")
    events = [{"eventTime": "2023-07-10T12:00:00Z", "eventName": text, "eventID": repr(text)} for text in found]
    search = searched(like("eventName", pattern), None)
    expected = {repr(text) for text in found if re.fullmatch(pattern.replace("*", ".*"), text, re.DOTALL)}
    for hits in (at_cloudwatch(search, events), in_files(search, events)):
        assert {row[-1] for row in hits.rows} == expected


@given(st.lists(records, max_size=12), times, times, groupings)
@QUIET
def test_a_period_holds_the_same_events(
    events: list[dict[str, Any]], one: str, other: str, grouping: Grouping | None
) -> None:
    start, end = (datetime.fromisoformat(time) for time in sorted((one, other)))
    search, period = searched(Always(), grouping), Period(start, end)
    assert in_files(search, events, period).rows == at_cloudwatch(search, events, period).rows


@given(st.sampled_from(["exact", "prefix", "suffix", "contains"]), data, st.lists(data, max_size=5))
@QUIET
def test_a_value_that_is_given_is_only_ever_data(match: str, value: str, others: list[str]) -> None:
    """Whatever it holds, just those events are found that Python's own comparisons find."""
    search = library()["by-identity"].search({"identity": value, "match": match})
    events = [
        {"eventTime": "2023-07-10T12:00:00Z", "eventID": f"id-{place}", "userIdentity": {"userName": name}}
        for place, name in enumerate((*others, value, f"{value}x", f"x{value}", f"x{value}x", ""))
    ]
    compare = {"exact": str.__eq__, "prefix": str.startswith, "suffix": str.endswith, "contains": str.__contains__}[
        match
    ]
    expected = {event["eventID"] for event in events if compare(event["userIdentity"]["userName"], value)}  # type: ignore[index]
    for hits in (at_cloudwatch(search, events), in_files(search, events)):
        assert {row[-1] for row in hits.rows} == expected
