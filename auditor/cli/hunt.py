"""`auditor hunt`: asks the logs, at AWS or in files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.benchmark import DEFAULT, VERSIONS
from auditor.cli.hunting import DEFAULT_GB, DEFAULT_SINCE
from auditor.cli.options import connected
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.hunt.asking import Place
    from auditor.hunt.groups import Estimate
    from auditor.hunt.model import Hits, Query, Search
    from auditor.hunt.period import Period
    from auditor.hunts import Hunt

_TABLE = "table"
_FORMATS = (_TABLE, "csv", "json", "html")
_FOUND = 1
_NOT_READ = 3

_parameters = click.option(
    "--parameter", "-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query; repeatable."
)
_benchmark = click.option(
    "--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose patterns should ring."
)


@click.group()
def hunt() -> None:
    """Ask the logs: named queries, as Logs Insights at AWS or over CloudTrail's log files.

    A scan says what would happen; these say what did.
    """


@hunt.command("list", short_help="List the queries.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_benchmark
def list_command(as_json: bool, benchmark: str) -> None:
    """List the queries, each with what one must say to ask it."""
    from auditor.hunt.library import library

    queries = library(benchmark).values()
    if as_json:
        click.echo(json.dumps([_described(query) for query in queries], indent=2))
        return
    width = max(len(query.name) for query in queries)
    for query in queries:
        needs = f" (-p {', -p '.join(f'{name}=...' for name in query.needs)})" if query.needs else ""
        click.echo(f"{query.name:<{width}}  {query.title}{needs}")


@hunt.command("show", short_help="Print what a query asks.")
@click.argument("name")
@_parameters
@click.option("--sql", is_flag=True, help="Print SQL for DuckDB in place of Logs Insights.")
@click.option("--logs", default="logs/**/*.json.gz", show_default=True, metavar="FILES", help="What the SQL reads.")
@click.option("--json", "as_json", is_flag=True, help="Both, and all that is known of the query, as JSON.")
@_benchmark
def show(name: str, given: tuple[str, ...], sql: bool, logs: str, as_json: bool, benchmark: str) -> None:
    """Print the text of the query NAME, to run it where you like. What is to be known of it goes to stderr."""
    from auditor.hunt.insights import insights_notes, insights_text
    from auditor.hunt.sql import sql_text

    search = _search(name, given, benchmark)
    insights, notes = insights_text(search), insights_notes(search)
    if as_json:
        texts = {"insights": insights, "sql": sql_text(search, logs), "notes": list(notes)}
        click.echo(json.dumps({**_described(search.query), **texts}, indent=2))
        return
    click.echo(f"{search.query.title}. {search.query.answers}\n{search.query.why}", err=True)
    for note in () if sql else notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(sql_text(search, logs) if sql else insights, nl=not sql)


@hunt.command("run", short_help="Ask a query.")
@click.argument("name")
@_parameters
@connected
@click.option("--since", metavar="LENGTH", help=f"How far back, such as 90m, 12h or {DEFAULT_SINCE} (the default).")
@click.option(
    "--from", "start", metavar="TIME", help="From when on, such as 2025-06-02T09:00:00Z, in place of --since."
)
@click.option("--to", "end", metavar="TIME", help="Until when; now if not given.")
@click.option(
    "--log-group",
    "groups",
    multiple=True,
    metavar="NAME|ARN",
    help="Which to ask, in place of the trails'; repeatable.",
)
@click.option(
    "--logs",
    metavar="PLACE",
    help="Ask log files instead of CloudWatch: a folder, a file, or s3://bucket/prefix.",
)
@click.option("--format", "-f", "form", type=click.Choice(_FORMATS), default=_TABLE, show_default=True)
@click.option("--out", default="-", metavar="FILE", help="Where to write; stdout if not given.")
@click.option(
    "--max-gb",
    type=click.FloatRange(min=0),
    default=DEFAULT_GB,
    show_default=True,
    metavar="GB",
    help="Ask before CloudWatch reads more, which it charges.",
)
@click.option("--yes", is_flag=True, help="Do not ask, however much it reads.")
@click.option("--fail-if-any", is_flag=True, help="Exit with 1 where something is found.")
@click.option("--quiet", "-q", is_flag=True, help="Print the rows and errors only.")
@_benchmark
def run(
    name: str,
    given: tuple[str, ...],
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    since: str | None,
    start: str | None,
    end: str | None,
    groups: tuple[str, ...],
    logs: str | None,
    form: str,
    out: str,
    max_gb: float,
    yes: bool,
    fail_if_any: bool,
    quiet: bool,
    benchmark: str,
) -> None:
    """Ask the query NAME of the log groups that the account's trails deliver to, or of files.

    CloudWatch charges for what it reads, and what that comes to is told first. `auditor policy --hunt` prints the
    rights that are needed. Of files, all times are asked unless something is said. Ctrl-C stops the query at AWS.

    Exit code: 0 done; 1 something was found, with --fail-if-any; 3 the logs could not be read, or not all of them.
    """
    from auditor.hunt.errors import HuntError
    from auditor.hunt.period import period_of
    from auditor.hunt.telling import told

    search = _search(name, given, benchmark)
    now = datetime.now(UTC)
    period = period_of(since, start, end, now)
    if logs is not None and groups:
        raise UsageError("--logs asks files, and --log-group asks AWS.", "Leave one of the two out.")
    try:
        if logs is not None:
            where = (profile, region, endpoint_url)
            found, sources = _of_files(search, logs, where, period, quiet=quiet), [logs]
        else:
            from auditor.collect import connect

            period = period or period_of(DEFAULT_SINCE, None, None, now)
            if period is None:
                return
            connection = connect(profile, region, endpoint_url)
            places = _places(connection, groups, quiet=quiet)
            if not _agreed(connection, places, period, now, max_gb, yes=yes, quiet=quiet):
                sys.exit(_NOT_READ)
            found, sources = _of_groups(connection, search, places, period, quiet=quiet)
    except HuntError as error:
        click.echo(f"auditor: {error}", err=True)
        sys.exit(_NOT_READ)
    whole = told(search, found, sources, period)
    _write(whole, form, out)
    _tell(whole, found, quiet=quiet)
    if fail_if_any and found.rows:
        sys.exit(_FOUND)
    sys.exit(_NOT_READ if found.missing else 0)


def _search(name: str, given: Sequence[str], benchmark: str) -> Search:
    from auditor.hunt.library import library, named

    values: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"{text!r} is no parameter.", "Give -p NAME=VALUE.")
        values[key] = value
    return named(name, library(benchmark)).search(values)


def _described(query: Query) -> dict[str, object]:
    parameters = [
        {"name": one.name, "help": one.help, "default": one.default, "choices": list(one.choices)}
        for one in query.parameters
    ]
    return {
        "name": query.name,
        "title": query.title,
        "answers": query.answers,
        "why": query.why,
        "check": query.check or None,
        "parameters": parameters,
        "columns": list(query.headings),
        "references": list(query.references),
    }


def _of_files(
    search: Search, place: str, where: tuple[str | None, str | None, str | None], period: Period | None, *, quiet: bool
) -> Hits:
    from auditor.hunt.files import hunt_files
    from auditor.hunt.places import events_at
    from auditor.storage.opening import SCHEME

    connection = None
    if place.startswith(SCHEME):
        from auditor.collect import connect

        connection = connect(*where)
    with _counting(quiet=quiet) as count:
        found = hunt_files(search, events_at(place, connection), period, count)
    if not found.files and not found.missing:
        raise UsageError(f"{place} holds no file of events.", "Name a file, or a folder with .json or .json.gz files.")
    return found


def _places(connection: Connection, groups: Sequence[str], *, quiet: bool) -> tuple[Place, ...]:
    from auditor.cli.output import progress_bar
    from auditor.collect import collect
    from auditor.hunt.errors import HuntError
    from auditor.hunt.groups import places_named, places_of

    if groups:
        return places_named(groups, connection.region)
    with progress_bar(quiet=quiet) as progress:
        places, left = places_of(collect(connection, progress))
    for why in left:
        click.echo(why, err=True)
    if not places:
        raise HuntError(
            "No trail delivers to a log group that can be asked.", "Name one with --log-group, or use --logs."
        )
    return places


def _agreed(
    connection: Connection,
    places: Sequence[Place],
    period: Period,
    now: datetime,
    most: float,
    *,
    yes: bool,
    quiet: bool,
) -> bool:
    """Tells what a query costs, and asks where that is much.

    Raises:
        UsageError: It is much, and nobody is there to be asked.
    """
    from auditor.hunt.groups import GB, estimate

    found = estimate(connection, places, period, now)
    if not quiet:
        click.echo(_cost(places, found, period), err=True)
    if yes or found.size <= most * GB:
        return True
    much = f"CloudWatch would read about {found.size / GB:,.1f} GB."
    if not sys.stdin.isatty():
        raise UsageError(much, "Give --yes, a larger --max-gb or less time.")
    if click.confirm(f"{much} Go on?", err=True):
        return True
    click.echo("Nothing was asked.", err=True)
    return False


def _cost(places: Sequence[Place], found: Estimate, period: Period) -> str:
    from auditor.hunt.groups import DOLLARS_PER_GB
    from auditor.render.visible import one_line

    named = ", ".join(one_line(group) for place in places for group in place.groups)
    told = (
        f"Asking {named}, {period}. CloudWatch reads about {_size(found.size)} for it, which costs about"
        f" ${found.dollars:,.2f} at ${DOLLARS_PER_GB} per GB."
    )
    if found.unknown:
        told += f" The size of {', '.join(map(one_line, found.unknown))} could not be read, and is not counted."
    return told


def _of_groups(
    connection: Connection, search: Search, places: Sequence[Place], period: Period, *, quiet: bool
) -> tuple[Hits, list[str]]:
    from auditor.cli.output import progress_bar
    from auditor.hunt.asking import Asker
    from auditor.hunt.cloudwatch import hunt_groups
    from auditor.hunt.errors import HuntError

    with progress_bar(quiet=quiet) as progress:
        (found,) = hunt_groups(Asker(connection, progress), [search], places, period)
    if isinstance(found, HuntError):
        raise found
    return found, [group for place in places for group in place.groups]


def _write(whole: Hunt, form: str, out: str) -> None:
    from auditor.hunt.formats import FORMATS, print_table
    from auditor.render.writing import replace_file

    if form in FORMATS:
        content = FORMATS[form](whole)
    else:
        import io

        from rich.console import Console

        if out == "-":
            # What is read by a program is not folded to the width of a terminal that is not there.
            print_table(whole, Console() if sys.stdout.isatty() else Console(width=_WIDE))
            return
        text = io.StringIO()
        print_table(whole, Console(file=text, width=_WIDE))
        content = text.getvalue().encode()
    if out == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        replace_file(Path(out), content)


_WIDE = 10_000


def _tell(whole: Hunt, found: Hits, *, quiet: bool) -> None:
    from auditor.render.visible import one_line

    for why in found.missing:
        click.echo(one_line(why), err=True)
    if quiet:
        return
    things = "group" if whole.grouped else "event"
    told = f"{whole.count:,} {things}{'' if whole.count == 1 else 's'} found"
    if found.files:
        told += f" among {found.events:,} in {found.files:,} file{'' if found.files == 1 else 's'}"
    if found.scanned:
        told += f"; CloudWatch read {_size(found.scanned)}"
    click.echo(f"{told}.", err=True)


def _size(size: int) -> str:
    for unit, length in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if size >= length:
            return f"{size / length:,.1f} {unit}"
    return f"{size:,} bytes"


@contextmanager
def _counting(*, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """Gives what to tell of how many events have been looked at; shown on stderr, on a terminal only."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with console.status("Reading") as status:
        yield lambda events: status.update(f"Reading: {events:,} events")
