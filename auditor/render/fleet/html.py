"""The overview as one self-contained HTML file."""

from __future__ import annotations

from auditor.overview import Overview
from auditor.render.fleet.view import arrange
from auditor.render.templates import environment


def render(overview: Overview) -> bytes:
    """Gives one HTML file that asks nothing of the network."""
    return environment().get_template("fleet/html/page.html").render(view=arrange(overview)).encode()
