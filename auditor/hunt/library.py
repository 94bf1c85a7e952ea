"""The queries by their names."""

from __future__ import annotations

from auditor.benchmark import DEFAULT, load
from auditor.errors import UsageError
from auditor.hunt.changes import CHANGES
from auditor.hunt.model import Query
from auditor.hunt.people import PEOPLE
from auditor.hunt.should_ring import should_ring


def library(benchmark: str = DEFAULT) -> dict[str, Query]:
    """Gives every query by its name.

    Args:
        benchmark: Whose patterns say which events should have set off an alarm.

    Raises:
        UsageError: No such version of the benchmark.
    """
    return {query.name: query for query in (*PEOPLE, *CHANGES, *should_ring(load(benchmark)))}


def chosen(names: str, benchmark: str = DEFAULT) -> tuple[Query, ...]:
    """Gives the queries of a list of names with commas; `all` stands for those that need no parameter.

    Raises:
        UsageError: No such query, or one that needs a parameter.
    """
    known = library(benchmark)
    found: dict[str, Query] = {}
    for name in filter(None, (each.strip() for each in names.split(","))):
        if name == "all":
            found |= {query.name: query for query in known.values() if not query.needs}
            continue
        query = named(name, known)
        if query.needs:
            raise UsageError(
                f"The query {name} needs {', '.join(query.needs)}, which nothing says here.",
                "Ask it with `auditor hunt run`.",
            )
        found[name] = query
    if not found:
        raise UsageError("No query is named.", "Name one of `auditor hunt list`, or all.")
    return tuple(found.values())


def named(name: str, known: dict[str, Query]) -> Query:
    """Gives the query of a name.

    Raises:
        UsageError: There is none.
    """
    if name not in known:
        raise UsageError(f"There is no query {name!r}.", "See `auditor hunt list`.")
    return known[name]
