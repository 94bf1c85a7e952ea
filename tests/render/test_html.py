from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urlsplit

import pytest

from auditor.findings import LinkName, LinkStatus, Status
from auditor.render import renderer
from auditor.render.templates import environment
from auditor.render.view import Verdict, arrange
from auditor.report import Report

from .build import CONTROL, LONG, MARKUP, chain, finding, small
from .page import LOADING, Page


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page.read(html)


def test_every_finding_is_there(page: Page, sample: Report) -> None:
    anchors = [element.attributes["id"] for element in page.all("article")]
    assert sorted(anchors) == sorted(f"f-{each.id}" for each in sample.findings)
    text = next(element.text for element in page.all("main"))
    for each in sample.findings:
        if each.reason.isprintable():
            assert each.reason in text
        assert each.check_id in text


def test_every_inner_link_leads_somewhere(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        target = element.attributes.get("href", "")
        if target.startswith("#"):
            assert target[1:] in ids
        for name in ("aria-labelledby", "for"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)


def test_nothing_is_loaded(page: Page) -> None:
    assert not {element.tag for element in page.elements} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "image",
    }
    for element in page.elements:
        assert not LOADING & set(element.attributes), element
        assert not [name for name in element.attributes if name.startswith("on")], element
        if "href" in element.attributes:
            outward = not element.attributes["href"].startswith("#")
            assert not outward or (element.tag == "a" and urlsplit(element.attributes["href"]).scheme == "https")
    style = page.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_names_the_one_style_and_the_one_script(page: Page) -> None:
    (policy,) = (each.attributes["content"] for each in page.all("meta") if "http-equiv" in each.attributes)
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    (style,), (script,) = page.all("style"), page.all("script")

    def source(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert directives == {
        "default-src": "'none'",
        "style-src": source(style.text),
        "script-src": source(script.text),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_names_are_inert(html: str, page: Page) -> None:
    assert html.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    text = next(element.text for element in page.all("main"))
    assert MARKUP in text
    assert "\\u001b[31mred\\u001b[0m\\u0000\\u0007 [bold]loud[/bold] {{ 7 * 7 }} =cmd()" in text
    assert "invoice\\u202egpj.exe" in text
    assert "half \\ud83d pair \\udc00" in text
    assert LONG in text
    assert "javascript:" not in "".join(element.attributes.get("href", "") for element in page.elements)


def test_an_odd_id_makes_a_sound_anchor() -> None:
    odd = finding("acme.x").model_copy(update={"id": 'a b"><script>'})
    page = Page.read(renderer("html").render(small(odd)).decode())
    assert page.all("article")[0].attributes["id"] == "f-a_b___script_"


def test_it_says_what_the_score_is_made_of(page: Page, sample: Report) -> None:
    text = " ".join(page.all("main")[0].text.split())
    status = sample.summary.status
    assert (
        f"{status[Status.PASS]} of {sample.summary.judged} scored findings pass, {status[Status.FAIL]} fail, "
        f"{status[Status.UNKNOWN]} could not be judged. {sample.summary.waived} more are waived." in text
    )
    assert "Score = passed ÷ (passed + failed + could not be judged) = 24 ÷ 43" in text


def test_the_chain_map_draws_every_chain(page: Page, sample: Report) -> None:
    chains = [each for each in sample.findings if each.chain]
    paths = page.with_class("path")
    assert len(paths) == len(chains)
    broken = [each for each in chains if each.breaks_at and each.breaks_at.status is LinkStatus.BROKEN]
    assert sum("is-fail" in each.attributes["class"] for each in page.with_class("node")) == len(broken)
    root = next(each.text for each in paths if "Use of the root user" in each.text)
    assert "Topic: sound. Subscriber: broken." in root


def test_a_chain_that_lacks_links_is_drawn() -> None:
    short = chain("X", LinkName.FILTER, "It misses.")[:3]
    rendered = renderer("html").render(small(finding("alarm.x", Status.FAIL, chain=short))).decode()
    assert "Filter: broken. Metric: not looked at." in rendered


def test_a_report_without_findings_renders() -> None:
    page = Page.read(renderer("html").render(small()).decode())
    assert "Nothing was to be judged, which counts as 100." in page.all("main")[0].text
    assert not page.all("article")


def test_what_urges_comes_first(sample: Report) -> None:
    view = arrange(sample)
    ranks = [(item.verdict.rank, item.finding.severity.rank) for item in view.items]
    assert ranks == sorted(ranks)
    assert [tile.control for tile in view.tiles][-3:] == ["4.14", "4.15", "4.16"]
    assert [tile.worst.verdict for tile in view.tiles if tile.control in {"3.8", "3.9"}] == [Verdict.FAIL] * 2
    assert sum(row.total for row in view.matrix) == len(sample.findings)


def test_tables_and_page_are_accessible(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    assert all("scope" in element.attributes for element in page.all("th"))
    assert page.with_class("skip")[0].attributes["href"] == "#main"
    # Every drawing has a title, or is hidden from those who cannot see it.
    for drawing in page.all("svg"):
        assert drawing.attributes.get("aria-hidden") == "true" or drawing.attributes.get("role") == "img"
    assert all(each.attributes.get("tabindex") == "0" for each in page.with_class("scroll"))


def test_the_bound_of_a_long_page() -> None:
    many = [finding("acme.x", resource=f"r{number}") for number in range(301)]
    assert 'class="wrap many"' in renderer("html").render(small(*many)).decode()


def test_a_name_that_is_missing_is_an_error() -> None:
    with pytest.raises(Exception, match="'missing' is undefined"):
        environment().from_string("{{ missing }}").render()


def test_templates_reach_no_other_file() -> None:
    with pytest.raises(Exception, match=r"\.\./pyproject\.toml"):
        environment().get_template("../pyproject.toml")


def test_control_characters_of_a_template_value() -> None:
    assert environment().from_string("{{ x }}").render(x=CONTROL).startswith("\\u001b[31mred")
