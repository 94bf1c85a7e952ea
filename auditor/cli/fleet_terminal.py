"""What the terminal shows of a run over many accounts: progress on stderr, and what came of it on stdout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from auditor.findings import Verdict
from auditor.overview import AccountRow, Overview
from auditor.render.visible import one_line, shortened

_LONGEST = 400
_UNREAD_SHOWN = 10
_CHAINS_SHOWN = 5


class _Throughput(ProgressColumn):
    """Accounts a minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed * 60:.0f}/min" if task.speed else "", style="progress.data.speed")


@contextmanager
def fleet_progress(accounts: int, *, quiet: bool) -> Iterator[Callable[[AccountRow], None]]:
    """Gives what to tell of each account that is done; a bar on stderr shows it, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Throughput(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Auditing accounts", total=accounts)
        unread = 0

        def done(row: AccountRow) -> None:
            nonlocal unread
            unread += bool(row.unread)
            aside = f", {unread} not read" if unread else ""
            bar.update(task, advance=1, description=f"Audited {row.account_id}{aside}")

        yield done


def fleet_summary(overview: Overview, place: str, formats: Sequence[str]) -> None:
    """Prints what came of a run."""
    console = Console()
    for line in _lines(overview):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    where = place.rstrip("/")
    for name in formats:
        console.print(f"Wrote {where}/fleet.{name}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Wrote the findings and reports of each account below {where}/", markup=False, soft_wrap=True)


def _unread(overview: Overview) -> Iterator[str]:
    """Says which accounts could not be read, those with the same reason in one line."""
    alike: dict[str, list[AccountRow]] = {}
    for row in overview.accounts:
        if row.unread:
            alike.setdefault(row.unread.replace(row.account_id, ""), []).append(row)
    kinds = sorted(alike.values(), key=len, reverse=True)
    for rows in kinds[:_UNREAD_SHOWN]:
        first = rows[0]
        also = f" and {len(rows) - 1:,} more" if len(rows) > 1 else ""
        yield f"  not read: {first.account_id}{also}: {shortened(one_line(first.unread), _LONGEST)}"
    left = sum(len(rows) for rows in kinds[_UNREAD_SHOWN:])
    if left:
        yield f"  not read: {left:,} more, see the overview"


def _lines(overview: Overview) -> Iterator[str]:
    run, counts = overview.run, overview.findings
    total = len(overview.accounts)
    yield f"{total:,} {'account' if total == 1 else 'accounts'} of {one_line(run.source)}, {run.benchmark}"
    yield from _unread(overview)
    for chain in overview.chains[:_CHAINS_SHOWN]:
        where = "account" if chain.accounts == 1 else "accounts"
        said = shortened(one_line(chain.example.reason), _LONGEST)
        yield f"  {chain.check_id} breaks at the {chain.link.value} in {chain.accounts:,} {where}: {said}"
    yield (
        f"Score {overview.score} of 100. {counts[Verdict.PASS]:,} findings pass, {counts[Verdict.FAIL]:,} fail, "
        f"{counts[Verdict.UNKNOWN]:,} could not be judged, {counts[Verdict.WAIVED]:,} are waived. "
        f"{overview.calls:,} API calls."
    )
