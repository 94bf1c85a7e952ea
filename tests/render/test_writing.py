from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from auditor.errors import OutputError, UsageError
from auditor.render import formats, renderer, write
from auditor.report import Report

from .build import finding, small


@pytest.fixture
def report() -> Report:
    return small(finding("trail.logging"))


def test_formats() -> None:
    assert formats() == ("html", "pdf", "json", "asff", "csv", "junit", "markdown", "ocsf", "oscal", "sarif")
    found = [renderer(name) for name in formats()]
    assert [each.name for each in found] == list(formats())
    assert [each.file_name for each in found[:3]] == ["report.html", "report.pdf", "report.json"]
    assert len({each.file_name for each in found}) == len(found)
    assert [each.name for each in found if each.binary] == ["pdf"]


def test_an_unknown_format_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no format 'xml'.*html, pdf, json"):
        renderer("xml")


def test_heavy_packages_wait_until_they_are_needed() -> None:
    code = (
        "import sys, auditor.render as r; assert not {'jinja2', 'weasyprint', 'rich'} & set(sys.modules);"
        "[r.renderer(name) for name in r.formats() if name not in ('html', 'pdf')];"
        "assert not {'jinja2', 'weasyprint', 'boto3'} & set(sys.modules);"
        "r.renderer('html'); assert 'weasyprint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_writes_into_a_folder_that_it_makes(report: Report, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    paths = write(report, ["json", "html", "json"], out)
    assert paths == (out / "report.json", out / "report.html")
    assert sorted(out.iterdir()) == sorted(paths)
    assert paths[0].read_bytes() == renderer("json").render(report)


def test_a_file_is_replaced_whole(report: Report, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("old", encoding="utf-8")
    write(report, ["json"], tmp_path)
    assert (tmp_path / "report.json").read_bytes() == renderer("json").render(report)


def test_an_unknown_format_writes_nothing(report: Report, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write(report, ["json", "xml"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_place_of_the_folder(report: Report, tmp_path: Path, below: str) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="file, not a folder") as caught:
        write(report, ["json"], tmp_path / "out" / below)
    assert "\n" not in str(caught.value)


def test_a_folder_in_the_place_of_the_file(report: Report, tmp_path: Path) -> None:
    (tmp_path / "report.json" / "x").mkdir(parents=True)
    with pytest.raises(OutputError, match="folder of that name"):
        write(report, ["json"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EACCES, "may not write there"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_cannot_be_written_leaves_the_old_file(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    (tmp_path / "report.json").write_text("old", encoding="utf-8")

    def fail(self: Path, target: Path) -> NoReturn:
        raise OSError(code, "Input/output error", str(self), str(target))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match=said) as caught:
        write(report, ["json"], tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "report.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == "old"
