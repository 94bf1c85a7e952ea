"""The command's own ways: where it writes to, in which form, and what it says of what does not serve."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from auditor.collect import Connection
from auditor.storage import storage_at
from tests.cli.run import Done, auditor
from tests.fleet.fleet import EXTERNAL_ID, Fleet, timeless


def chosen(fleet: Fleet, home: Path, count: int = 2) -> list[str]:
    """The words of a scan of a few members."""
    accounts = home / "accounts.txt"
    accounts.write_text("\n".join(fleet.organization.members[1 : 1 + count]))
    return ["scan", "--accounts", str(accounts), "--role-name", "trail-auditor", "--external-id", EXTERNAL_ID]


def run(fleet: Fleet, home: Path, *words: str) -> Done:
    return auditor(*words, environment=fleet.environment(home))


def test_a_run_into_a_bucket_is_the_run_into_a_folder_and_is_resumed_there(fleet: Fleet, tmp_path: Path) -> None:
    words = [*chosen(fleet, tmp_path), "-f", "json"]
    folder = tmp_path / "out"
    assert run(fleet, tmp_path, *words, "--out", str(folder)).code == 0
    manager = fleet.account.other(fleet.organization.management)
    manager.client("s3").create_bucket(Bucket="acme-audits")
    place = "s3://acme-audits/2026/11"
    done = run(fleet, tmp_path, *words, "--out", place)
    assert done.code == 0, done.err
    assert f"Wrote {place}/fleet.html" in done.out
    bucket = storage_at(place, Connection(manager.session(), "us-east-1", manager.endpoint_url))
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(bucket.names("")) == names
    member = fleet.organization.members[1]
    here, there = (folder / f"findings/{member}.jsonl").read_bytes(), bucket.read(f"findings/{member}.jsonl")
    assert there is not None
    assert [timeless(json.loads(line)) for line in there.splitlines()] == [
        timeless(json.loads(line)) for line in here.splitlines()
    ]
    fleet.account.controls.forget_calls()
    assert run(fleet, tmp_path, "scan", "--resume", place).code == 0
    assert not fleet.account.controls.calls(member)


def test_findings_as_a_data_set_of_parquet(fleet: Fleet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(fleet, tmp_path, *chosen(fleet, tmp_path), "-f", "json,html", "--findings", "parquet", "--out", str(out))
    assert done.code == 0, done.err
    table = pq.read_table(out / "findings").to_pylist()
    stored = {
        finding["id"]: finding
        for account in fleet.organization.members[1:3]
        for finding in json.loads((out / f"accounts/{account}/report.json").read_text())["findings"]
    }
    assert {row["id"] for row in table} == set(stored)
    for row in table:
        finding = stored[row["id"]]
        assert str(row["account"]) == finding["account_id"]
        assert (row["status"], row["reason"]) == (finding["status"], finding["reason"])
        assert json.loads(row["controls"]) == finding["controls"]
        assert json.loads(row["chain"]) == finding["chain"]
        assert row["witness"] is None


def test_a_bundle_for_each_account(fleet: Fleet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [*chosen(fleet, tmp_path, 1), "--check", "trail.logging", "-f", "bundle", "--out", str(out)]
    assert run(fleet, tmp_path, *words).code == 0
    evidence = str(out / f"accounts/{fleet.organization.members[1]}/evidence.zip")
    assert run(fleet, tmp_path, "verify", evidence).code == 0


def test_own_templates_reach_every_account(fleet: Fleet, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "html"
    own.mkdir(parents=True)
    (own / "page.html").write_text("<p>Acme: {{ view.report.run.account_id }}</p>")
    out = tmp_path / "out"
    words = [*chosen(fleet, tmp_path), "-f", "html", "--templates", str(own.parent), "--out", str(out)]
    assert run(fleet, tmp_path, *words).code == 0
    for account in fleet.organization.members[1:3]:
        assert (out / f"accounts/{account}/report.html").read_text() == f"<p>Acme: {account}</p>"


def test_waivers_hold_in_every_account(fleet: Fleet, tmp_path: Path) -> None:
    first, second = fleet.organization.members[1:3]
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(
        f'[[waiver]]\ncheck = "*"\naccount = "{first}"\nreason = "new"\nowner = "soc"\nexpires = 2999-01-01\n'
    )
    fleet.account.controls.fail("sts:AssumeRole", match=first)
    out = tmp_path / "out"
    words = [*chosen(fleet, tmp_path), "-f", "json", "--waivers", str(waivers), "--out", str(out)]
    assert run(fleet, tmp_path, *words).code == 0
    worst = {
        row["account_id"]: set(row["verdicts"].values())
        for row in json.loads((out / "fleet.json").read_text())["accounts"]
    }
    assert worst == {first: {"waived"}, second: {"pass"}}


def test_a_run_does_not_write_over_another(fleet: Fleet, tmp_path: Path) -> None:
    words = [*chosen(fleet, tmp_path, 1), "-f", "json", "--out", str(tmp_path / "out")]
    assert run(fleet, tmp_path, *words).code == 0
    done = run(fleet, tmp_path, *words)
    assert done.code == 2
    assert f"--resume {tmp_path / 'out'}" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--accounts", "FILE"], "Name it with --role-name"),
        (["--accounts", "none.txt", "--role-name", "r"], "none.txt cannot be read"),
        (["--accounts", "FILE", "--organization", "--role-name", "r"], "Leave out --organization"),
        (["--accounts", "FILE", "--role-name", "r", "--since", "FILE"], "are for one account"),
        (["--accounts", "FILE", "--role-name", "r", "--redact"], "are for one account"),
        (["--accounts", "FILE", "--role-name", "r", "--out", "-"], "makes many files"),
        (["--accounts", "FILE", "--role-name", "r", "-f", "xml"], "no format 'xml'"),
        (["--accounts", "FILE", "--role-name", "r", "--scheduler", "tcp://127.0.0.1:1"], "Add --engine dask"),
        (["--accounts", "FILE", "--role-name", "r", "--check", "trail.log_integrity"], "None of these checks"),
        (["--ou", "ou-none-none", "--role-name", "r"], "no such organizational unit"),
        (["--ou", "none", "--role-name", "r"], "no organizational unit 'none'"),
        (["--resume", "nowhere"], "holds no run over many accounts"),
    ],
)
def test_what_does_not_serve_is_told_before_anything_is_read(
    fleet: Fleet, tmp_path: Path, words: list[str], said: str
) -> None:
    chosen(fleet, tmp_path)
    given = [str(tmp_path / "accounts.txt") if word == "FILE" else word for word in words]
    out = [] if "--out" in words else ["--out", str(tmp_path / "out")]
    done = run(fleet, tmp_path, "scan", *given, *out)
    assert done.code == 2
    (line,) = done.err.strip().splitlines()
    assert said in line
    assert "sts:AssumeRole" not in fleet.account.controls.calls()
    assert not (tmp_path / "out" / "run.json").exists(), "nothing is in the way of the next try"


def test_an_ordinary_member_may_not_read_the_organization(fleet: Fleet, tmp_path: Path) -> None:
    member = fleet.account.other(fleet.organization.members[1])
    words = ["scan", "--organization", "--role-name", "r", "--out", str(tmp_path / "out")]
    done = auditor(*words, environment=member.environment(tmp_path))
    assert done.code == 2
    assert "or name the accounts in a file with --accounts" in done.err


def test_a_scheduler_that_does_not_answer(fleet: Fleet, tmp_path: Path) -> None:
    words = [*chosen(fleet, tmp_path), "-f", "json", "--out", str(tmp_path / "out"), "--engine", "dask"]
    done = run(fleet, tmp_path, *words, "--scheduler", "tcp://127.0.0.1:9")
    assert done.code == 2
    assert "The Dask scheduler tcp://127.0.0.1:9 does not answer" in done.err
    assert "Traceback" not in done.err


def test_a_run_of_another_version_is_not_resumed(fleet: Fleet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(fleet, tmp_path, *chosen(fleet, tmp_path, 1), "-f", "json", "--out", str(out)).code == 0
    manifest = json.loads((out / "run.json").read_text())
    manifest["plan"]["version"] = "0.0.1"
    (out / "run.json").write_text(json.dumps(manifest))
    done = fleet.resume(tmp_path, out)
    assert done.code == 2
    assert "trail-auditor 0.0.1" in done.err


def test_the_schema_of_the_overview_holds(fleet: Fleet, tmp_path: Path) -> None:
    import jsonschema

    out = tmp_path / "out"
    assert run(fleet, tmp_path, *chosen(fleet, tmp_path, 1), "-f", "json", "--out", str(out)).code == 0
    schema = json.loads(auditor("schema", "--fleet").out)
    jsonschema.validate(json.loads((out / "fleet.json").read_text()), schema)
