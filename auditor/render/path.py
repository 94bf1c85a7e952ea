"""An event's way along a chain, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from auditor.chain.telling import described
from auditor.findings import ChainLink, Event, LinkStatus, Status
from auditor.render.templates import named
from auditor.render.visible import one_line

_MARKS = {LinkStatus.SOUND: "✓", LinkStatus.BROKEN: "✗", LinkStatus.UNKNOWN: "?", LinkStatus.NOT_REACHED: "·"}
_COLOURS = {LinkStatus.SOUND: "green", LinkStatus.BROKEN: "red", LinkStatus.UNKNOWN: "yellow"}
_WIDTH = 12


def tell_path(control: str, title: str, event: Event, chain: Sequence[ChainLink], status: Status) -> None:
    """Prints a control, an event that it names, and the event's way link by link.

    Args:
        control: The control's number.
        title: Its title.
        event: The event that is followed.
        chain: The links of its way.
        status: The verdict on the control.
    """
    click.secho(one_line(f"{control} {title}".strip()), bold=True)
    click.echo(f"  {one_line(described(event))}")
    for link in chain:
        mark = click.style(f"{_MARKS[link.status]} {link.link.value:<{_WIDTH}}", fg=_COLOURS.get(link.status))
        name = one_line(named(link.resource))
        where = "" if name in link.reason else f"{name}: "
        said = f"{where}{one_line(link.reason)}" if link.status is not LinkStatus.NOT_REACHED else "not reached"
        click.echo(f"  {mark} {said}")
    click.echo(f"  {one_line(_end(chain, status))}\n")


def _end(chain: Sequence[ChainLink], status: Status) -> str:
    """Says where the way ends."""
    if status is Status.PASS and chain:
        return f"A person is told. {chain[-1].reason}"
    stop = next((link for link in chain if link.status is not LinkStatus.SOUND), None)
    if stop is None:
        return "There is no way to follow."
    if status is Status.UNKNOWN:
        return f"Whether somebody is told is not known: it hangs on the {stop.link.value}."
    return f"It stops at the {stop.link.value}: nobody is told."
