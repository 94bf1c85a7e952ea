"""`auditor render`: any format from a stored report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_report(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=said):
        CliRunner().invoke(render, [str(path)], catch_exceptions=False)


def test_a_file_that_is_not_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auditor.cli", "render", "nowhere.json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nowhere.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_loads_nothing_of_aws() -> None:
    code = (
        "import sys; from auditor.cli import auditor\n"
        f"auditor(['render', {str(STORED)!r}, '-f', 'json', '--out', '-'], standalone_mode=False)\n"
        "sys.stderr.write(str([m for m in ('boto3', 'botocore', 'weasyprint') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]"
    assert json.loads(done.stdout)["schema_version"] == "1.0"
