"""The page for an organization names commands, options, files and columns that exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.findings import Finding, Severity, Status
from tests.aws.account import Account
from tests.examples.test_organization import HERE, ROOT, shellcheck

PAGE = (HERE / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

# Stand-ins which hold what they are given against the real command, and do nothing.
PARSED = f"""#!{sys.executable}
import sys
from importlib import import_module
from pathlib import Path

which, name, *given = Path(sys.argv[0]).name, *sys.argv[1:]
if which == "auditor":
    from auditor.cli import auditor
    command = auditor.get_command(None, name)
else:
    command = import_module(f"distributed.cli.dask_{{name}}").main
command.make_context(name, given)
with open("parsed", "a") as log:
    print(which, name, *given, file=log)
if (which, name) == ("auditor", "policy"):
    command.main(given, standalone_mode=False)
"""
CHECKED = """#!/bin/sh
echo aws "$@" >> parsed
for given in "$@"; do test "$given" != get-login-password || exit 0; done
exec "$REAL_AWS" "$@" --generate-cli-skeleton output > /dev/null
"""


def test_the_commands_are_those_of_the_tools(tmp_path: Path, quick: Path, aws_account: Account) -> None:
    for path in HERE.iterdir():
        shutil.copy(path, tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, content in {
        "auditor": PARSED,
        "dask": PARSED,
        "aws": CHECKED,
        "docker": "#!/bin/sh\n",
        "pip": "#!/bin/sh\n",
    }.items():
        (tools / name).write_text(content)
        (tools / name).chmod(0o755)
    environment = aws_account.environment(tmp_path)
    environment["REAL_AWS"] = shutil.which("aws", path=f"{quick}{os.pathsep}{environment['PATH']}") or ""
    environment["PATH"] = f"{tools}{os.pathsep}{environment['PATH']}"
    script = "set -eu\n" + "\n".join(BLOCKS) + "\nwait\n"
    shellcheck(script, "bash")
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    called = [line.split()[:2] for line in (tmp_path / "parsed").read_text().splitlines()]
    # None was passed over.
    for tool in ("auditor", "dask", "aws"):
        written = len(re.findall(rf"^(?:{tool}) \w+", "\n".join(BLOCKS), re.MULTILINE))
        assert sum(name == tool for name, *_ in called) == written > 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE))))
def test_the_files_are_there(target: str) -> None:
    assert (HERE / target).exists()


def test_every_example_is_told() -> None:
    told = set(re.findall(r"^\| \[([\w.-]+)\]", PAGE, re.MULTILINE))
    assert told == {path.name for path in HERE.iterdir()} - {"README.md"}
    assert "`organization/`" in (ROOT / "examples" / "README.md").read_text()


def test_the_queries_ask_for_columns_that_findings_have() -> None:
    query, table = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    columns = set(re.findall(r"(\w+) string", table))
    assert {"check_id", "account_id", "status", "severity", "waiver"} <= columns <= Finding.model_fields.keys()
    for name in ("check_id", "account_id", "status", "severity", "reason", "waiver"):
        assert name in query
    assert set(re.findall(r"'([A-Z]+)'", query)) <= set(Status)
    assert set(re.findall(r"'([a-z]+)'", query)) <= set(Severity)
