"""The script mends an account in one go, changes nothing when it is run again, and undoes itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from auditor.artefact.plan import planned
from auditor.artefact.script import as_script
from auditor.errors import UsageError
from auditor.findings import Finding, Status
from auditor.remediation import Remediation, Step, Target
from auditor.report import Report
from tests.artefact.conftest import plan_of, report_of
from tests.aws.account import Account
from tests.remedy.closed_loop import Loop, differing, settings
from tests.remedy.test_hostile_names import HOSTILE, RECORDER
from tests.render.build import report as built

SEVERAL = "one\ntwo"
TOOLS = Path(sys.executable).parent


def open_findings(report: Report) -> dict[str, Status]:
    return {one.check_id: one.status for one in report.findings if one.status in {Status.FAIL, Status.UNKNOWN}}


def test_an_account_with_a_bare_trail_becomes_sound(bare: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(bare, tmp_path, quick)
    before = report_of(loop)
    script = as_script(planned(before))
    loop.script(script)
    mended = loop.read()
    # A log group that was not there could not be judged, and is made with the key of CloudWatch Logs.
    assert open_findings(report_of(loop)) == {"cloudwatch.encryption": Status.FAIL}
    loop.script(script)
    assert not list(differing(settings(mended), settings(loop.read())))
    loop.script(as_script(plan_of(loop)))
    assert open_findings(report_of(loop)) == {}
    loop.script(script, "--rollback")
    after = report_of(loop)
    assert open_findings(after) == open_findings(before)


def test_an_empty_account_becomes_sound(aws_account: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(aws_account, tmp_path, quick)
    assert open_findings(report_of(loop))
    for _ in ("make the trail and all chains", "harden what is new"):
        loop.script(as_script(plan_of(loop)))
    assert open_findings(report_of(loop)) == {}


def test_only_what_is_asked_for_is_mended(bare: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(bare, tmp_path, quick)
    before = open_findings(report_of(loop))
    loop.script(as_script(plan_of(loop, "bucket.*")))
    left = open_findings(report_of(loop))
    assert left == {check: status for check, status in before.items() if not check.startswith("bucket.")}


def test_a_check_that_the_report_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no finding of a check bucket\.nothing"):
        planned(built(), ["bucket.nothing"])


def test_waived_failures_are_left_alone_unless_they_are_named() -> None:
    report = built()
    waived = next(one for one in report.findings if one.waiver and one.status is Status.FAIL)
    assert waived not in planned(report).findings
    assert waived in planned(report, [waived.check_id]).findings


def test_another_account_is_refused(bare: Account, tmp_path: Path, quick: Path) -> None:
    loop = Loop(bare, tmp_path, quick)
    report = report_of(loop)
    elsewhere = report.model_copy(update={"run": report.run.model_copy(update={"account_id": "999988887777"})})
    with pytest.raises(AssertionError, match="this script is for 999988887777"):
        loop.script(as_script(planned(elsewhere)))
    assert open_findings(report_of(loop)) == open_findings(report)


def test_shellcheck_finds_nothing(bare: Account, tmp_path: Path, quick: Path) -> None:
    path = tmp_path / "mend.sh"
    path.write_text(as_script(plan_of(Loop(bare, tmp_path, quick))))
    done = subprocess.run([TOOLS / "shellcheck", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", [*HOSTILE, SEVERAL, "# x\n`touch pwned`", "%s %n \\033[0m"])
def test_what_a_finding_says_is_never_run(name: str, tmp_path: Path) -> None:
    step = Step(
        does=name,
        target=Target.ALARM,
        commands=("true",),
        rollback=("true",),
        cost=name,
    )
    report = built()
    findings: list[Finding] = [
        report.findings[0].model_copy(
            update={"status": Status.FAIL, "waiver": None, "check_id": name, "remediation": remedy}
        )
        for remedy in (Remediation.of(name, step), Remediation(summary=name))
    ]
    script = as_script(planned(report.model_copy(update={"findings": tuple(findings)})))
    tools, work = tmp_path / "bin", tmp_path / "work"
    for folder in (tools, work):
        folder.mkdir()
    (tools / "aws").write_text(RECORDER.replace("'{}'", report.run.account_id))
    (tools / "aws").chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "RECORD": str(tmp_path / "record")}
    for option in ([], ["--rollback"]):
        done = subprocess.run(
            ["sh", "-c", script, "mend.sh", *option],
            env=environment,
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert list(work.iterdir()) == []
