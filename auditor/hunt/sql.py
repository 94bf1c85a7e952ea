"""Writes a query in the SQL of DuckDB, so that it finds in files what Insights finds in a log group.

Insights sees an event as texts: a boolean as 1 or 0, a number as it is written, and nothing where a field is null, an
object or an array. The macro `shown` gives that, and NULL for nothing.

Source: https://duckdb.org/docs/stable/data/json/json_functions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.hunt.conditions import selector
from auditor.hunt.model import Search
from auditor.hunt.period import Period
from auditor.hunt.sql_condition import literal, quoted, sql_condition
from auditor.pattern import Always
from auditor.pattern.problem import atoms_of

SHOWN = """CREATE OR REPLACE TEMP MACRO shown(value) AS CASE json_type(value)
  WHEN 'BOOLEAN' THEN CASE value->>'$' WHEN 'true' THEN '1' ELSE '0' END
  WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'NULL' THEN NULL
  ELSE value->>'$' END"""
_LARGEST = 1 << 30
_TIME = "try_strptime(\"eventTime\", '%Y-%m-%dT%H:%M:%SZ')"
_HOUR = f"strftime(date_trunc('hour', {_TIME}), '%Y-%m-%d %H:%M:%S.000')"


def sql_text(search: Search, place: str, period: Period | None = None) -> str:
    """Gives SQL that DuckDB runs as it stands.

    Args:
        search: The query.
        place: CloudTrail's log files as DuckDB names many, such as `logs/**/*.json.gz`.
        period: Of which time; all where None.
    """
    return f"""{SHOWN};

WITH events AS (
  SELECT unnest("Records") AS event
  FROM read_json({literal(place)}, columns = {{'Records': 'JSON[]'}}, maximum_object_size = {_LARGEST})
), hits AS (
{picking(search, "events", period)}
)
{telling(search, "hits")};
"""  # noqa: S608 - its texts and names go through `literal` and `quoted`


def picking(search: Search, events: str, period: Period | None = None) -> str:
    """Gives the query that picks events, and of each the columns.

    Args:
        search: The query.
        events: What holds the events in the column `event`, as SQL.
        period: Of which time; all where None.
    """
    # All fields at once: so DuckDB reads an event's JSON once, and not once for each.
    fields = _fields(search)
    shown = ",\n".join(f"    shown(found[{place}]) AS {quoted(name)}" for place, name in enumerate(fields, 1))
    pointers = ", ".join(literal(_pointer(name)) for name in fields)
    found = f"SELECT json_extract(event, [{pointers}]) AS found FROM {events}"  # noqa: S608 - as in `sql_text`
    met = [] if isinstance(search.where, Always) else [sql_condition(search.where)]
    if period is not None:
        first, last = (f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'" for moment in (period.start, period.end))
        met.append(f"{_TIME} BETWEEN {first} AND {last}")
    where = f"\n  WHERE {' AND '.join(met)}" if met else ""
    return f"  SELECT {', '.join(_picked(search))}\n  FROM (SELECT\n{shown}\n  FROM ({found})){where}"  # noqa: S608 - as in `sql_text`


def telling(search: Search, hits: str) -> str:
    """Gives the query that tells what was picked, in the order of `in_order`."""
    query, grouping = search.query, search.query.grouping
    names = [quoted(column.name) for column in query.columns]
    told = ", ".join(f"coalesce({name}, '') AS {name}" for name in names)
    if grouping is None:
        return _select(told, hits, ['"eventTime" DESC', *(name for name in names if name != '"eventTime"')])
    if grouping.hourly:
        told = f"coalesce(hour, '') AS hour, {told}, count(*)::VARCHAR AS events"
        return _select(told, hits, ["hour DESC", *names], grouped=True)
    told = (
        f"{told}, count(*)::VARCHAR AS events,"
        """ coalesce(min(time), '') AS "firstSeen", coalesce(max(time), '') AS "lastSeen\""""
    )
    first = "count(*)" if grouping.order == "events" else '"firstSeen"'
    return _select(told, hits, [f"{first} DESC", *names], grouped=True)


def columns_of(search: Search) -> tuple[str, ...]:
    """Gives the names of the columns that `picking` gives."""
    names = tuple(column.name for column in search.query.columns)
    if search.query.grouping is None:
        return names
    return ("hour" if search.query.grouping.hourly else "time", *names)


def _select(told: str, hits: str, order: Sequence[str], *, grouped: bool = False) -> str:
    group = "\nGROUP BY ALL" if grouped else ""
    return f"SELECT {told}\nFROM {hits}{group}\nORDER BY {', '.join(order)}"


def _picked(search: Search) -> Iterator[str]:
    grouping = search.query.grouping
    if grouping is not None:
        yield f"{_HOUR} AS hour" if grouping.hourly else '"eventTime" AS time'
    for column in search.query.columns:
        yield (
            quoted(column.field) if column.field == column.name else f"{quoted(column.field)} AS {quoted(column.name)}"
        )


def _fields(search: Search) -> tuple[str, ...]:
    """Gives every field that the query looks at; the time always, for the period and for hours."""
    columns = [column.field for column in search.query.columns]
    asked = [".".join(map(str, atom.selector.steps)) for atom in atoms_of([search.where])]
    return tuple(dict.fromkeys(("eventTime", *columns, *asked)))


def _pointer(field: str) -> str:
    """Gives the JSON pointer of a field, which reads names and places in arrays alike.

    Source: https://www.rfc-editor.org/rfc/rfc6901
    """
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in selector(field).steps)
    return "".join(f"/{step}" for step in steps)
