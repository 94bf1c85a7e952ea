"""`auditor remediate`: from a stored report to a file."""

from __future__ import annotations

import json
from pathlib import Path

import hcl2
import pytest

from tests.cli.run import auditor
from tests.render.build import report


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report().model_dump(mode="json")))
    return path


def test_a_script_goes_to_stdout(stored: Path) -> None:
    done = auditor("remediate", str(stored))
    assert (done.code, done.out.splitlines()[0]) == (0, "#!/bin/sh")


@pytest.mark.parametrize(("form", "load"), [("cloudformation", json.loads), ("terraform", hcl2.loads)])
def test_a_template_goes_to_a_file(stored: Path, tmp_path: Path, form: str, load: object) -> None:
    path = tmp_path / "mend"
    done = auditor("remediate", str(stored), "--as", form, "--out", str(path))
    assert (done.code, done.out) == (0, "")
    assert "Besides, run the commands that mend" in done.err
    assert all(line.isprintable() and len(line) < 400 for line in done.err.splitlines())
    assert callable(load)
    load(path.read_text())


def test_an_unknown_check_is_a_usage_error(stored: Path) -> None:
    done = auditor("remediate", str(stored), "--check", "alarm.nothing")
    assert done.code == 2
    assert "has no finding of a check alarm.nothing" in done.err


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("{}")
    assert auditor("remediate", str(path)).code == 2
