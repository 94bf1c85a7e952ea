"""The overview's HTML: what it says is the overview's, and nothing in it has an effect that was not meant."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape

import pytest

from auditor.findings import Verdict
from auditor.overview import Overview
from auditor.render.fleet import render_overview
from auditor.render.fleet.view import arrange

from .build import MARKUP
from .fleet import AWAY, DENIED, fleet, hostile, overview, unread
from .page import LOADING, Page


@pytest.fixture(scope="module")
def made() -> Overview:
    return fleet(200)


@pytest.fixture(scope="module")
def html(made: Overview) -> str:
    return render_overview("html", made).decode()


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page.read(html)


@pytest.fixture(scope="module")
def evil() -> str:
    return render_overview("html", hostile()).decode()


def words(text: str) -> str:
    return " ".join(text.split())


def main(page: Page) -> str:
    return words(page.all("main")[0].text)


def test_it_says_who_ran_what_and_when(page: Page) -> None:
    head = words(page.all("header")[0].text)
    for part in (
        "200 AWS accounts",
        "CIS AWS Foundations Benchmark 5.0",
        "2026-11-24 03:30:12 UTC",
        "2026-11-24 03:36:24 UTC",
        "organization o-a1b2c3d4e5, all of it",
        "SecurityAudit",
        "arn:aws:sts::111122223333:assumed-role/SecurityAudit/auditor",
        "local, 16 at a time",
        "in 6 minutes 12 seconds",
        "fleet-20261124T033012Z",
    ):
        assert part in head


def test_its_numbers_are_those_of_the_overview(page: Page, made: Overview) -> None:
    text = main(page)
    read = len(made.accounts) - made.unread
    findings = made.findings
    judged = findings[Verdict.PASS] + findings[Verdict.FAIL] + findings[Verdict.UNKNOWN]
    assert f"{findings[Verdict.PASS]:,} of {judged:,} scored findings pass, {findings[Verdict.FAIL]:,} fail" in text
    assert f"{read} of 200 accounts were read; {made.unread} could not be and count in no score." in text
    assert f"Score: {made.score} of 100" in text
    worst = arrange(made).worst
    cards = [int(each.text) for each in page.with_class("number")[:6]]
    assert cards == [*worst.values(), made.unread]


def test_every_control_has_its_numbers(html: str, made: Overview) -> None:
    table = html.partition('<table class="controls">')[2].partition("</table>")[0]
    rows = re.findall(r'<tr data-place="\d+">.*?</tr>', table, re.DOTALL)
    assert len(rows) == len(made.controls)
    by_id = {control.check_id: control for control in made.controls}
    for each in rows:
        (check_id,) = re.findall(r"<code>(.*?)</code>", each)
        control = by_id.pop(check_id)
        cells = re.findall(r"<td.*?>(.*?)</td>", each)[1:]
        assert [int(re.sub(r"<.*?>|,", "", cell)) for cell in cells] == list(control.accounts.values())
        assert control.title in unescape(each)
        bars = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', each)]
        assert sum(bars) == pytest.approx(5 * sum(control.accounts.values()), abs=0.1)
    assert not by_id


def test_the_worst_chains_are_told_with_an_example(page: Page, made: Overview) -> None:
    cards = page.with_class("chain-of")
    assert len(cards) == 10
    for card, chain in zip(cards, made.chains, strict=False):
        text = words(card.text)
        assert text.startswith(f"{chain.accounts} of ")
        assert chain.check_id in text
        assert chain.example.reason in text
        assert all(account_id in text for account_id in chain.examples)
        assert f"An event that gets lost: {chain.example.witness['eventSource']}" in text
    text = main(page)
    for chain in made.chains:
        assert chain.example.reason in text


def test_every_account_is_there_and_leads_to_its_report(page: Page, html: str, made: Overview) -> None:
    ids = {each.attributes["id"] for each in page.all("li") if "id" in each.attributes}
    assert ids == {f"a-{row.account_id}" for row in made.accounts}
    targets = {each.attributes.get("href") for each in page.all("a")}
    for row in made.accounts:
        entry = html.partition(f'<li id="a-{row.account_id}">')[2].partition("</li>")[0]
        assert row.name in entry
        assert row.unit in entry
        if row.unread:
            assert f"Could not be read: <bdi>{row.unread}</bdi>" in entry
        else:
            assert f'<p class="points">{row.score}</p>' in entry
            assert f"./accounts/{row.account_id}/report.html" in targets


def test_every_account_that_was_not_read_is_named_by_the_reason(html: str, made: Overview) -> None:
    part = html.partition('<section id="unread"')[2].partition("</section>")[0]
    assert DENIED in part
    assert AWAY in part
    for row in made.accounts:
        assert (f"({row.account_id})" in part) == bool(row.unread)


def test_the_map_has_a_cell_for_each_check(html: str, made: Overview) -> None:
    strips = re.findall(r'</span><span class="heat" aria-hidden="true">(.*?)</span></summary>', html)
    rows = [account.row for account in arrange(made).accounts if not account.row.unread]
    columns = [column.row.check_id for column in arrange(made).columns]
    assert len(strips) == len(rows)
    for strip, row in zip(strips, rows, strict=True):
        signs = re.sub(r"<.*?>| ", "", strip)
        assert len(signs) == len(columns)
        for sign, check_id in zip(signs, columns, strict=True):
            verdict = row.verdicts[check_id]
            assert sign == verdict.value[0] or (sign.isdecimal() and verdict is Verdict.FAIL)
        runs = re.findall(r'<i class="(.)">(.*?)</i>', strip)
        assert all(set(run) <= {look, *("01234567" if look == "f" else "")} for look, run in runs)


def test_every_inner_link_leads_somewhere(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        target = element.attributes.get("href", "")
        if target.startswith("#"):
            assert target[1:] in ids
        assert set(element.attributes.get("aria-labelledby", "").split()) <= set(ids)


@pytest.mark.parametrize("name", ["html", "evil"])
def test_nothing_is_loaded(name: str, request: pytest.FixtureRequest) -> None:
    page = Page.read(request.getfixturevalue(name))
    assert not {each.tag for each in page.elements} & {"link", "img", "iframe", "object", "embed", "base", "image"}
    for element in page.elements:
        assert not LOADING & set(element.attributes), element
        assert not [name for name in element.attributes if name.startswith("on")], element
        target = element.attributes.get("href", "")
        assert target.startswith(("#", "./")) or not target
    style = page.all("style")[0].text
    assert "@import" not in style
    assert set(re.findall(r"url\(.{7}", style)) == {'url("data:i'}


@pytest.mark.parametrize("name", ["html", "evil"])
def test_the_policy_names_the_one_style_and_the_one_script(name: str, request: pytest.FixtureRequest) -> None:
    page = Page.read(request.getfixturevalue(name))
    (policy,) = (each.attributes["content"] for each in page.all("meta") if "http-equiv" in each.attributes)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    (style,), (script,) = page.all("style"), page.all("script")

    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert directives["default-src"] == "'none'"
    assert directives["style-src"] == source(style.text)
    assert directives["script-src"] == source(script.text)


def test_names_are_inert(evil: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", evil)
    text = main(Page.read(evil))
    assert MARKUP in text
    assert "\\u001b[31mred\\u001b[0m\\u0000\\u0007 [bold]loud[/bold] {{ 7 * 7 }} =cmd()" in text
    assert "invoice\\u202egpj.exe" in text
    assert "half \\ud83d pair \\udc00" in text


def test_tables_and_drawings_are_accessible(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    assert all("scope" in element.attributes for element in page.all("th"))
    for drawing in page.all("svg"):
        assert drawing.attributes.get("aria-hidden") == "true" or drawing.attributes.get("role") == "img"


def test_no_account_at_all() -> None:
    text = main(Page.read(render_overview("html", fleet(0)).decode()))
    assert "No account was asked for." in text
    assert "There is no account to show." in text


def test_no_account_that_could_be_read() -> None:
    rows = [unread(f"{at:012d}", DENIED) for at in range(20)]
    text = main(Page.read(render_overview("html", overview(*((each, ()) for each in rows))).decode()))
    assert "0 of 20 accounts were read; 20 could not be and count in no score." in text
    assert "Nothing was to be judged, which counts as 100." in text
    assert all(each.account_id in text for each in rows)
