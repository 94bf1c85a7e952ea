"""Writes reports and tells on the terminal: progress on stderr, the summary, where the files lie."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from auditor.errors import UsageError
from auditor.render import DEFAULT, formats, prepare, renderer, write
from auditor.render.terminal import summary
from auditor.report import Report

STDOUT = "-"


def chosen_formats(given: Sequence[str], out: str, variant: str | None = None) -> tuple[str, ...]:
    """Gives the formats asked for, each option a list with commas, and sees to it that they can be written.

    Raises:
        UsageError: No such format or variant, or several of them on stdout.
        ConfigurationError: A format lacks what it needs, such as the PDF its native libraries.
        OutputError: The folder cannot be written to.
    """
    asked = tuple(dict.fromkeys(name.strip() for option in given for name in option.split(",") if name.strip()))
    chosen = asked or DEFAULT
    for name in chosen:
        renderer(name, variant)
    if out != STDOUT:
        prepare(Path(out))
    elif len(chosen) != 1:
        raise UsageError("--out - takes one format.", f"Choose one with --format: {', '.join(formats())}.")
    return chosen


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Gives what to tell of each call that is answered; a bar on stderr shows it, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Reading", total=_USUAL_CALLS)

        def told(call: str) -> None:
            done = bar.tasks[task].completed + 1
            bar.update(task, description=f"Reading {call}", completed=done, total=max(done, _USUAL_CALLS))

        yield told


# What an account with one trail takes; the bar grows where it is more.
_USUAL_CALLS = 30


def deliver(
    report: Report, asked: Sequence[str], out: str, *, quiet: bool, verbose: bool, variant: str | None = None
) -> None:
    """Writes the reports and prints the summary.

    Raises:
        OutputError: A file could not be written.
    """
    if out == STDOUT:
        sys.stdout.buffer.write(renderer(asked[0], variant).render(report))
        sys.stdout.buffer.flush()
        return
    written = write(report, asked, Path(out), variant)
    if quiet:
        return
    console = Console()
    summary(report, console, verbose=verbose)
    for path in written:
        console.print(f"Wrote {path}", markup=False, highlight=False, soft_wrap=True)
