from __future__ import annotations

import html

import pytest
from markdown_it import MarkdownIt

from auditor.findings import Status
from auditor.remediation import Remediation
from auditor.render import renderer
from auditor.render.markup import fenced, plain
from auditor.report import Report

from .build import finding, small
from .validity import markdown


def text_of(source: str) -> str:
    (_, inline, _) = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    return "".join(token.content for token in inline.children or () if token.type in {"text", "text_special"})


@pytest.mark.parametrize(
    "text",
    ["# h", "1. a", "2) b", "- a", "+ a", "*a*", "_a_", "`a`", "[a](b)", "![a](b)", "<b>", "&amp;", "a|b", "~~a~~",
     "www.evil.example", "https://evil.example", "\\*", "=", "---", "***", "arn:aws:s3:::bucket", ":x:", "$x$"],
)  # fmt: skip
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert text_of(plain(text)) == text


def test_no_fence_ends_early() -> None:
    (token,) = MarkdownIt().parse(fenced("a\n```\n````\n<b>", "sh"))
    assert (token.type, token.info, token.content) == ("fence", "sh", "a\n```\n````\n<b>\n")


def test_urgent_findings_come_with_their_commands(sample: Report) -> None:
    content = renderer("markdown").render(sample)
    markdown(content)
    shown = content.decode()
    for each in sample.findings:
        urgent = each.status in {Status.FAIL, Status.UNKNOWN}
        if urgent and each.reason.isprintable() and len(each.reason) < 300:
            assert html.escape(each.reason, quote=False) in shown
        if urgent and each.remediation and all(command.isprintable() for command in each.remediation.commands):
            assert all(command in shown for command in each.remediation.commands)
    assert "Score **55** of 100" in shown
    assert "| 15 | 4 | 2 | 24 | 1 |" in shown


def test_it_stays_below_what_github_takes() -> None:
    remedy = Remediation(summary="Mend it.", commands=("x" * 19_000,))
    many = [finding("trail.logging", Status.FAIL, resource=f"r{place}", remediation=remedy) for place in range(100)]
    content = renderer("markdown").render(small(*many))
    markdown(content)
    shown = content.decode().count("<details>")
    assert 40 < shown < 100
    assert f"{100 - shown} more findings are left out here" in content.decode()
