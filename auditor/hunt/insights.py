"""Writes a query in the language of CloudWatch Logs Insights.

Sources: CloudWatch Logs user guide, the commands `fields`, `filter`, `stats`, `sort` and `limit`:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html

A list asks for `@timestamp` besides its columns, by which CloudWatch sorts and by which a list that is cut off goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.hunt.conditions import selector
from auditor.hunt.model import Column, Search
from auditor.pattern import insights_condition, insights_field

# A list is cut off after so many rows. Some regions take 100,000 in a query of their own; all take this.
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html
MOST_ROWS = 10_000
HOUR = "bin(1h)"
_TIMES = "A time range is about when CloudWatch took an event in, mostly some minutes after its eventTime."


def insights_text(search: Search, limit: int = MOST_ROWS) -> str:
    """Gives the query as one writes it in the console of CloudWatch."""
    return "\n| ".join(_commands(search, limit))


def insights_notes(search: Search) -> tuple[str, ...]:
    """Gives where what CloudWatch finds may differ from what the condition says."""
    return (*insights_condition(search.where).notes, _TIMES)


def _commands(search: Search, limit: int) -> Iterator[str]:
    query, condition = search.query, insights_condition(search.where).text
    fields = [_field(column) for column in query.columns]
    yield f"fields {', '.join(['@timestamp', *fields])}"
    if condition:
        yield f"filter {condition}"
    if query.grouping is None:
        yield "sort @timestamp desc"
    else:
        names = ", ".join(column.name for column in query.columns)
        if query.grouping.hourly:
            yield f"stats count(*) as events by {HOUR}, {names}"
            yield f"sort {HOUR} desc"
        else:
            yield (
                f"stats count(*) as events, earliest(eventTime) as firstSeen, latest(eventTime) as lastSeen by {names}"
            )
            yield f"sort {query.grouping.order} desc"
    yield f"limit {limit}"


def _field(column: Column) -> str:
    field = insights_field(selector(column.field))
    return field if field == column.name else f"{field} as {column.name}"
