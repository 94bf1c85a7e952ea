from __future__ import annotations

import io

import pytest
from rich.console import Console

from auditor.findings import Status
from auditor.render.terminal import summary
from auditor.report import Report

from .build import BACKWARDS, CONTROL, finding, small


def said(report: Report, width: int = 160, encoding: str = "utf-8", color: bool = False, verbose: bool = False) -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, write_through=True)
    console = Console(file=file, width=width, force_terminal=color, color_system="standard" if color else None)
    summary(report, console, verbose=verbose)
    return buffer.getvalue().decode(encoding)


def test_what_fails_comes_first_and_the_score_last(sample: Report) -> None:
    lines = said(sample).splitlines()
    assert lines[0].rstrip() == "acme-production (111122223333), CIS AWS Foundations Benchmark 5.0"
    assert lines[1].split() == ["Status", "Severity", "Control", "Check", "Resource", "Found"]
    assert lines[2].split()[:5] == ["✗", "Fail", "Critical", "4.3", "alarm.root_usage"]
    words = [line.split()[1] for line in lines[2:-2]]
    assert words == ["Fail"] * 15 + ["Unknown"] * 4 + ["Waived"] * 2
    assert lines[-2].rstrip() == "24 findings pass and 1 does not apply."
    assert lines[-1].startswith("Score 55 of 100. 24 of 43 scored findings pass")


def test_verbose_lists_what_passes(sample: Report) -> None:
    text = said(sample, verbose=True)
    assert text.count("✓ Pass") == 24
    assert "findings pass and" not in text


@pytest.mark.parametrize("width", [40, 80, 119, 200])
def test_it_fits(sample: Report, width: int) -> None:
    lines = said(sample, width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert len(lines) < 32


def test_without_colour_there_is_no_escape(sample: Report) -> None:
    assert "\x1b" not in said(sample)
    assert "\x1b[1;31m" in said(sample, color=True)


def test_names_are_inert() -> None:
    text = said(small(finding("acme.x", Status.FAIL, resource=BACKWARDS, reason=f"{CONTROL}\nnext")), color=True)
    assert "\\u001b[31mred\\u001b[0m\\u0000\\u0007 [bold]loud[/bold] {{ 7 * 7 }} =cmd() next" in text
    assert "invoice\\u202egpj.exe" in text


def test_a_terminal_that_knows_ascii_only(sample: Report) -> None:
    text = said(sample, encoding="ascii", width=140)
    assert "\\u05e9" in text
    assert "Fail" in text


def test_a_report_without_findings() -> None:
    assert said(small()).splitlines()[1].startswith("Score 100 of 100. 0 of 0 scored findings pass")
