"""How a browser fares with the HTML report of 10,000 findings.

    python -m tests.benchmarks.html_of_ten_thousand

Prints the size, the time to render, the first paint, the load, and a search and a filter with the layout they cause.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from auditor.render import renderer
from auditor.report import Report, summarise
from tests.render.build import report

COUNT = 10_000
_SEARCH = """(text) => {
  const form = document.getElementById("filter");
  const begun = performance.now();
  form.elements.text.value = text;
  form.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.offsetHeight;
  return performance.now() - begun;
}"""


def many() -> Report:
    """Gives the sample report with its findings repeated."""
    found = [one for one in report().findings if len(one.resource) < 1000]
    copies = tuple(
        one.model_copy(update={"id": f"{at:016x}", "resource": f"{one.resource}-{at}"})
        for at, one in zip(range(COUNT), itertools.cycle(found), strict=False)
    )
    return report().model_copy(update={"findings": copies, "summary": summarise(copies)})


def main() -> None:
    """Measures and prints."""
    made = many()
    begun = time.perf_counter()
    content = renderer("html").render(made)
    print(f"{len(content) / 1e6:.1f} MB, rendered in {time.perf_counter() - begun:.1f} s")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        path = Path(folder) / "report.html"
        path.write_bytes(content)
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        begun = time.perf_counter()
        page.goto(path.as_uri(), timeout=120_000)
        print(f"loaded in {time.perf_counter() - begun:.1f} s")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        print(f"first paint after {paint:.0f} ms")
        page.wait_for_timeout(1000)
        for text in ("root", "root user", "", "kms"):
            print(f"search for {text!r}: {page.evaluate(_SEARCH, text):.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
