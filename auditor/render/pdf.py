"""The report as a PDF, for the file of an auditor."""

from __future__ import annotations

import contextlib
import hashlib
import io
from typing import Any

from auditor.errors import ConfigurationError, UsageError
from auditor.render.machine import JsonRenderer
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


# The first is what a scan writes. Both are tagged; only PDF/A-3 names the attachment's relation to the document.
VARIANTS = ("pdf/a-3a", "pdf/ua-1")


class PdfRenderer:
    """Gives the report as a paged document with a contents list, bookmarks and links, and report.json attached.

    Args:
        variant: The standard that the document keeps to, one of `VARIANTS`.
    """

    name = "pdf"
    file_name = "report.pdf"
    binary = True

    def __init__(self, variant: str = VARIANTS[0]) -> None:
        self.variant = variant

    def with_variant(self, variant: str) -> PdfRenderer:
        """Gives the renderer of another variant.

        Raises:
            UsageError: No such variant.
        """
        if variant not in VARIANTS:
            raise UsageError(f"There is no PDF variant {variant!r}.", f"Choose one of {', '.join(VARIANTS)}.")
        return PdfRenderer(variant)

    def render(self, report: Report) -> bytes:
        """Gives the whole file; the same report gives the same bytes."""
        markup = environment().get_template("pdf/document.html").render(view=arrange(report))
        made = report.run.finished_at
        attachment = weasyprint.Attachment(
            string=JsonRenderer().render(report),
            name="report.json",
            description="The whole report, with all evidence",
            created=made,
            modified=made,
            relationship="Data",
        )
        return print_markup(markup, variant=self.variant, attachments=[attachment])


def print_markup(markup: str, **options: Any) -> bytes:
    """Gives an HTML document as a PDF; what the document refers to outside itself is left out, not fetched.

    Args:
        markup: The document.
        options: WeasyPrint's own, `variant` being its `pdf_variant`.
    """
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    variant = options.pop("variant", None)
    identifier = hashlib.sha256(markup.encode(errors="surrogatepass")).digest()[:16]
    html = weasyprint.HTML(string=markup, url_fetcher=fetcher)
    content: bytes = html.write_pdf(pdf_variant=variant, pdf_identifier=identifier, **options)
    return content
