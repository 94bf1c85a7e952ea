"""The report in a few lines, for the terminal it was asked from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from rich.table import Table
from rich.text import Text

from auditor.changes import Changes
from auditor.render.templates import environment, named
from auditor.render.view import Item, Verdict, View, arrange
from auditor.render.visible import encodable, one_line, shortened
from auditor.report import Report, Summary

if TYPE_CHECKING:
    from rich.console import Console, OverflowMethod

_STYLES = {
    Verdict.FAIL: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.WAIVED: "magenta",
    Verdict.PASS: "green",
    Verdict.NOT_APPLICABLE: "dim",
}
_ICONS = {
    Verdict.FAIL: "✗",
    Verdict.UNKNOWN: "?",
    Verdict.WAIVED: "⚑",
    Verdict.PASS: "✓",
    Verdict.NOT_APPLICABLE: "-",
}
_QUIET = (Verdict.PASS, Verdict.NOT_APPLICABLE)
# Below this many columns there is no room for the resource beside the reason.
_ROOMY = 120
_LONGEST = 1000


class _Words(Protocol):
    """What is used of the template of words."""

    columns: dict[str, str]
    verdicts: dict[str, str]
    severities: dict[str, str]

    changes: dict[str, str]
    change_looks: dict[str, str]

    def count(self, number: int, one: str, many: str) -> str: ...
    def benchmark(self, version: str) -> str: ...
    def score(self, summary: Summary) -> str: ...
    def headline(self, summary: Summary) -> str: ...
    def unlisted(self, totals: dict[Verdict, int]) -> str: ...


def summary(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Prints what the report comes to: what fails first, the score last.

    Colours, width and encoding are the console's. Names are printed as text: neither markup nor escape sequences in
    them have any effect.

    Args:
        report: What to sum up.
        console: Where to print.
        verbose: Whether to list the findings that pass, too, rather than only count them.
    """
    if report.changes:
        changed(report.changes, console)
    view = arrange(report)
    words = _words()
    run = report.run
    account = f"{', '.join(run.aliases)} ({run.account_id})" if run.aliases else run.account_id
    console.print(_text(console, f"{account}, {words.benchmark(run.benchmark)}", "bold"))
    listed = [item for item in view.items if verbose or item.verdict not in _QUIET]
    if listed:
        console.print(_table(listed, words, console))
    if not verbose and any(view.totals[each] for each in _QUIET):
        console.print(_text(console, words.unlisted(view.totals), "green"))
    style = _STYLES[_worst(view)]
    console.print(_text(console, f"{words.score(report.summary)} {words.headline(report.summary)}", style))


def _words() -> _Words:
    return cast("_Words", environment().get_template("shared/words.html").module)


def changed(changes: Changes, console: Console) -> None:
    """Prints what changed since an earlier run, a line each."""
    words = _words()
    for change in changes.items:
        style = _STYLES[Verdict(words.change_looks[change.kind])]
        line = f"{words.changes[change.kind]}: {change.check_id} {named(change.resource)}. {change.reason}"
        console.print(_text(console, line, style), soft_wrap=True)
    same = words.count(changes.still, "failure as before", "failures as before")
    console.print(_text(console, f"{same}; the score was {changes.since.score}.", "dim"))


def _table(items: list[Item], words: _Words, console: Console) -> Table:
    roomy = console.width >= _ROOMY
    cut: OverflowMethod = "crop" if console.options.ascii_only else "ellipsis"
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True)
    for name in ("verdict", "severity", "control"):
        table.add_column(words.columns[name], no_wrap=True)
    table.add_column(words.columns["check"], no_wrap=True, overflow=cut, max_width=34)
    if roomy:
        table.add_column(words.columns["resource"], no_wrap=True, overflow=cut, max_width=30)
    table.add_column(words.columns["reason"], no_wrap=True, overflow=cut, ratio=1)
    for item in items:
        finding, style = item.finding, _STYLES[item.verdict]
        cells = [
            _text(console, f"{_icon(item.verdict, console)}{words.verdicts[item.verdict]}", style),
            _text(console, words.severities[finding.severity]),
            _text(console, item.control),
            _text(console, finding.check_id),
            _text(console, finding.reason),
        ]
        if roomy:
            cells.insert(4, _text(console, named(finding.resource)))
        table.add_row(*cells)
    return table


def _icon(verdict: Verdict, console: Console) -> str:
    return "" if console.options.ascii_only else f"{_ICONS[verdict]} "


def _text(console: Console, text: str, style: str = "") -> Text:
    """Gives a text that the console can encode; rich reads no markup in it."""
    line = shortened(one_line(text), _LONGEST)
    return Text(encodable(line, console.encoding), style=style)


def _worst(view: View) -> Verdict:
    return view.items[0].verdict if view.items else Verdict.PASS
