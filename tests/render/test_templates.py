"""A user's templates over the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

import report_templates
from auditor.errors import ConfigurationError
from auditor.render import renderer
from auditor.render.templates import overlaid
from auditor.report import Report

SHIPPED = Path(report_templates.__file__).parent


def overlay(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_words_may_be_changed_and_the_rest_stays(sample: Report, html: str, tmp_path: Path) -> None:
    words = (SHIPPED / "shared" / "words.html").read_text(encoding="utf-8")
    folder = overlay(tmp_path, "shared/words.html", words.replace('"fail": "Fail"', '"fail": "Durchgefallen"'))
    with overlaid(folder):
        changed = renderer("html").render(sample).decode()
    assert "Durchgefallen" in changed
    assert "Durchgefallen" not in html
    assert renderer("html").render(sample).decode() == html, "outside of the context the shipped ones are back"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if %}", "html/page.html, line 1"),
        ("{{ nothing.such }}", "nothing"),
        ("{% include '../../../etc/hostname' %}", "hostname"),
        ("{{ view.__class__.__mro__[1].__subclasses__() }}", "__class__|unsafe"),
        ("{{ ''.__class__ }}", "__class__|unsafe"),
    ],
)
def test_a_template_that_is_wrong_or_reaches_out(sample: Report, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said), overlaid(overlay(tmp_path, "html/page.html", text)):
        renderer("html").render(sample)
