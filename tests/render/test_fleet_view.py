"""Which overview comes in which form, and what the forms for programs hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from auditor.errors import UsageError
from auditor.findings import LinkName, Verdict
from auditor.overview import Break, Overview, fleet_schema
from auditor.render.fleet import OVERVIEW_FORMATS, render_overview
from auditor.render.fleet.view import arrange, link_to

from .fleet import DENIED, declared, fleet, hostile, overview, row, unread
from .validity import inert, table

PASSING = dict.fromkeys((each.check_id for each in declared()), Verdict.PASS)


def test_the_lowest_score_comes_first_and_what_was_not_read_last() -> None:
    view = arrange(fleet(60))
    read = [account.row for account in view.accounts if not account.row.unread]
    assert [each.score for each in read] == sorted(each.score for each in read)
    assert view.read == len(read) == 59
    assert all(account.row.unread for account in view.accounts[view.read :])
    assert sum(view.worst.values()) == sum(view.spread) == view.read


def test_what_fails_in_most_accounts_comes_first() -> None:
    view = arrange(fleet(60))
    fails = [column.row.accounts[Verdict.FAIL] for column in view.controls]
    assert fails == sorted(fails, reverse=True)
    assert sorted(column.place for column in view.controls) == list(range(39))
    assert [column.place for column in view.columns] == list(range(39))


def test_a_cell_is_a_sign_and_a_broken_chain_the_place_of_its_link() -> None:
    broken = Break(check_id="alarm.root_usage", link=LinkName.TOPIC, reason="It is closed.", resource="t")
    verdicts = {**PASSING, "trail.logging": Verdict.UNKNOWN, "alarm.root_usage": Verdict.FAIL}
    del verdicts["trail.insights"]
    (account,) = arrange(overview((row("111122223333", verdicts, (broken,)), (broken,)))).accounts
    assert account.areas[0] == (
        (Verdict.PASS, "p"), (Verdict.UNKNOWN, "u"), (Verdict.PASS, "ppppppp"), (None, "."),
    )  # fmt: skip
    assert account.areas[3] == ((Verdict.PASS, "pp"), (Verdict.FAIL, "6"), (Verdict.PASS, "p" * 12))
    assert account.told == ((Verdict.FAIL, (("4.3", LinkName.TOPIC),)), (Verdict.UNKNOWN, (("3.1", None),)))


def test_accounts_that_were_not_read_stand_together_by_the_reason() -> None:
    rows = [unread(f"{at:012d}", DENIED if at % 3 else f"Reason {at}.") for at in range(6)]
    view = arrange(overview(*((each, ()) for each in rows)))
    assert [(why, len(members)) for why, members in view.unread] == [(DENIED, 4), ("Reason 0.", 1), ("Reason 3.", 1)]
    assert (view.read, view.overview.unread, view.overview.score) == (0, 6, 100)


def test_reasons_that_differ_in_the_accounts_own_id_are_one() -> None:
    ids = [f"{at:012d}" for at in range(3)]
    view = arrange(overview(*((unread(one, f"The role arn:aws:iam::{one}:role/r is not there."), ()) for one in ids)))
    ((why, members),) = view.unread
    assert why == "The role arn:aws:iam::ACCOUNT:role/r is not there."
    assert [account.row.account_id for account in members] == ids


def test_where_chains_break_sums_up_all_chains() -> None:
    made = fleet(60)
    view = arrange(made)
    counted = {(row.column.row.check_id, link): n for row in view.breaking for link, n in row.accounts.items() if n}
    assert counted == {(chain.check_id, chain.link): chain.accounts for chain in made.chains}
    assert {shade for row in view.breaking for shade in row.shades.values()} <= {0, 1, 2, 3, 4}
    assert max(shade for row in view.breaking for shade in row.shades.values()) == 4


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("", ""),
        ("a/b/report.html", "./a/b/report.html"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//evil.example/x", ".///evil.example/x"),
        ("\\\\evil.example\\x", "./%5C%5Cevil.example%5Cx"),
        ('a"?b#c d', "./a%22%3Fb%23c%20d"),
        ("\ud83d", "./%3F"),
    ],
)
def test_a_link_to_a_report_leads_to_a_file_beside_the_overview(path: str, link: str) -> None:
    assert link_to(path) == link


def test_the_json_is_the_overview() -> None:
    made = fleet(20)
    content = render_overview("json", made)
    jsonschema.Draft202012Validator(fleet_schema()).validate(json.loads(content))
    assert Overview.model_validate_json(content) == made


def test_the_csv_has_a_row_for_each_account_and_a_column_for_each_check() -> None:
    made = fleet(60)
    rows = table(render_overview("csv", made))
    assert [each["account"] for each in rows] == [each.account_id for each in made.accounts]
    for line, each in zip(rows, made.accounts, strict=True):
        assert {control.check_id: line[control.check_id] for control in made.controls} == {
            control.check_id: each.verdicts.get(control.check_id, "") for control in made.controls
        }
        assert (line["name"], line["unit"], line["unread"]) == (each.name, each.unit, each.unread)
        assert line["score"] == ("" if each.unread else str(each.score))
        assert line["findings_fail"] == str(each.findings[Verdict.FAIL])


def test_no_cell_of_the_csv_is_a_formula_and_nothing_in_it_is_hidden() -> None:
    content = render_overview("csv", hostile())
    assert inert(content)
    (line,) = [each for each in table(content) if each["account"] == "000000000005"]
    assert (line["name"], line["unit"], line["report"]) == ("'=cmd()", "'=cmd()", "'=cmd()")


@pytest.mark.parametrize("name", OVERVIEW_FORMATS)
@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_account(name: str, count: int) -> None:
    assert render_overview(name, fleet(count))


@pytest.mark.parametrize("name", OVERVIEW_FORMATS)
def test_the_same_overview_gives_the_same_bytes(name: str) -> None:
    code = (
        "import sys\nfrom auditor.render.fleet import render_overview\nfrom tests.render.fleet import fleet\n"
        "sys.stdout.buffer.write(render_overview(sys.argv[1], fleet(4)))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code, name],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "HOME": "/tmp", "PATH": "/usr/bin:/bin"},  # noqa: S108
    )
    assert elsewhere.stdout == render_overview(name, fleet(4))


def test_a_format_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="'docx'") as caught:
        render_overview("docx", fleet(0))
    assert "html, pdf, json, csv" in caught.value.advice


def test_heavy_modules_wait_until_they_are_needed() -> None:
    code = "import sys, auditor.render.fleet as f; print('jinja2' in sys.modules, 'weasyprint' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.split() == ["False", "False"]
