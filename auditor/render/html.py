"""The report as one self-contained HTML file."""

from __future__ import annotations

from auditor.render.templates import environment
from auditor.render.view import arrange
from auditor.report import Report


class HtmlRenderer:
    """Gives the report as one HTML file that asks nothing of the network."""

    name = "html"
    file_name = "report.html"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return environment().get_template("html/page.html").render(view=arrange(report)).encode()
