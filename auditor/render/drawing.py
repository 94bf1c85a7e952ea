"""Draws a chain as a picture that stands alone, or within a page."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.findings import ChainLink, LinkStatus
from auditor.render.path import ending, stop
from auditor.render.templates import environment, named
from auditor.render.visible import one_line, shortened

# In characters of a usual width.
_NAME_WIDTH = 16
_BREAKS = "-/:._ "
_WORDS_WIDTH, _WORDS_LINES = 170, 3


@dataclass(frozen=True, slots=True)
class _Box:
    """One link as it is drawn.

    Attributes:
        name: The resource's name in lines; cut in the middle where it does not fit.
        reached: Whether the event may come this far.
    """

    link: ChainLink
    name: tuple[str, ...]
    reached: bool


def drawn_chain(
    title: str, event: str, chain: Sequence[ChainLink], *, reason: str = "", anchor: str = "drill", alone: bool = True
) -> str:
    """Gives an SVG of an event's way along a chain.

    Args:
        title: What the picture is of.
        event: The event in a phrase.
        chain: The links.
        reason: What to say where there are no links.
        anchor: What the ids within the picture begin with; another for each picture of one page.
        alone: Whether the picture brings its own style, as it must outside a page that has it.
    """
    found = stop(chain)
    lost = next((place for place, link in enumerate(chain) if link.status is LinkStatus.BROKEN), len(chain))
    outcome = ending(chain) or reason
    why = found.reason if found and found.status is not LinkStatus.NOT_REACHED else ""
    template = environment().get_template("svg/chain.svg")
    return template.render(
        title=title,
        event=event,
        boxes=[_Box(link, _name_lines(named(link.resource)), place <= lost) for place, link in enumerate(chain)],
        worst=found.status if found else (LinkStatus.SOUND if chain else LinkStatus.UNKNOWN),
        outcome=outcome,
        footer=[*_lines(outcome), *_lines(why)],
        anchor=anchor,
        alone=alone,
    )


def _name_lines(name: str) -> tuple[str, ...]:
    line = shortened(one_line(name), _NAME_WIDTH * 2)
    if len(line) <= _NAME_WIDTH:
        return (line,) if line else ()
    ends = [place + 1 for place, sign in enumerate(line) if sign in _BREAKS and place < _NAME_WIDTH]
    fitting = [end for end in ends if len(line) - end <= _NAME_WIDTH]
    end = fitting[-1] if fitting else _NAME_WIDTH
    return line[:end], line[end:]


def _lines(text: str) -> list[str]:
    line = shortened(one_line(text), _WORDS_WIDTH * (_WORDS_LINES - 1))
    return textwrap.wrap(line, _WORDS_WIDTH)[:_WORDS_LINES]
