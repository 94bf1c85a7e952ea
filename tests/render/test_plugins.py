"""Formats of third parties, and what is said of broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import ConfigurationError, UsageError
from auditor.render import formats, render, renderer, write

from .build import small

WORKING = """
class Format:
    name = "{name}"
    file_name = "{file_name}"
    binary = False

    def render(self, report):
        {body}
"""


class Site:
    """A folder that packages are installed into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self, name: str, code: str | None = None, *, package: str = "acme-formats", target: str | None = None
    ) -> None:
        module = package.replace("-", "_")
        if code is not None:
            (self.folder / f"{module}.py").write_text(code, encoding="utf-8")
        about = self.folder / f"{module}-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n", encoding="utf-8")
        points = f"[auditor.formats]\n{name} = {target or f'{module}:Format'}\n"
        (about / "entry_points.txt").write_text(points, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.syspath_prepend(tmp_path)
    return Site(tmp_path)


def code(name: str, body: str = "return b'hello'", file_name: str = "report.txt") -> str:
    return WORKING.format(name=name, body=body, file_name=file_name)


def test_a_third_party_s_format_is_found(site: Site, tmp_path: Path) -> None:
    site.install("acme1", code("acme1"), package="acme-one")
    assert "acme1" in formats()
    assert formats()[:3] == ("html", "pdf", "json")
    (path,) = write(small(), ["acme1"], tmp_path / "out")
    assert (path.name, path.read_bytes()) == ("report.txt", b"hello")


@pytest.mark.parametrize(
    ("package", "given", "said"),
    [
        ("bad-module", {"target": "nowhere:Format"}, "No module named 'nowhere'"),
        ("bad-code", {"code": "raise OSError('no\\nluck')"}, "OSError: no luck"),
        ("bad-class", {"code": "class Format: pass"}, "no format with the name acme"),
        ("bad-name", {"code": code("other")}, "no format with the name acme"),
        ("bad-file", {"code": code("acme", file_name="../report.html")}, "'../report.html' is no plain file name"),
    ],
)
def test_a_broken_one_is_told_by_name(site: Site, package: str, given: dict[str, str], said: str) -> None:
    site.install("acme", package=package, **given)
    with pytest.raises(ConfigurationError, match=f"'acme' of {package} does not work") as caught:
        renderer("acme")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert renderer("json").name == "json"


@pytest.mark.parametrize(
    ("package", "body", "said"),
    [("bad-render", "return 1 / 0", "ZeroDivisionError"), ("bad-bytes", "return 'text'", "render gave str, not bytes")],
)
def test_one_that_breaks_while_it_renders(site: Site, package: str, body: str, said: str) -> None:
    site.install("acme", code("acme", body), package=package)
    with pytest.raises(ConfigurationError, match=said):
        render(renderer("acme"), small())


def test_two_of_one_name(site: Site) -> None:
    site.install("sarif", code("sarif"), package="acme-two")
    with pytest.raises(ConfigurationError, match="registered more than once, by acme-two, trail-auditor"):
        renderer("sarif")


def test_two_that_write_one_file(site: Site, tmp_path: Path) -> None:
    site.install("acme3", code("acme3", file_name="report.json"), package="acme-three")
    with pytest.raises(ConfigurationError, match=r"'json' and 'acme3' both write report\.json"):
        write(small(), ["json", "acme3"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_near_miss_is_helped() -> None:
    with pytest.raises(UsageError, match=r"Did you mean sarif\?"):
        renderer("sariff")
