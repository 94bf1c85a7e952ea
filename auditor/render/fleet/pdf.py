"""The overview as a PDF of a few pages, for the file of an auditor."""

from __future__ import annotations

import weasyprint

from auditor.overview import Overview
from auditor.render.fleet.machine import render as as_json
from auditor.render.fleet.view import arrange
from auditor.render.pdf import VARIANTS, print_markup
from auditor.render.templates import environment


def render(overview: Overview) -> bytes:
    """Gives a paged document with bookmarks and links, and fleet.json attached."""
    markup = environment().get_template("fleet/pdf/document.html").render(view=arrange(overview))
    made = overview.run.finished_at
    attachment = weasyprint.Attachment(
        string=as_json(overview),
        name="fleet.json",
        description="The whole overview, with every account",
        created=made,
        modified=made,
        relationship="Data",
    )
    return print_markup(markup, variant=VARIANTS[0], attachments=[attachment])
