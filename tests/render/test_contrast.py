"""WCAG 2.2 AA: text 4.5 to 1, marks and edges of controls 3 to 1, in the light and in the dark."""

from __future__ import annotations

import re

import pytest

from auditor.render.templates import environment

CSS = environment().get_template("html/style.css").render()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("page", "card", "code")),
    *((tone, "card") for tone in ("fail", "unknown", "waived", "pass", "quiet")),
    *((tone, f"{tone}-tint") for tone in ("fail", "unknown", "waived", "pass", "quiet")),
    ("ink", "waived-tint"),
    *(("ink", f"{tone}-tint") for tone in ("fail", "unknown", "pass")),
    *(("soft", f"{tone}-tint") for tone in ("fail", "unknown", "pass")),
    ("on-band", "band"),
    ("soft-band", "band"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_text_and_edges_stand_out(theme: dict[str, str]) -> None:
    weak = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in TEXT}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert contrast(theme["edge"], theme["card"]) >= 3
