"""Draws a chain as a picture that stands alone."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.findings import ChainLink
from auditor.render.templates import environment


def drawn_chain(title: str, event: str, chain: Sequence[ChainLink]) -> str:
    """Gives an SVG of an event's way along a chain.

    Args:
        title: What the picture is of.
        event: The event in a phrase.
        chain: The links.
    """
    template = environment().get_template("svg/chain.svg")
    return template.render(title=title, event=event, chain=chain)
