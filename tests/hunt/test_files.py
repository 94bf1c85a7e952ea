"""`auditor hunt run --logs`: files of all kinds, formats of all kinds, and what is broken."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from auditor.errors import UsageError
from auditor.hunt.files import hunt_files
from auditor.hunt.formats import as_csv, as_page
from auditor.hunt.library import chosen, library
from auditor.hunt.period import period_of
from auditor.hunt.sql import sql_text
from auditor.hunt.telling import told
from auditor.pattern import Batch
from tests.cli.run import auditor
from tests.hunt.real import EXCERPT

NOW = datetime(2025, 6, 2, 12, 0, 0, 5, tzinfo=UTC)
BAD = "<script>alert(1)</script>"


def event(name: str, **fields: Any) -> dict[str, Any]:
    return {"eventTime": "2025-06-02T09:00:00Z", "eventName": name, "eventID": name, **fields}


def test_each_kind_of_file_is_read(tmp_path: Path) -> None:
    whole = {"Records": [event("A")]}
    (tmp_path / "a.json").write_text(json.dumps(whole))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps({"Records": [event("B")]}).encode()))
    (tmp_path / "c.ndjson").write_text(f"{json.dumps(event('C'))}\n{json.dumps(event('D'))}\n")
    (tmp_path / "CloudTrail-Digest.json").write_text(json.dumps({"digestS3Bucket": "b"}))
    done = auditor("hunt", "run", "by-event", "-p", "event=", "-p", "match=contains", "--logs", str(tmp_path))
    assert done.code == 2, "an empty text is in every name"
    done = auditor("hunt", "run", "first-seen", "--logs", str(tmp_path), "--format", "json")
    assert done.code == 0, done.err
    assert sorted(row["eventName"] for row in done.report["rows"]) == ["A", "B", "C", "D"]
    assert done.err == "4 groups found among 4 in 3 files.\n"


def test_a_broken_file_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Records": [event("A")]}))
    many = {"Records": [event(str(place)) for place in range(9999)]}
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(json.dumps(many).encode())[:9999])
    (tmp_path / "c.json").write_text('{"Records": [')
    done = auditor("hunt", "run", "first-seen", "--logs", str(tmp_path), "--format", "json")
    assert done.code == 3
    assert [row["eventName"] for row in done.report["rows"]] == ["A"]
    assert [Path(why.split()[0]).name for why in done.report["missing"]] == ["b.json.gz", "c.json"]
    assert f"{tmp_path}/b.json.gz was not read to its end: it ends in the middle of its gzip data." in done.err


def test_a_folder_without_events_is_a_mistake(tmp_path: Path) -> None:
    done = auditor("hunt", "run", "denials", "--logs", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "holds no file of events" in done.err
    assert auditor("hunt", "run", "denials", "--logs", str(tmp_path / "nowhere")).code == 2


def test_an_event_without_a_time_is_not_lost_from_a_period_unsaid() -> None:
    events = [event("A"), {"eventName": "B"}, event("C", eventTime="yesterday")]
    search = library()["first-seen"].search({})
    period = period_of("7d", None, None, NOW)
    found = hunt_files(search, [Batch(Path("x"), list(events))], period)
    assert [row[4] for row in found.rows] == ["A"]
    assert found.missing == ("2 events have no eventTime that can be read, and are in no period.",)
    assert hunt_files(search, [Batch(Path("x"), list(events))]).missing == ()


def test_memory_stays_flat() -> None:
    script = (
        "import resource, sys; from pathlib import Path; from auditor.hunt.files import hunt_files;"
        "from auditor.hunt.library import library; from auditor.pattern import Batch;"
        "from tests.hunt.real import EXCERPT, events_of; events = events_of(EXCERPT);"
        "found = hunt_files(library()['denials'].search({}),"
        " (Batch(Path('x'), list(events)) for _ in range(int(sys.argv[1]))));"
        "print(found.events, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def ran(times: int) -> tuple[int, int]:
        done = subprocess.run([sys.executable, "-c", script, str(times)], capture_output=True, text=True, check=True)
        events, peak = map(int, done.stdout.split())
        return events, peak

    (few, little), (many, much) = ran(300), ran(1500)
    assert many == 5 * few
    assert much - little < 100_000, "kilobytes"


def test_what_show_prints_runs_in_duckdb_as_it_stands() -> None:
    folder = str(EXCERPT / "*CloudTrail*")
    for name in ("denials", "iam-activity", "first-seen", "activity-by-hour"):
        search = library()[name].search({})
        with duckdb.connect() as database:
            rows = database.execute(sql_text(search, folder)).fetchall()
        assert rows == list(hunt_files(search, [Batch(Path("x"), list(_of_documents()))]).rows)
        assert rows


def _of_documents() -> Iterator[Any]:
    for path in sorted(EXCERPT.glob("*CloudTrail*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from json.loads(content)["Records"]


def test_csv_holds_no_formula_and_html_no_script() -> None:
    hostile = event(
        "=cmd()", userIdentity={"arn": BAD, "type": "\u202eevil"}, sourceIPAddress="@SUM(A1)", errorCode="-1"
    )
    search = library()["by-event"].search({"event": "=cmd()"})
    hunt = told(search, hunt_files(search, [Batch(Path("x"), [hostile])]), [BAD], None)
    (row,) = csv.DictReader(io.StringIO(as_csv(hunt).decode()))
    assert row["eventName"] == "'=cmd()"
    assert row["sourceAddress"] == "'@SUM(A1)"
    page = as_page(hunt).decode()
    assert BAD not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "<script" not in page


def test_a_table_leaves_out_what_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Records": [event("StopLogging", sourceIPAddress="\x1b[31m")]}))
    given = ("by-event", "-p", "event=StopLogging", "--logs", str(tmp_path))
    done = auditor("hunt", "run", *given)
    head, line = done.out.splitlines()
    assert head.split() == ["eventTime", "eventName", "sourceAddress", "eventID"]
    assert line.split() == ["2025-06-02T09:00:00Z", "StopLogging", "\\u001b[31m", "StopLogging"]
    out = tmp_path / "rows.txt"
    assert auditor("hunt", "run", *given, "--quiet", "--out", str(out)).err == ""
    assert out.read_text() == done.out


@pytest.mark.parametrize(
    ("since", "start", "end", "expected"),
    [
        ("90m", None, None, "2025-06-02T10:30:00Z to 2025-06-02T12:00:00Z"),
        ("7d", None, None, "2025-05-26T12:00:00Z to 2025-06-02T12:00:00Z"),
        (None, "2025-06-01", None, "2025-06-01T00:00:00Z to 2025-06-02T12:00:00Z"),
        (None, "2025-06-01T09:00:00+02:00", "2025-06-01T08:00:00Z", "2025-06-01T07:00:00Z to 2025-06-01T08:00:00Z"),
    ],
)
def test_periods(since: str | None, start: str | None, end: str | None, expected: str) -> None:
    assert str(period_of(since, start, end, NOW)) == expected


@pytest.mark.parametrize(
    ("since", "start", "end"),
    [("7", None, None), ("0d", None, None), ("7d", "2025-06-01", None), (None, None, "2025-06-01"), ("x", None, None),
     (None, "2025-06-01", "2025-05-01"), (None, "soon", None), ("999999w", None, None)],
)  # fmt: skip
def test_times_that_are_none(since: str | None, start: str | None, end: str | None) -> None:
    with pytest.raises(UsageError):
        period_of(since, start, end, NOW)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("denials", "-p", "x=1"), "has no parameter 'x'. It has none."),
        (("by-identity",), "needs identity"),
        (("by-identity", "-p", "identity"), "is no parameter"),
        (("by-identity", "-p", "identity="), "is empty"),
        (("by-identity", "-p", "identity=" + "x" * 1001), "more than 1,000 characters"),
        (("console-logins", "-p", "mfa=perhaps"), "Choose one of any, yes, no."),
        (("nothing",), "There is no query 'nothing'. See `auditor hunt list`."),
    ],
)
def test_what_cannot_be_asked_is_told_with_what_can(given: tuple[str, ...], said: str) -> None:
    done = auditor("hunt", "show", *given)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_the_list_names_every_query_and_what_it_needs() -> None:
    lines = auditor("hunt", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == list(library())
    assert any(line.startswith("by-identity ") and line.endswith("(-p identity=...)") for line in lines)
    listed = json.loads(auditor("hunt", "list", "--json").out)
    assert [one["name"] for one in listed] == list(library())
    assert all(one["why"] and one["references"] and one["answers"] for one in listed)


def test_every_control_of_a_benchmark_has_its_query() -> None:
    from auditor.benchmark import VERSIONS, load

    for version in VERSIONS:
        checks = {query.check for query in library(version).values() if query.check}
        assert checks == set(load(version).requirements)
    assert len(chosen("all")) == len([query for query in library().values() if not query.needs])
    for names in ("", "by-identity", "nothing"):
        with pytest.raises(UsageError):
            chosen(names)


def test_without_duckdb_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Records": [event("A")]}))
    hidden = (
        "import sys; sys.modules['duckdb'] = None; from auditor.cli import main;"
        f"sys.argv = ['auditor', 'hunt', 'run', 'denials', '--logs', {str(tmp_path)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Queries over files need DuckDB, which is not installed. pip install 'trail-auditor[hunt]'" in done.stderr
