"""Writes reports and tells on the terminal: progress on stderr, the summary, where the files lie."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor.errors import UsageError
from auditor.render import DEFAULT, files_of, formats, render, renderer
from auditor.report import Report
from auditor.storage import storage_at

if TYPE_CHECKING:
    from auditor.collect import Connection
    from auditor.model.snapshot import Snapshot

STDOUT = "-"
BUNDLE = "bundle"
BUNDLE_FILE = "evidence.zip"


def chosen_formats(
    given: Sequence[str],
    out: str,
    variant: str | None = None,
    more: Sequence[str] = (),
    connection: Connection | None = None,
) -> tuple[str, ...]:
    """Gives the formats asked for, each option a list with commas, and sees to it that they can be written.

    Args:
        given: The options.
        out: Where to write.
        variant: The variant of those that have several.
        more: What may be asked for besides the formats of a report.
        connection: Whose credentials write to S3.

    Raises:
        UsageError: No such format or variant, or several of them on stdout.
        ConfigurationError: A format lacks what it needs, such as the PDF its native libraries.
        OutputError: Nothing can be written there.
    """
    chosen = asked_formats(given, variant, more)
    if out != STDOUT:
        storage_at(out, connection).prepare()
    elif len(chosen) != 1:
        raise UsageError("--out - takes one format.", f"Choose one with --format: {', '.join(formats())}.")
    return chosen


def asked_formats(
    given: Sequence[str], variant: str | None = None, more: Sequence[str] = (), usual: Sequence[str] = DEFAULT
) -> tuple[str, ...]:
    """Gives the formats asked for, or the usual ones, and sees to it that they can be rendered.

    Raises:
        UsageError: No such format or variant.
        ConfigurationError: A format lacks what it needs.
    """
    asked = tuple(dict.fromkeys(name.strip() for option in given for name in option.split(",") if name.strip()))
    chosen = asked or tuple(usual)
    for name in chosen:
        if name not in more:
            renderer(name, variant)
    return chosen


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Gives what to tell of each call that is answered; a bar on stderr shows it, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=_USUAL_CALLS)

        def told(call: str) -> None:
            done = bar.tasks[task].completed + 1
            bar.update(task, description=f"Reading {call}", completed=done, total=max(done, _USUAL_CALLS))

        yield told


# What an account with one trail takes; the bar grows where it is more.
_USUAL_CALLS = 30


def deliver(
    report: Report,
    asked: Sequence[str],
    out: str,
    *,
    quiet: bool,
    verbose: bool,
    variant: str | None = None,
    account: Snapshot | None = None,
    connection: Connection | None = None,
) -> None:
    """Writes the reports and prints the summary; an evidence bundle needs the account as it was read.

    Raises:
        OutputError: A file could not be written.
    """
    if out == STDOUT:
        sys.stdout.buffer.write(_content(report, asked[0], variant, account))
        sys.stdout.buffer.flush()
        return
    files = files_of(report, [name for name in asked if name != BUNDLE], variant)
    if BUNDLE in asked:
        files[BUNDLE_FILE] = _content(report, BUNDLE, variant, account)
    storage = storage_at(out, connection)
    for name, content in files.items():
        storage.write(name, content)
    if quiet:
        return
    from rich.console import Console

    from auditor.render.terminal import summary

    console = Console()
    summary(report, console, verbose=verbose)
    for name in files:
        console.print(f"Wrote {storage.place.rstrip('/')}/{name}", markup=False, highlight=False, soft_wrap=True)


def _content(report: Report, name: str, variant: str | None, account: Snapshot | None) -> bytes:
    if name == BUNDLE and account is not None:
        from auditor.bundle import bundle

        return bundle(report, account, variant)
    return render(renderer(name, variant), report)
