"""The overview in a real browser: accessible, quiet on the network, and of use with and without its script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from auditor.findings import LinkName, Verdict
from auditor.overview import Overview
from auditor.render.fleet import render_overview

from .fleet import fleet, hostile
from .test_browser import CHROMIUM, FLAGS, WCAG

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def made() -> Overview:
    return fleet(60)


@pytest.fixture(scope="module")
def address(made: Overview, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("fleet") / "fleet.html"
    path.write_bytes(render_overview("html", made))
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    found = browser.new_page()
    said: list[str] = []
    found.on("pageerror", lambda error: said.append(str(error)))
    found.on("console", lambda message: said.append(message.text))
    found.goto(address)
    yield found
    found.close()
    assert said == []


def shown(page: Page) -> list[str]:
    ids: list[str] = page.eval_on_selector_all(
        ".rows > li:not([hidden])", "(all) => all.map((each) => each.id.slice(2))"
    )
    return ids


def only(page: Page, *verdicts: str) -> None:
    for box in page.locator("[name=verdict]").all():
        box.set_checked(box.get_attribute("value") in verdicts)


@pytest.mark.parametrize(
    ("scheme", "width", "shown_there"), [("light", 1280, fleet(8)), ("dark", 1280, fleet(3)), ("dark", 390, hostile())]
)
def test_it_is_accessible(browser: Browser, tmp_path: Path, scheme: str, width: int, shown_there: Overview) -> None:
    path = tmp_path / "fleet.html"
    path.write_bytes(render_overview("html", shown_there))
    context = browser.new_context(
        bypass_csp=True,  # axe itself is a script
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate(OPEN)
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_it_asks_nothing_of_the_network_and_runs_nothing_of_strangers(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "fleet.html"
    path.write_bytes(render_overview("html", hostile()))
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.evaluate(OPEN)
    page.locator(".heat").last.hover()
    page.wait_for_timeout(200)
    assert [each for each in asked if not each.startswith("data:")] == [path.as_uri()]
    assert said == []
    links = page.eval_on_selector_all("a", "(all) => all.map((each) => each.href)")
    assert {link.partition(":")[0] for link in links} == {"file"}
    page.close()


def test_accounts_are_searched_by_name_id_and_unit(page: Page, made: Overview) -> None:
    for text, field in (("SEARCH", "name"), (made.accounts[7].account_id, "account_id"), ("sandbox", "unit")):
        page.get_by_label("Search").fill(text)
        expected = {row.account_id for row in made.accounts if text.lower() in getattr(row, field)}
        expected = expected or {row.account_id for row in made.accounts if text in getattr(row, field).lower()}
        expected |= {row.account_id for row in made.accounts if text.lower() in getattr(row, field).lower()}
        assert set(shown(page)) == expected != set()
        assert page.locator("output[name=shown]").inner_text() == f"{len(expected)} of 60 accounts shown"
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.querySelectorAll('.rows > li:not([hidden])').length === 60")


def test_accounts_are_filtered_by_a_check_and_its_verdict(page: Page, made: Overview) -> None:
    page.locator("[name=check]").select_option(label="4.3 Use of the root user raises an alarm")
    only(page, "u", "w")
    assert set(shown(page)) == {
        row.account_id
        for row in made.accounts
        if row.verdicts.get("alarm.root_usage") in {Verdict.UNKNOWN, Verdict.WAIVED}
    }
    only(page, "")
    assert set(shown(page)) == {row.account_id for row in made.accounts if row.unread}


def test_a_number_leads_to_the_accounts_it_counts(page: Page, made: Overview) -> None:
    row = page.locator(".controls tr", has_text="alarm.root_usage")
    row.get_by_role("link").first.click()
    page.wait_for_function("document.querySelectorAll('.rows > li[hidden]').length > 0")
    assert set(shown(page)) == {
        each.account_id for each in made.accounts if each.verdicts.get("alarm.root_usage") is Verdict.FAIL
    }


def test_a_chain_leads_to_the_accounts_in_which_it_breaks(page: Page, made: Overview) -> None:
    chain = next(each for each in made.chains[:10] if each.link is LinkName.FILTER)
    page.locator(".chain-of", has_text=chain.check_id).filter(has_text="Breaks at the filter").locator("a.all").click()
    page.wait_for_function("document.querySelectorAll('.rows > li[hidden]').length > 0")
    found = {each.account_id for each in made.accounts if each.breaks.get(chain.check_id) is LinkName.FILTER}
    assert set(shown(page)) == found
    assert len(found) == chain.accounts


def test_accounts_are_put_in_another_order(page: Page, made: Overview) -> None:
    page.locator("#filter [name=by]").select_option("name")
    names = {row.account_id: row.name for row in made.accounts}
    assert [names[each] for each in shown(page)] == sorted(names.values())
    page.locator("#filter [name=by]").select_option("best")
    scores = {row.account_id: -1 if row.unread else row.score for row in made.accounts}
    assert [scores[each] for each in shown(page)] == sorted(scores.values(), reverse=True)


def test_controls_are_put_in_the_order_of_the_map(page: Page, made: Overview) -> None:
    page.locator("#order select").select_option("number")
    found = page.eval_on_selector_all(".controls tbody code", "(all) => all.map((each) => each.textContent)")
    assert found == [control.check_id for control in made.controls]


def test_a_cell_says_its_check_and_its_verdict(page: Page, made: Overview) -> None:
    row = next(row for row in made.accounts if row.breaks.get("alarm.root_usage"))
    place = [control.check_id for control in made.controls].index("alarm.root_usage")
    strip = page.locator(f"#a-{row.account_id} .heat")
    strip.scroll_into_view_if_needed()
    # Three areas stand before that of the alarms, each with a gap of 6 pixels; a cell is 14 wide.
    strip.hover(position={"x": place * 14 + 3 * 6 + 7, "y": 8})
    link = {LinkName.SUBSCRIPTION: "subscriber"}.get(row.breaks["alarm.root_usage"], row.breaks["alarm.root_usage"])
    said = f"4.3 Use of the root user raises an alarm: Fail, the chain breaks at the {link}"
    assert page.locator(".columns .at").inner_text() == said
    assert page.locator(f'#a-{row.account_id} .heat i[title="{said}"]').count() == 1


def test_a_row_is_opened_by_the_keyboard_and_names_its_checks(page: Page, made: Overview) -> None:
    row = next(row for row in made.accounts if row.breaks.get("alarm.root_usage"))
    page.locator(f"#a-{row.account_id} summary").focus()
    page.keyboard.press("Enter")
    opened = page.locator(f"#a-{row.account_id} .opened li")
    opened.first.wait_for()
    told = sum(found in {Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED} for found in row.verdicts.values())
    assert opened.count() == told
    assert "Use of the root user raises an alarm, the chain breaks at the" in " ".join(opened.all_inner_texts())


def test_a_link_to_an_account_brings_it_back(page: Page, made: Overview) -> None:
    page.get_by_label("Search").fill("no account has these words")
    assert shown(page) == []
    page.evaluate("(id) => { location.hash = id; }", f"a-{made.accounts[-1].account_id}")
    page.wait_for_function("document.querySelectorAll('.rows > li:not([hidden])').length === 60")
    assert page.locator(f"#a-{made.accounts[-1].account_id}").is_visible()


def test_rows_are_no_list_items(page: Page) -> None:
    """Chromium numbers all list items behind a hidden one anew: hiding 9,000 of 10,000 took minutes."""
    assert page.locator(".rows > li").first.evaluate("(row) => getComputedStyle(row).display") == "block"


def test_it_is_readable_without_its_script(browser: Browser, address: str, made: Overview) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#filter").is_hidden()
    assert page.locator("#order").is_hidden()
    assert page.locator(".rows > li:visible").count() == 60
    row = next(row for row in made.accounts if row.breaks.get("alarm.root_usage") is LinkName.FILTER)
    page.locator(f"#a-{row.account_id} summary").click()
    assert "4.3 (filter)" in page.locator(f"#a-{row.account_id} details > p").inner_text()
    context.close()
