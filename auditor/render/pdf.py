"""The report as a PDF, for the file of an auditor."""

from __future__ import annotations

import contextlib
import io

from auditor.errors import ConfigurationError
from auditor.render.templates import environment
from auditor.render.view import arrange
from auditor.report import Report

try:
    # WeasyPrint prints its own advice to stdout, where a report may be on its way.
    with contextlib.redirect_stdout(io.StringIO()):
        import weasyprint
except OSError as error:
    raise ConfigurationError(
        f"PDF reports need the Pango library, which does not load: {str(error).splitlines()[0]}.",
        "Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core. "
        "macOS: brew install pango. Or leave pdf out of --format.",
    ) from error


class PdfRenderer:
    """Gives the report as a paged document with a contents list, bookmarks and links."""

    name = "pdf"
    file_name = "report.pdf"
    binary = True

    def render(self, report: Report) -> bytes:
        """Gives the whole file."""
        return print_markup(environment().get_template("pdf/document.html").render(view=arrange(report)))


def print_markup(markup: str) -> bytes:
    """Gives an HTML document as a PDF; what the document refers to outside itself is left out, not fetched."""
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    content: bytes = weasyprint.HTML(string=markup, url_fetcher=fetcher).write_pdf()
    return content


RENDERER = PdfRenderer()
