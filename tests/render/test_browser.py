"""The HTML report in a real browser: accessible, quiet on the network, and of use with and without its script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from auditor.findings import Status
from auditor.history import since
from auditor.render import renderer
from auditor.report import Report

from .build import chain, finding, small

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(html: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def brief_address(sample: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report with each kind of finding once, and hostile names: axe takes long for many."""
    kinds = {(one.status, bool(one.chain), one.waiver is None, one.remediation is None): one for one in sample.findings}
    path = tmp_path_factory.mktemp("brief") / "report.html"
    report = small(*kinds.values(), *sample.findings[-3:-1])
    earlier = report.model_copy(update={"findings": report.findings[1:]})
    path.write_bytes(renderer("html").render(since(earlier, report)))
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    found = browser.new_page()
    found.goto(address)
    yield found
    found.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_it_is_accessible(browser: Browser, brief_address: str, scheme: str, width: int) -> None:
    context = browser.new_context(
        bypass_csp=True,  # axe itself is a script
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    page.goto(brief_address)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    context.close()


def test_it_asks_nothing_of_the_network_and_runs_nothing_of_strangers(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert asked == [address]
    assert said == []
    page.close()


def shown(page: Page) -> int:
    return page.locator("article.finding:visible").count()


def test_findings_are_searched_and_filtered(page: Page) -> None:
    whole = shown(page)
    page.get_by_label("Search").fill("root user")
    found = shown(page)
    assert 0 < found < whole
    assert page.locator("output[name=shown]").inner_text().startswith(f"{found} of {whole}")
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function(f"document.querySelectorAll('article.finding:not([hidden])').length == {whole}")
    page.locator("select[name=severity]").select_option("critical")
    assert 0 < shown(page) < whole


def test_findings_of_several_accounts_are_filtered_by_account(browser: Browser, sample: Report, tmp_path: Path) -> None:
    first, *others = sample.findings
    moved = first.model_copy(update={"account_id": "999988887777"})
    path = tmp_path / "report.html"
    path.write_bytes(renderer("html").render(sample.model_copy(update={"findings": (moved, *others)})))
    page = browser.new_page()
    page.goto(path.as_uri())
    page.locator("select[name=account]").select_option("999988887777")
    assert shown(page) == 1
    page.close()


def test_a_link_to_a_finding_brings_it_back(page: Page) -> None:
    anchor = page.locator("article.finding").last.get_attribute("id")
    page.get_by_label("Search").fill("no finding has these words")
    assert shown(page) == 0
    page.evaluate("(id) => { location.hash = id; }", anchor)
    page.wait_for_function("document.querySelectorAll('article.finding:not([hidden])').length > 0")
    assert page.locator(f"[id='{anchor}']").is_visible()


def test_commands_have_a_button_to_copy(page: Page) -> None:
    assert page.locator(".command button").count() == page.locator(".command").count() > 0


def test_it_is_readable_without_its_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert shown(page) > 40
    assert page.locator("#filter").is_hidden()
    context.close()


def test_very_many_findings_are_told_in_brief(browser: Browser, tmp_path: Path) -> None:
    many = [
        finding("alarm.root_usage", status, resource=f"r{at}", chain=chain("Root"), notes=("a note",))
        for at in range(600)
        for status in (Status.FAIL, Status.PASS)
    ]
    path = tmp_path / "many.html"
    path.write_bytes(
        renderer("html").render(small(*(one.model_copy(update={"id": str(at)}) for at, one in enumerate(many))))
    )
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.locator("article.finding").count() == 1200
    assert page.locator("article.finding.is-fail details").count() >= 600
    assert page.locator("article.finding.is-pass details").count() == 0
    assert page.locator("svg.chain").count() == 0
    page.get_by_label("Search").fill("r599")
    assert page.locator("article.finding:not([hidden])").count() == 2
    page.close()
