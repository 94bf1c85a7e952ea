"""The report as Markdown, for the summary of a GitHub workflow or a merge request."""

from __future__ import annotations

import re

from markupsafe import Markup

from auditor.render.templates import environment
from auditor.render.view import arrange
from auditor.render.visible import one_line, shortened
from auditor.report import Report

_LONGEST = 500
# What Markdown takes for markup within a line, and GitHub for a mention, a reference or a link.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~@$&]|(?<=:)//)")


class MarkdownRenderer:
    """Gives the score, and a table of what fails, what is open and what is waived."""

    name = "markdown"
    file_name = "report.md"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        template = environment().get_template("markdown/report.md")
        return template.render(view=arrange(report), plain=plain).encode()


def plain(text: str) -> Markup:
    """Gives a text of which Markdown and HTML take nothing for markup, on one line."""
    return Markup(_SPECIAL.sub(r"\\\1", shortened(one_line(text), _LONGEST)).replace("\\<", "&lt;"))  # noqa: S704


RENDERER = MarkdownRenderer()
