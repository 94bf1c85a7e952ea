"""The README's table of checks is what is installed; `python -m tests.cli.test_readme` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.benchmark import load
from auditor.registry import load_checks
from auditor.render import DEFAULT, formats, renderer

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(<!-- checks -->\n).*?(<!-- /checks -->)", re.DOTALL)


def table() -> str:
    benchmark = load()
    rows = [f"| check | {benchmark.version} | severity | it passes when |", "|---|---|---|---|"]
    for check in load_checks()[0]:
        number = benchmark.number(check.id) or ""
        rows.append(f"| `{check.id}` | {number} | {check.severity.value} | {check.title} |")
    return "\n".join(rows) + "\n"


def test_the_table_of_checks_is_up_to_date() -> None:
    found = BLOCK.search(README.read_text(encoding="utf-8"))
    assert found is not None
    assert found.group() == f"<!-- checks -->\n{table()}<!-- /checks -->"


def test_the_table_of_formats_is_up_to_date() -> None:
    listed = re.findall(r"^\| `(\w+)` \| `(report\.[\w.]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed[:3] == [(name, renderer(name).file_name) for name in DEFAULT]
    assert sorted(listed) == sorted((name, renderer(name).file_name) for name in formats())


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda found: found[1] + table() + found[2], text), encoding="utf-8")
