"""A backtest in a few lines, for the terminal it was asked from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from rich.table import Table
from rich.text import Text

from auditor.backtest.result import AlarmResult, Backtest, Control, Group, Outcome
from auditor.render.backtest import View, arranged
from auditor.render.templates import environment
from auditor.render.visible import encodable, one_line, shortened

if TYPE_CHECKING:
    from rich.console import Console, OverflowMethod

_STYLES = {Outcome.LOST: "bold red", Outcome.OPEN: "yellow", Outcome.RANG: "green", Outcome.QUIET: "dim"}
_ICONS = {Outcome.LOST: "✗", Outcome.OPEN: "?", Outcome.RANG: "✓", Outcome.QUIET: "-"}
_LONGEST = 1000
_SHOWN_GROUPS = 3
_SHOWN_EXAMPLES = 2
# What the columns beside that of the check take.
_NUMBERS, _NARROWEST = 63, 14


class _Words(Protocol):
    """What is used of the template of words."""

    outcomes: dict[str, str]

    def headline(self, view: View) -> str: ...
    def span(self, logs: object) -> str: ...
    def history(self, alarm: AlarmResult) -> str: ...


def tell_backtest(found: Backtest, console: Console, *, verbose: bool = False) -> None:
    """Prints what a backtest comes to.

    Names are printed as text: neither markup nor escape sequences in them have any effect.

    Args:
        found: The backtest.
        console: Where to print.
        verbose: Whether to list the controls without events, and every alarm, as well.
    """
    view = arranged(found)
    words = cast("_Words", environment().get_template("backtest/words.html").module)
    account = f"{', '.join(found.aliases)} ({found.account_id})" if found.aliases else found.account_id
    _say(console, f"{account}, {found.benchmark}, {found.logs.place}, {words.span(found.logs)}", "bold")
    shown = found.controls if verbose else view.named
    if shown:
        console.print(_table(shown, words, console))
    for one in view.named:
        for group in (*one.losses, *one.opens)[:_SHOWN_GROUPS]:
            _tell_group(console, one, group)
    _tell_alarms(found, words, console, verbose=verbose)
    _tell_noise(found, console)
    _tell_logs(found, console)
    worst = next((outcome for outcome in Outcome if view.counts[outcome]), Outcome.QUIET)
    _say(console, words.headline(view), _STYLES[Outcome.OPEN if found.unread else worst])


def _table(controls: tuple[Control, ...], words: _Words, console: Console) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    cut: OverflowMethod = "crop" if console.options.ascii_only else "ellipsis"
    table.add_column("Outcome", no_wrap=True, min_width=10)
    table.add_column("Control", no_wrap=True, min_width=7)
    table.add_column("Check", no_wrap=True, overflow=cut, max_width=max(_NARROWEST, console.width - _NUMBERS))
    for name in ("Should", "Rang", "Joined", "Lost", "Open", "Alarms"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for one in controls:
        icon = "" if console.options.ascii_only else f"{_ICONS[one.outcome]} "
        numbers = (one.should, one.rang, one.joined, one.lost, one.open, one.ring_count)
        table.add_row(
            _text(console, f"{icon}{words.outcomes[one.outcome]}", _STYLES[one.outcome]),
            _text(console, one.number),
            _text(console, one.check_id.removeprefix("alarm.")),
            *(f"{number:,}" for number in numbers),
        )
    return table


def _tell_group(console: Console, one: Control, group: Group) -> None:
    where = f" at the {group.link.value}" if group.link else ""
    told = "lost" if group in one.losses else "open"
    events = f"{group.count:,} {'event' if group.count == 1 else 'events'}"
    _say(
        console,
        f"{one.number or one.check_id}: {events} {told}{where}. {group.reason}",
        "red" if told == "lost" else "",
    )
    for each in group.examples[:_SHOWN_EXAMPLES]:
        error = f", refused with {each.error}" if each.error else ""
        _say(console, f"- {each.time} {each.source} {each.name} by {each.who}{error} ({each.event_id})")


def _tell_alarms(found: Backtest, words: _Words, console: Console, *, verbose: bool) -> None:
    for alarm in found.alarms:
        if alarm.history is not None and (alarm.history.missing or alarm.history.unexplained or verbose):
            style = "bold red" if alarm.history.missing and alarm.people else ""
            _say(console, f"{alarm.name}: {words.history(alarm)}", style)
        elif alarm.unknown and verbose:
            _say(console, alarm.unknown, "yellow")
    for reason in found.history.unread if found.history else ():
        _say(console, f"The alarms' history: {reason}", "yellow")


def _tell_noise(found: Backtest, console: Console) -> None:
    for one in found.noise:
        if one.beyond:
            example = one.examples[0]
            told = f"{one.beyond:,} events ({one.per_day:g} a day), such as {example.source} {example.name}"
            _say(console, f"Noise: {one.filter} matches beyond {', '.join(one.controls)} {told}.")


def _tell_logs(found: Backtest, console: Console) -> None:
    logs = found.logs
    if found.unread:
        _say(console, found.unread, "yellow")
    aside = [f"{number:,} of account {account or 'unknown'}" for account, number in logs.others.items()]
    aside += [f"{number:,} {reason}" for reason, number in logs.aside.items()]
    if aside:
        _say(console, f"Counted aside: {'; '.join(aside)}.", "dim")
    for one in logs.broken[:5]:
        _say(console, f"Not read: {one.name}: {one.reason}", "yellow")
    if logs.broken_count > len(logs.broken[:5]):
        _say(console, f"Not read: {logs.broken_count:,} in all.", "yellow")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(_text(console, text, style), soft_wrap=True)


def _text(console: Console, text: str, style: str = "") -> Text:
    return Text(encodable(shortened(one_line(text), _LONGEST), console.encoding), style=style)
