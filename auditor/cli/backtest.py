"""`auditor backtest`: replays real events through the account's chains."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.benchmark import DEFAULT, VERSIONS, Benchmark, load
from auditor.cli.options import connected
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.backtest.backtest import Replayed, Source, Span
    from auditor.backtest.plan import Plan
    from auditor.backtest.result import Backtest
    from auditor.backtest.tally import Tally
    from auditor.checking import AlarmCheck
    from auditor.collect import Connection
    from auditor.model.snapshot import Snapshot

_FORMATS = ("html", "pdf", "json")
_STDOUT = "-"
_OF_THE_TRAIL = "-"
_USUAL = timedelta(days=7)
_AGO = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class _Moment(click.ParamType):  # type: ignore[type-arg,unused-ignore] # generic in newer versions of click only
    """A time, or how long ago it was."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Reads `7d`, `2026-11-24` or `2026-11-24T12:00`; a time without a zone is in UTC."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        ago = _AGO.fullmatch(text)
        try:
            if ago:
                return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            found = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no time; give one such as 7d, 2026-11-24 or 2026-11-24T12:00.", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


@click.command()
@click.option("--logs", metavar="PLACE", help="Log files: a folder, a file, or s3://bucket/prefix.")
@click.option(
    "--log-group",
    is_flag=False,
    flag_value=_OF_THE_TRAIL,
    metavar="[GROUP]",
    help="A log group instead, by name or ARN; the trail's own where none is named.",
)
@click.option(
    "--from",
    "--report",
    "stored",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The chains of an evidence bundle or its snapshot.json, instead of a scan now.",
)
@connected
@click.option("--since", type=_Moment(), metavar="TIME", help="Only events since then: 7d, 2026-11-24T12:00.")
@click.option("--until", type=_Moment(), metavar="TIME", help="Only events until then.")
@click.option("--benchmark", type=click.Choice(VERSIONS), default=DEFAULT, show_default=True, help="Whose controls.")
@click.option("--check", "only", multiple=True, metavar="ID", help="Only this control, such as alarm.root_usage.")
@click.option(
    "--by-delivery", is_flag=True, help="Events of a file count when it was delivered, not when they happened."
)
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read files; default as it pays."
)
@click.option("--format", "-f", "given", multiple=True, metavar="FORMATS", help="Write html, pdf, json, with commas.")
@click.option("--out", default="backtest", show_default=True, metavar="DIR", help="Where to write; - for stdout.")
@click.option("--quiet", "-q", is_flag=True, help="Print errors only.")
@click.option("--verbose", "-v", is_flag=True, help="List every alarm and every control.")
def backtest(
    logs: str | None,
    log_group: str | None,
    stored: Path | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    since: datetime | None,
    until: datetime | None,
    benchmark: str,
    only: tuple[str, ...],
    by_delivery: bool,
    workers: int | None,
    given: tuple[str, ...],
    out: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Replay real events through the account's chains: what should have rung, and what would have.

    For each control: the events in the logs that it names, how many of them an alarm would have told somebody of and
    when, and where the others get lost. With --logs and --from it needs no AWS.

    Exit code: 0 everything that should have rung would have; 1 an event gets lost, or an alarm did not really go off;
    2 usage; 3 something could not be read or is not known.
    """
    from auditor.backtest.backtest import Span
    from auditor.backtest.backtest import backtest as replay
    from auditor.backtest.result import exit_code
    from auditor.bundle import read_snapshot
    from auditor.cli.output import progress_bar
    from auditor.collect import collect, connect
    from auditor.collect.alarm_history import account_of

    if (logs is None) is (log_group is None):
        raise UsageError("Events come from --logs or from --log-group.", "Give one of the two.")
    formats = _chosen(given, out)
    chosen = load(benchmark)
    checks = _checks(only, chosen)
    offline = stored is not None and log_group is None and not (logs or "").startswith("s3://")
    connection = None if offline else connect(profile, region, endpoint_url)
    if stored is not None:
        account = read_snapshot(stored)
    else:
        assert connection is not None  # noqa: S101 - without a stored snapshot there is one
        with progress_bar(quiet=quiet) as progress:
            account = collect(connection, progress)
    if log_group is not None and since is None:
        since = (until or datetime.now(UTC)) - _USUAL
    span = Span(since, until)
    with _share_bar(quiet=quiet) as bar:
        source = _files(logs, connection, span, bar, by_delivery=by_delivery, workers=workers or 0) if logs else None
        if source is None:
            assert connection is not None  # noqa: S101 - a log group is never read offline
            source = _group(str(log_group), account, connection, span, bar)
        replayed = replay(account, chosen, checks, source, span)
    found = replayed.found
    if connection is not None and (stored is None or account_of(connection) == account.account_id):
        found = _with_history(replayed, connection, quiet=quiet)
    _deliver(found, formats, out, quiet=quiet, verbose=verbose)
    sys.exit(exit_code(found))


def _chosen(given: Sequence[str], out: str) -> tuple[str, ...]:
    from auditor.render.writing import prepare

    formats = tuple(dict.fromkeys(name.strip() for option in given for name in option.split(",") if name.strip()))
    for name in formats:
        if name not in _FORMATS:
            raise UsageError(f"A backtest has no format {name!r}.", f"Choose of {', '.join(_FORMATS)}.")
    if out == _STDOUT and len(formats) != 1:
        raise UsageError("--out - takes one format.", f"Choose one with --format: {', '.join(_FORMATS)}.")
    if formats and out != _STDOUT:
        prepare(Path(out))
    return formats


def _checks(only: Sequence[str], benchmark: Benchmark) -> list[AlarmCheck]:
    from auditor.checking import AlarmCheck
    from auditor.registry import load_checks

    found = [check for check in load_checks(only or ("alarm.*",), ())[0] if isinstance(check, AlarmCheck)]
    named = [check for check in found if check.id in benchmark.requirements]
    if not named:
        raise UsageError(f"None of these is an alarm control of {benchmark.version}.", "See `auditor checks`.")
    return named


@contextmanager
def _share_bar(*, quiet: bool) -> Iterator[Callable[[float, float | None], None]]:
    """Gives what to tell of progress, and of how much there is; a bar on stderr shows it, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda done, total: None  # noqa: ARG005 - nobody looks
        return
    said = TextColumn("{task.description}")
    columns = (SpinnerColumn(), said, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Replaying", total=None)

        def told(done: float, total: float | None) -> None:
            bar.update(task, advance=done, total=total)
            if total is None:
                bar.update(task, description=f"Replaying {bar.tasks[task].completed / 1e6:,.1f} MB")

        yield told


def _files(
    place: str,
    connection: Connection | None,
    span: Span,
    bar: Callable[[float, float | None], None],
    *,
    by_delivery: bool,
    workers: int,
) -> Source:
    from auditor.backtest.backtest import Source
    from auditor.backtest.reading import read_logs
    from auditor.logs import log_files

    files = log_files(place, connection, since=span.since)

    def read(plan: Plan) -> Tally:
        total = files.size

        def told(done: int) -> None:
            bar(done, total)

        tally = read_logs(plan, files, by_delivery=by_delivery, workers=workers, progress=told)
        if not tally.files and not tally.broken_count:
            raise UsageError(f"{place} holds no log files.", "Give a folder of CloudTrail's .json.gz files.")
        return tally

    if by_delivery:
        clock = "An event counts in the minute in which its file was delivered, where the file's name tells it."
    else:
        clock = (
            "An event counts in the minute of its eventTime. CloudTrail delivers it some minutes later, about 5 on "
            "average, so that a real alarm goes off so much later; --by-delivery counts by the files' names."
        )
    return Source(place, clock, read)


def _group(
    named: str,
    account: Snapshot,
    connection: Connection,
    span: Span,
    bar: Callable[[float, float | None], None],
) -> Source:
    from auditor.backtest.backtest import Source
    from auditor.backtest.group import read_group
    from auditor.collect.logs_events import log_events

    region, group = _group_of(named, account, connection.region)
    until = span.until or datetime.now(UTC)
    since = span.since or until - _USUAL

    def read(plan: Plan) -> Tally:
        pages = log_events(connection, region, group, since, until)
        return read_group(plan, group, pages, progress=lambda share: bar(share, 1.0))

    clock = "An event counts in the minute that CloudWatch Logs has for it, which is that of its metric."
    return Source(f"log group {group} in {region}", clock, read)


def _group_of(named: str, account: Snapshot, region: str) -> tuple[str, str]:
    """Gives the region of a log group, and its name, or its ARN where it is another account's."""
    from auditor.model.arn import Arn, log_group_parts

    if named == _OF_THE_TRAIL:
        if not account.log_groups:
            raise UsageError("No trail of the account delivers to a log group.", "Name one, or give --logs.")
        if len(account.log_groups) > 1:
            names = ", ".join(group.arn for group in account.log_groups)
            raise UsageError("The account's trails deliver to several log groups.", f"Name one of {names}.")
        named = account.log_groups[0].arn
    if Arn.parse(named) is None:
        own = next((group.region for group in account.log_groups if group.name == named), region)
        return own, named
    name, where, owner = log_group_parts(named.removesuffix(":*"))
    return where or region, name if owner == account.account_id else named.removesuffix(":*")


def _with_history(replayed: Replayed, connection: Connection, *, quiet: bool) -> Backtest:
    from auditor.backtest.history import alarms_of, compared, interval
    from auditor.cli.output import progress_bar
    from auditor.collect.alarm_history import KEPT, real_history

    times = interval(replayed, datetime.now(UTC), KEPT)
    alarms = alarms_of(replayed)
    if times is None or not alarms:
        return replayed.found
    with progress_bar(quiet=quiet) as progress:
        history = real_history(connection, alarms, *times, progress)
    return compared(replayed, history, *times)


def _deliver(found: Backtest, formats: Sequence[str], out: str, *, quiet: bool, verbose: bool) -> None:
    from rich.console import Console

    from auditor.render.backtest import render_backtest
    from auditor.render.backtest_table import tell_backtest
    from auditor.render.writing import replace_file

    rendered = [(f"backtest.{name}", render_backtest(found, name)) for name in formats]
    if out == _STDOUT:
        sys.stdout.buffer.write(rendered[0][1])
        sys.stdout.buffer.flush()
        return
    for name, content in rendered:
        replace_file(Path(out) / name, content)
    if quiet:
        return
    console = Console()
    tell_backtest(found, console, verbose=verbose)
    for name, _ in rendered:
        console.print(f"Wrote {Path(out) / name}", markup=False, highlight=False, soft_wrap=True)
