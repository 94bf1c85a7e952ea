"""How long the overview of 10,000 accounts takes to make, and how a browser fares with it.

    python -m tests.benchmarks.fleet_overview_of_ten_thousand [ACCOUNTS]

Prints the size and the time to render of each format; of the HTML the first paint, the load, and a search, a filter and
a new order with the layout they cause.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from auditor.render.fleet import OVERVIEW_FORMATS, render_overview
from tests.render.fleet import fleet

_CHANGE = """([name, value]) => {
  const form = document.getElementById("filter");
  const begun = performance.now();
  form.elements[name].value = value;
  form.dispatchEvent(new Event("input", {bubbles: true}));
  document.body.offsetHeight;
  return performance.now() - begun;
}"""
_CHANGES = (
    ("text", "search"),
    ("text", "search 100"),
    ("text", ""),
    ("check", "25"),
    ("check", ""),
    ("link", "filter"),
    ("link", ""),
    ("by", "name"),
    ("by", ""),
)


def main() -> None:
    """Measures and prints."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    made = fleet(count)
    print(f"{count:,} accounts, {len(made.controls)} checks")
    files = {}
    for name in OVERVIEW_FORMATS:
        begun = time.perf_counter()
        files[name] = render_overview(name, made)
        print(f"{name}: {len(files[name]) / 1e6:.1f} MB, rendered in {time.perf_counter() - begun:.1f} s")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        path = Path(folder) / "fleet.html"
        path.write_bytes(files["html"])
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        _browse(browser.new_page(), path)
        browser.close()


def _browse(page: Page, path: Path) -> None:
    begun = time.perf_counter()
    page.goto(path.as_uri(), timeout=120_000)
    print(f"loaded in {time.perf_counter() - begun:.1f} s")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    print(f"first paint after {paint:.0f} ms")
    page.wait_for_timeout(1500)
    for name, value in _CHANGES:
        print(f"{name} {value!r}: {page.evaluate(_CHANGE, [name, value]):.0f} ms")


if __name__ == "__main__":
    main()
