"""What is told of an event's way: on a terminal, in a pipe, as a drawing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from auditor.errors import OutputError, UsageError
from auditor.findings import ChainLink, LinkName, LinkStatus
from auditor.render.drawing import drawn_chain
from auditor.render.path import ending, tell_path
from tests.cli.run import auditor
from tests.drill.conftest import Command
from tests.scenarios.scenario import CONTROL
from tests.scenarios.stage import build

HOSTILE = "]]>--><script>alert(1)</script>&\"'\x1b[31m\x00\u202e [bold]x[/bold] {{ 7 * 7 }}"
LONG = "acme-" + "very-" * 100 + "long"
SVG = "{http://www.w3.org/2000/svg}"


def way(*states: LinkStatus, name: str = "acme", reason: str = "It is so.") -> list[ChainLink]:
    pairs = zip(LinkName, states, strict=False)
    return [ChainLink(link=link, resource=name, status=state, reason=reason) for link, state in pairs]


HEARD = ChainLink(
    link=LinkName.SUBSCRIPTION, resource="x", status=LinkStatus.SOUND, reason="Confirmed: soc@acme.example (email)."
)
WHOLE = [*way(*[LinkStatus.SOUND] * 7), HEARD]
CUT = way(*[LinkStatus.SOUND] * 4, LinkStatus.BROKEN, *[LinkStatus.NOT_REACHED] * 3, reason="acme is deaf.")


def told(chain: list[ChainLink], *, width: int = 100, encoding: str = "utf-8", terminal: bool = False) -> str:
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, write_through=True)
    console = Console(file=file, width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    tell_path(console, f"4.5 {HOSTILE}", "an event", chain, "The trails could not be listed.")
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("chain", "end"),
    [
        (WHOLE, "It arrives at soc@acme.example (email)."),
        (CUT, "It stops at the alarm: nobody is told on this way."),
        (
            way(LinkStatus.UNKNOWN, LinkStatus.SOUND, LinkStatus.BROKEN),
            "It stops at the filter: nobody is told on this way.",
        ),
        (way(LinkStatus.SOUND, LinkStatus.UNKNOWN), "Whether it arrives is not known: it hangs on the log group."),
        ([], "The trails could not be listed."),
    ],
)
def test_where_it_ends(chain: list[ChainLink], end: str) -> None:
    assert told(chain).splitlines()[-2].strip() == end
    assert ending(chain) in (end, "")
    assert end in drawn_chain("t", "e", chain, reason=end)


def test_each_link_is_a_line_with_a_sign_and_a_word() -> None:
    lines = told(CUT).splitlines()[2:-2]
    assert [line.split()[0] for line in lines] == ["✓"] * 4 + ["✗"] + ["·"] * 3
    assert [line.split()[1] for line in lines] == ["sound"] * 4 + ["broken"] + ["not"] * 3
    assert lines[4].endswith("acme is deaf."), "the name stands in the reason, and is not said twice"
    assert "acme: It is so." in told(way(LinkStatus.SOUND))


def test_in_a_pipe_a_link_stays_one_line_and_plain() -> None:
    text = told(way(LinkStatus.BROKEN, reason="word " * 100))
    assert len(text.splitlines()) == 5
    assert "\x1b" not in text


def test_on_a_terminal_long_lines_hang_below_themselves() -> None:
    lines = told(way(LinkStatus.BROKEN, reason="word " * 60), terminal=True).splitlines()
    assert len(lines) > 7
    assert "\x1b[1;31m" in lines[3]
    plain = told(way(LinkStatus.BROKEN, reason="word " * 60), width=80).splitlines()
    column = plain[2].index("acme:")
    assert lines[3].index("word") >= column


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_names_are_inert_on_a_terminal(encoding: str) -> None:
    text = told(way(LinkStatus.SOUND, name=HOSTILE, reason=HOSTILE), encoding=encoding)
    assert not {"\x1b", "\x00", "\u202e"} & set(text)
    assert "\\u001b[31m\\u0000\\u202e [bold]x[/bold] {{ 7 * 7 }}" in text


def test_the_drawing_says_all_in_words_and_has_full_names_behind() -> None:
    chain = [*CUT[:5], *way(*[LinkStatus.NOT_REACHED] * 8, name=LONG)[5:]]
    root = ET.fromstring(drawn_chain("4.5 Trails change", "an event", chain))  # noqa: S314 - our own text
    words = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert [words.count(word) for word in ("Sound", "Broken", "Not reached")] == [4, 1, 3]
    assert "It stops at the alarm: nobody is told on this way." in words
    assert "acme is deaf." in words
    assert max(map(len, words)) <= 180
    titles = ["".join(one.itertext()) for one in root.iter(f"{SVG}title")]
    assert len(titles) == 1 + len(chain)
    assert LONG in titles[-1]
    named = root.get("aria-labelledby", "").split()
    assert [one.get("id") for one in root.iter() if one.get("id")] == named
    (described,) = (one.text or "" for one in root.iter(f"{SVG}desc"))
    assert "Alarm: broken." in described
    style = next(root.iter(f"{SVG}style")).text or ""
    assert "prefers-color-scheme: dark" in style


def test_the_drawing_loads_nothing_and_hostile_names_are_inert() -> None:
    text = drawn_chain(HOSTILE, HOSTILE, way(*[LinkStatus.BROKEN] * 8, name=HOSTILE, reason=HOSTILE))
    root = ET.fromstring(text)  # noqa: S314 - our own text
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "text", "g", "path"}
    assert not any("href" in name or name.startswith("on") for one in root.iter() for name in one.attrib)
    assert "url(" not in text
    assert not {"\x1b", "\x00", "\u202e"} & set(text)


def test_drawings_of_one_page_share_a_style_and_no_id() -> None:
    pictures = [drawn_chain("t", "e", CUT, anchor=name, alone=False) for name in ("a", "b")]
    page = ET.fromstring(f"<body>{''.join(pictures)}</body>")  # noqa: S314 - our own text
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) == 4
    assert not list(page.iter(f"{SVG}style"))


def test_the_command_tells_and_draws(command: Command, tmp_path: Path) -> None:
    build(command.account, CONTROL)
    text = command("4.7", "root_usage", "alarm.cmk_disable_or_delete").output
    assert text.count("It arrives at soc@acme.example (email).") == 1, "a control that is named twice is told once"
    assert "It stops at the filter" in text
    found = command("--format", "svg", "--out", str(tmp_path / "new"))
    files = sorted((tmp_path / "new").iterdir())
    assert len(files) == 15
    assert f"Wrote {tmp_path / 'new' / 'drill-cmk-disable-or-delete.svg'}\n" in found.output
    assert all(ET.parse(file).getroot().tag == f"{SVG}svg" for file in files)  # noqa: S314 - our own files
    home, asked = command.account.environment(tmp_path), ("4.7", "--format", "svg", "--out", "-")
    one = auditor("drill", *asked, "--endpoint-url", command.account.endpoint_url, environment=home)
    assert (one.code, one.err) == (0, "")
    assert one.out == (tmp_path / "new" / "drill-cmk-disable-or-delete.svg").read_text(encoding="utf-8") + "\n"
    drills = json.loads(command("--format", "json").stdout)["drills"]
    assert len(drills) == 15
    assert all(each["event"] and each["control"].startswith("4.") for each in drills)


def test_what_cannot_be_done_is_said_before_aws_is_called(command: Command, tmp_path: Path) -> None:
    command.account.controls.forget_calls()
    with pytest.raises(UsageError, match=r"9\.9"):
        command("9.9")
    with pytest.raises(UsageError, match="one drawing"):
        command("--format", "svg", "--out", "-")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        command("--format", "svg", "--out", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="nothing else"):
        command("4.7", "--confirm-live", "x")
    assert command.account.controls.calls() == {}
