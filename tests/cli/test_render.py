"""`auditor render`: any format from a stored report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from auditor.cli.render import render
from auditor.errors import ConfigurationError
from auditor.render import formats

STORED = Path(__file__).parent.parent / "render" / "data" / "report-1.0.json"


def test_an_old_report_becomes_every_format(tmp_path: Path) -> None:
    names = ",".join(formats())
    result = CliRunner().invoke(render, [str(STORED), "-f", names, "--out", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "Score" in result.output
    assert len(list(tmp_path.iterdir())) == len(formats())
    again = json.loads((tmp_path / "report.json").read_bytes())
    assert len(again["findings"]) == len(json.loads(STORED.read_bytes())["findings"])


def test_from_stdin_to_stdout() -> None:
    result = CliRunner().invoke(render, ["-", "-f", "csv", "--out", "-"], input=STORED.read_bytes())
    assert b"check" in result.stdout_bytes.splitlines()[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ("[]", "it has no schema_version"),
        ('{"schema_version": "9.0"}', "this auditor reads 1.0"),
        ('{"schema_version": "1.0", "run": 1}', "is wrong at run"),
        ('{"schema_version": NaN}', "NaN is no number"),
        ('{"schema_version": "1.0", "run": 1e999}', "1e999 is no number"),
        ('{"Records": []}', "it has no schema_version"),
        ("<html>", "is no JSON"),
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=said):
        CliRunner().invoke(render, [str(path)], catch_exceptions=False)


def test_a_report_with_one_wrong_value_names_its_place(tmp_path: Path) -> None:
    content = json.loads(STORED.read_bytes())
    content["findings"][0]["status"] = "MAYBE"
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match=r"is wrong at findings\.0\.status") as caught:
        CliRunner().invoke(render, [str(path)], catch_exceptions=False)
    assert "\n" not in str(caught.value)


def test_newer_fields_are_all_that_json_adds() -> None:
    result = CliRunner().invoke(render, [str(STORED), "-f", "json", "--out", "-"], catch_exceptions=False)
    before, after = json.loads(STORED.read_bytes()), json.loads(result.stdout_bytes)
    assert holds(after, before)
    assert not holds(before, after)


def holds(whole: Any, part: Any) -> bool:
    """Whether all of the part is in the whole, which may have more fields."""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


def test_a_file_that_is_not_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auditor.cli", "render", "nowhere.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nowhere.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_loads_nothing_of_aws(tmp_path: Path) -> None:
    light = ",".join(name for name in formats() if name not in {"html", "pdf"})
    asked = ["render", str(STORED), "-f", light, "--out", str(tmp_path), "-q"]
    code = (
        "import sys; from auditor.cli import auditor\n"
        f"auditor({asked!r}, standalone_mode=False)\n"
        "sys.stderr.write(str([m for m in ('boto3', 'botocore', 'weasyprint') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]"
    assert json.loads((tmp_path / "report.json").read_bytes())["schema_version"] == "1.0"
