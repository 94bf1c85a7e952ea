"""A backtest as HTML and PDF: inert, accessible, complete, and the same for the same logs."""

from __future__ import annotations

import io
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from pypdf import PdfReader
from rich.console import Console

from auditor.backtest.result import AlarmHistory, Backtest, HistoryRead
from auditor.render.backtest import FORMATS, arranged, render_backtest
from auditor.render.backtest_table import tell_backtest
from auditor.render.templates import csp_hash
from tests.backtest.build import event, few_chains, looking, replayed, stopping, write_logs
from tests.chain.build import account, alarm, metric_filter, pattern_of
from tests.render.page import LOADING, Page

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}\x1b[31m\u202e"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    """A backtest with a bit of everything: rung, lost, open, noise, history, broken files, hostile names."""
    wide = '{ ($.eventName = StopLogging && $.sourceIPAddress != "10.0.0.1") || $.eventName = "*Regions" }'
    denied = metric_filter("unauthorized_api_calls", pattern_of("unauthorized_api_calls"))
    mute = alarm("unauthorized_api_calls", actions_enabled=False)
    facts = account(metric_filter("cloudtrail_changes", wide), alarm("cloudtrail_changes"), denied, mute)
    arn = f"arn:aws:iam::123456789012:user/{HOSTILE}"
    events = [
        stopping(at(0)),
        stopping(at(60), sourceIPAddress=None),
        stopping(at(300), userIdentity={"type": "IAMUser", "arn": arn}, awsRegion=HOSTILE, eventID=HOSTILE),
        *(looking(at(minutes), errorCode="AccessDenied") for minutes in (500, 700)),
        event(f"{HOSTILE}Regions", HOSTILE, at(800)),
        stopping(at(10), recipientAccountId=HOSTILE),
    ]
    place = write_logs(tmp_path_factory.mktemp("logs"), events)
    (place / "broken.json").write_text("{")
    made = replayed(facts, place).found
    told = AlarmHistory(went_off=(at(3),), missing=(at(301),), unexplained=(at(150), at(160)))
    alarms = tuple(one.model_copy(update={"history": told, "name": one.name + HOSTILE}) for one in made.alarms)
    read = HistoryRead(since=at(0), until=at(900), unread=(f"{HOSTILE} could not be read.",))
    return made.model_copy(update={"alarms": alarms, "history": read})


@pytest.fixture(scope="module")
def html(found: Backtest) -> str:
    return render_backtest(found, "html").decode()


def test_the_sample_has_a_bit_of_everything(found: Backtest) -> None:
    counts = arranged(found).totals
    assert all(counts[name] for name in ("should", "rang", "lost", "open"))
    assert found.logs.broken_count == 1
    assert any(one.beyond for one in found.noise)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_backtest_gives_the_same_bytes(found: Backtest, name: str) -> None:
    assert render_backtest(found, name) == render_backtest(found, name)


def test_the_page_is_inert_and_loads_nothing(html: str) -> None:
    page = Page.read(html)
    (policy,) = [one for one in page.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]
    (style,) = page.all("style")
    assert "default-src 'none'" in policy.attributes["content"]
    assert f"style-src '{csp_hash(style.text)}'" in policy.attributes["content"]
    assert "script-src" not in policy.attributes["content"]
    assert page.all("script") == []
    for element in page.elements:
        assert not LOADING & element.attributes.keys(), element
        assert not any(name.startswith("on") for name in element.attributes), element
    assert "&lt;script&gt;alert(1)" in html
    assert "{{ 7 * 7 }}" in html
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_the_page_tells_the_same_as_the_result(found: Backtest, html: str) -> None:
    page = Page.read(html)
    text = " ".join(page.all("main")[0].text.split())
    view = arranged(found)
    assert f"{view.totals['should']} events in 1 day should have rung. {view.totals['lost']} got lost." in text
    (chart,) = [one for one in page.all("svg") if "lanes" in one.attributes.get("class", "")]
    assert chart.attributes["role"] == "img"
    rows = [one for one in page.all("tr") if re.match(r"\s*4\.\d+2026", one.text.replace("\n", ""))]
    assert len(rows) == sum(len(one.buckets) for one in view.named), "the table holds every bar"
    assert len(page.with_class("bell")) >= sum(bool(b.rings) for one in view.named for b in one.buckets)
    assert "The actions of unauthorized_api_calls are switched off." in text
    assert "It should have gone off once and did not, first at 2026-11-20 17:01." in text
    assert "and 1 times more, though nothing in these logs should have made it" in text


def test_the_pdf_holds_the_chart_and_all_chapters(found: Backtest) -> None:
    reader = PdfReader(io.BytesIO(render_backtest(found, "pdf")))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for heading in ("Over time", "Controls", "Alarms", "Noise", "The logs", "What is taken for granted"):
        assert heading in text
    assert "unauthorized api calls" in text
    assert "got lost" in text


def test_a_backtest_without_events_has_no_chart(tmp_path: Path) -> None:
    quiet = replayed(few_chains(), write_logs(tmp_path, [looking(at(0))])).found
    assert arranged(quiet).chart is None
    page = render_backtest(quiet, "html").decode()
    assert "No event in these logs should have rung." in page
    assert 'class="lanes"' not in page
    assert render_backtest(quiet, "pdf").startswith(b"%PDF")


def test_the_json_is_that_of_its_schema(found: Backtest) -> None:
    import json

    schema = Backtest.model_json_schema(mode="serialization")
    jsonschema.validate(json.loads(render_backtest(found, "json")), schema)


@pytest.mark.parametrize("days", [0.1, 2, 40, 400])
def test_bars_lie_within_the_chart_and_apart(tmp_path: Path, days: float) -> None:
    events = [stopping(at(days * 1440 * share / 40)) for share in range(41)]
    view = arranged(replayed(few_chains(), write_logs(tmp_path, events)).found)
    assert view.chart is not None
    (lane,) = view.chart.lanes
    assert sum(bar.bucket.should for bar in lane.bars) == 41
    for bar, after in zip(lane.bars, lane.bars[1:], strict=False):
        assert bar.x + bar.width <= after.x + 0.2
    assert lane.bars[0].x >= view.chart.left - 0.5
    assert lane.bars[-1].x + lane.bars[-1].width <= view.chart.left + view.chart.plot + 0.5
    assert 2 <= len(view.chart.ticks) <= 10
    assert [tick.x for tick in view.chart.ticks] == sorted({tick.x for tick in view.chart.ticks})


def test_the_terminal_prints_names_as_text(found: Backtest) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    tell_backtest(found, console, verbose=True)
    file = console.file
    assert isinstance(file, io.StringIO)
    said = file.getvalue()
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "4.5: 1 event open at the filter." in said
    assert "4.1: 2 events lost at the action." in said
    assert "Noise: cloudtrail_changes matches beyond" in said
    assert "Counted aside: 1 of account <script>" in said


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_it_is_accessible_and_quiet(html: str, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "backtest.html"
    path.write_text(html, encoding="utf-8")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scheme, width in (("light", 1280), ("dark", 390)):
            context = browser.new_context(
                bypass_csp=True,  # axe itself is a script
                color_scheme="dark" if scheme == "dark" else "light",
                viewport={"width": width, "height": 900},
            )
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            violations = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"][:160]) for one in violations] == []
            assert asked == [path.as_uri()]
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            context.close()
        browser.close()
