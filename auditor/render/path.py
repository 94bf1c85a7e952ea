"""An event's way along a chain, in words: for the terminal, and for whatever else says where it ends."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from rich.text import Text

from auditor.findings import ChainLink, LinkStatus
from auditor.render.templates import environment, named
from auditor.render.visible import encodable, one_line, shortened

if TYPE_CHECKING:
    from rich.console import Console

_MARKS = {LinkStatus.SOUND: "✓", LinkStatus.BROKEN: "✗", LinkStatus.UNKNOWN: "?", LinkStatus.NOT_REACHED: "·"}
_STYLES = {
    LinkStatus.SOUND: "green",
    LinkStatus.BROKEN: "bold red",
    LinkStatus.UNKNOWN: "yellow",
    LinkStatus.NOT_REACHED: "dim",
}
_LONGEST = 1000
_NARROWEST = 60


class _Words(Protocol):
    """What is used of the template of words."""

    links: dict[str, str]
    link_states: dict[str, str]


def tell_path(console: Console, title: str, event: str, chain: Sequence[ChainLink], reason: str) -> None:
    """Prints an event and its way, a link a line, and where it ends.

    On a terminal, long lines go on below themselves; in a file or a pipe each stays one line. Names are printed as
    text: neither markup nor escape sequences in them have any effect.

    Args:
        console: Where to print.
        title: What the way is of.
        event: The event in a phrase.
        chain: The links of its way.
        reason: What to say where there are no links.
    """
    words = cast("_Words", environment().get_template("shared/words.html").module)
    _print(console, "", "", title, "bold")
    _print(console, "  ", "", f"Event: {event}")
    for link in chain:
        mark = "" if console.options.ascii_only else f"{_MARKS[link.status]} "
        state = f"{mark}{words.link_states[link.status].lower()}"
        # The longest state and the longest link set the columns.
        lead = f"  {state:<13}  {words.links[link.link]:<10}  "
        _print(console, lead, _STYLES[link.status], said(link))
    worst = stop(chain)
    _print(console, "  ", "", ending(chain) or reason, _STYLES[worst.status] if worst else "bold")
    console.print()


def said(link: ChainLink) -> str:
    """Gives what is said of a link: its reason, after its resource's name where the reason leaves that out."""
    if link.status is LinkStatus.NOT_REACHED:
        return ""
    name = named(link.resource)
    return link.reason if name in link.reason else f"{name}: {link.reason}"


def stop(chain: Sequence[ChainLink]) -> ChainLink | None:
    """Gives the link at which the event is lost, else the first of which it is not known; None where all are sound."""
    for status in (LinkStatus.BROKEN, LinkStatus.UNKNOWN, LinkStatus.NOT_REACHED):
        for link in chain:
            if link.status is status:
                return link
    return None


def ending(chain: Sequence[ChainLink]) -> str:
    """Says where the way ends and who hears of it; nothing of a way without links."""
    found = stop(chain)
    if not chain:
        return ""
    if found is None:
        return f"It arrives at {chain[-1].reason.removeprefix('Confirmed: ')}"
    if found.status is LinkStatus.UNKNOWN:
        return f"Whether it arrives is not known: it hangs on the {found.link.value}."
    return f"It stops at the {found.link.value}: nobody is told on this way."


def _print(console: Console, lead: str, style: str, text: str, body: str = "") -> None:
    """Prints a text behind a lead, and hangs what does not fit below the text."""
    room = max(console.width, _NARROWEST) - len(lead)
    line = shortened(one_line(text), _LONGEST)
    parts = textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False) if console.is_terminal else [line]
    for place, part in enumerate(parts or [""]):
        before = Text(lead if place == 0 else " " * len(lead), style=style)
        console.print(before.append(Text(encodable(part, console.encoding), style=body or "default")), soft_wrap=True)
