"""What changed from one report to another."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.changes import Kind
from auditor.errors import UsageError
from auditor.findings import Finding, Status, Verdict, Waiver, verdict
from auditor.history import changes, since
from auditor.redaction import redacted
from auditor.render import renderer
from auditor.report import Report, summarise
from tests.cli.run import auditor
from tests.render.build import report as built

WAIVER = Waiver(check="*", reason="known", owner="kim", expires=date(2030, 1, 1))
BASE = built()
PLAIN = next(one for one in BASE.findings if one.status is Status.PASS)


def finding(name: str, status: Status, *, waived: bool = False, reason: str = "So it is.") -> Finding:
    return PLAIN.model_copy(
        update={"id": name, "status": status, "waiver": WAIVER if waived else None, "reason": reason}
    )


def report(*findings: Finding, later: bool = False, **run: object) -> Report:
    moved = {"started_at": BASE.run.started_at + timedelta(days=later), **run}
    told = BASE.run.model_copy(update=moved)
    return BASE.model_copy(update={"run": told, "findings": findings, "summary": summarise(findings)})


STATUSES = st.sampled_from(list(Status))
REPORTS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(STATUSES, st.booleans(), st.sampled_from(["x.", "y."])))


def of(told: dict[str, tuple[Status, bool, str]], *, later: bool = False) -> Report:
    found = (finding(name, status, waived=waived, reason=why) for name, (status, waived, why) in told.items())
    return report(*found, later=later)


@given(REPORTS)
def test_nothing_changes_from_a_report_to_itself(told: dict[str, tuple[Status, bool, str]]) -> None:
    found = changes(of(told), of(told, later=True))
    assert found.items == ()
    assert found.still == sum(verdict(one) is Verdict.FAIL for one in of(told).findings)


@given(REPORTS, REPORTS)
def test_each_finding_is_told_once_and_as_the_reports_have_it(
    one: dict[str, tuple[Status, bool, str]], other: dict[str, tuple[Status, bool, str]]
) -> None:
    earlier, now = of(one), of(other, later=True)
    found = changes(earlier, now)
    before = {each.id: verdict(each) for each in earlier.findings}
    after = {each.id: verdict(each) for each in now.findings}
    told = {change.finding: change for change in found.items}
    assert len(told) == len(found.items)
    for name in before.keys() | after.keys():
        if name in told:
            assert (told[name].before, told[name].after) == (before.get(name), after.get(name))
        else:
            assert before[name] is after[name]
    new = {name for name, now in after.items() if now is Verdict.FAIL and before.get(name) is not Verdict.FAIL}
    assert new == {name for name, change in told.items() if change.kind in {Kind.FAILS, Kind.UNWAIVED}}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (finding("a", Status.PASS), finding("a", Status.FAIL), Kind.FAILS),
        (None, finding("a", Status.FAIL), Kind.FAILS),
        (finding("a", Status.FAIL, waived=True), finding("a", Status.FAIL), Kind.UNWAIVED),
        (finding("a", Status.FAIL), finding("a", Status.FAIL, waived=True), Kind.WAIVED),
        (finding("a", Status.FAIL), finding("a", Status.FAIL, reason="Something else."), Kind.MOVED),
        (finding("a", Status.FAIL), finding("a", Status.PASS), Kind.MENDED),
        (finding("a", Status.FAIL), finding("a", Status.UNKNOWN), Kind.UNKNOWN),
        (finding("a", Status.FAIL), None, Kind.GONE),
        (finding("a", Status.PASS), finding("a", Status.NOT_APPLICABLE), Kind.OTHER),
    ],
)
def test_what_became_of_a_finding(before: Finding | None, after: Finding | None, kind: Kind) -> None:
    checks = (PLAIN.check_id,)
    earlier = report(*filter(None, [before]), checks=checks)
    now = report(*filter(None, [after]), checks=checks, later=True)
    (change,) = changes(earlier, now).items
    assert change.kind is kind


def test_a_check_that_did_not_run_is_not_gone() -> None:
    (change,) = changes(report(finding("a", Status.FAIL)), report(later=True, checks=())).items
    assert change.kind is Kind.UNCHECKED


def test_reports_of_two_accounts_or_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(UsageError, match="two accounts"):
        changes(report(), report(account_id="999988887777"))
    with pytest.raises(UsageError, match="is later than"):
        changes(report(later=True), report())


@pytest.fixture
def stored(tmp_path: Path) -> tuple[str, str]:
    earlier = report(finding("a", Status.PASS), finding("b", Status.FAIL), finding("c", Status.FAIL))
    now = report(
        finding("a", Status.FAIL, reason="It broke."), finding("b", Status.PASS), finding("c", Status.FAIL), later=True
    )
    paths = (tmp_path / "old.json", tmp_path / "new.json")
    for path, one in zip(paths, (earlier, now), strict=True):
        path.write_text(json.dumps(one.model_dump(mode="json")))
    return str(paths[0]), str(paths[1])


def test_the_command_tells_what_became_worse(stored: tuple[str, str]) -> None:
    worse = auditor("diff", *stored)
    assert worse.code == 1
    assert "Fails now" in worse.out
    assert "Mended" in worse.out
    assert "1 failure as before" in worse.out
    told = json.loads(auditor("diff", *stored, "--json").out)
    assert [one["kind"] for one in told["items"]] == ["fails", "mended"]
    assert auditor("diff", stored[0], stored[0]).code == 0


def test_every_report_tells_what_changed(stored: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--format", "html,json,markdown", "--out", str(out))
    done = auditor("render", stored[1], "--since", stored[0], *asked)
    assert done.code == 0, done.err
    assert "Since the last run" in (out / "report.html").read_text()
    assert "- Fails now: 1" in (out / "report.md").read_text()
    again = Report.model_validate_json((out / "report.json").read_text())
    assert again.changes is not None
    assert [one.kind for one in again.changes.items] == [Kind.FAILS, Kind.MENDED]


def test_a_redacted_report_tells_changes_of_its_own_findings() -> None:
    earlier = BASE.model_copy(
        update={
            "findings": tuple(one.model_copy(update={"status": Status.PASS, "waiver": None}) for one in BASE.findings)
        }
    )
    hidden = redacted(since(earlier, BASE))
    assert hidden.changes is not None
    ids = {one.id for one in hidden.findings}
    assert hidden.changes.items
    assert {one.finding for one in hidden.changes.items} <= ids
    assert BASE.run.account_id not in json.dumps(hidden.changes.model_dump(mode="json"))


def test_changes_of_any_name_are_valid_and_inert_in_every_format() -> None:
    earlier = BASE.model_copy(update={"findings": BASE.findings[::2]})
    html = renderer("html").render(since(earlier, BASE)).decode()
    assert "<script>alert" not in html
    few = since(earlier, BASE).model_copy(update={"findings": ()})
    assert renderer("pdf").render(few).startswith(b"%PDF")
