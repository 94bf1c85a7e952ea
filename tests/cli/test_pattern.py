"""`auditor pattern`, run as a user runs it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.run import auditor

REQUIRED = "{ $.eventName = DeleteTrail || $.eventName = StopLogging }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = [{"eventName": "StopLogging"}, {"eventName": "CreateUser"}]
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))
    (tmp_path / "b.log").write_text('{"eventName": "DeleteTrail"}\nERROR\n', encoding="utf-8")
    return tmp_path


def test_parse_shows_the_tree_and_the_limits() -> None:
    text = '{ $.a = "x*" && ($.b IS NULL || $.c >= 3) && $.d[*] = %y% }'
    said = auditor("pattern", "parse", text)
    assert said.code == 0
    assert "all of\n  $.a = " in said.out
    assert "any of\n    $.b IS NULL\n    $.c >= 3" in said.out
    assert "1 of 2 regular expressions" in said.out
    found = auditor("pattern", "parse", text, "--json").report
    assert found["kind"] == "json"
    assert found["pattern"] == text
    assert found["limits"]["characters"] == {"used": len(text), "most": 1024}
    assert found["limits"]["wildcard selectors"]["used"] == 1
    assert found["tree"]["and"][0] == {"selector": "$.a", "op": "=", "text": "x*"}
    assert found["tree"]["and"][1]["or"] == [
        {"selector": "$.b", "op": "IS NULL"},
        {"selector": "$.c", "op": ">=", "number": 3},
    ]


@pytest.mark.parametrize(
    ("text", "kind", "tree"),
    [
        (
            "ERROR -%t.m%",
            "terms",
            {"terms": [{"role": "wanted", "text": "ERROR"}, {"role": "excluded", "regex": "t.m"}]},
        ),
        (
            "[a, ..., b = 4*]",
            "space-delimited",
            {
                "fields": [
                    {"name": "a", "tests": []},
                    {"any": True},
                    {"name": "b", "tests": [[{"op": "=", "text": "4*"}]]},
                ]
            },
        ),
        ("", "terms", {"terms": []}),
    ],
)
def test_parse_takes_every_kind_of_pattern(text: str, kind: str, tree: object) -> None:
    found = auditor("pattern", "parse", text, "--json").report
    assert (found["kind"], found["tree"]) == (kind, tree)
    assert auditor("pattern", "parse", text).code == 0


@pytest.mark.parametrize("command", ["parse", "insights", "eventbridge", "test", "compare"])
def test_a_broken_pattern_is_shown_with_a_caret(command: str, tmp_path: Path) -> None:
    more = {"test": [str(tmp_path)], "compare": ["{ $.a = x }"]}.get(command, [])
    done = auditor("pattern", command, "{ $.eventName == x }", *more)
    assert done.code == 2
    assert done.out == ""
    first, drawn, caret = done.err.splitlines()
    assert first.startswith("auditor: Not a filter pattern: line 1, column 16: expected a number")
    assert drawn[caret.index("^")] == "="


def test_a_pattern_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pattern.txt"
    path.write_text(REQUIRED + "\n", encoding="utf-8")
    assert auditor("pattern", "parse", f"@{path}", "--json").report["pattern"] == REQUIRED
    missing = auditor("pattern", "parse", f"@{tmp_path}/nothing")
    assert missing.code == 2
    assert "cannot be read" in missing.err
    assert "Traceback" not in missing.err


def test_test_counts_what_matches(folder: Path) -> None:
    done = auditor("pattern", "test", REQUIRED, str(folder), "--show", "1")
    assert done.code == 0
    assert done.out == '2 of 4 events match, in 2 files.\n{"eventName": "StopLogging"}\n'
    found = auditor("pattern", "test", REQUIRED, str(folder / "b.log"), "--json").report
    assert found == {"events": 2, "matched": 1, "files": 1, "skipped": [], "examples": []}
    assert auditor("pattern", "test", "--json", "--", "-ERROR", str(folder)).report["matched"] == 3


def test_test_takes_the_settings(folder: Path) -> None:
    pattern = '{ $.eventName = "Stop*ging" }'
    command = ["pattern", "test", pattern, str(folder), "--json", "--star-inside-word"]
    assert auditor(*command, "literal").report["matched"] == 0
    assert auditor(*command, "wildcard").report["matched"] == 1
    assert auditor(*command, "open").report["matched"] == 1


def test_a_broken_file_is_named_and_not_fatal(folder: Path) -> None:
    broken = folder / "c.json.gz"
    broken.write_bytes(b"\x1f\x8b and no more")
    done = auditor("pattern", "test", REQUIRED, str(folder), "--json")
    assert done.code == 0
    assert done.report["matched"] == 2
    assert [each["path"] for each in done.report["skipped"]] == [str(broken)]
    assert f"Not read: {broken}: it is not gzip" in done.err
    assert auditor("pattern", "test", REQUIRED, str(broken)).code == 3


def test_a_folder_without_events_and_a_path_that_is_not_there_are_usage_errors(tmp_path: Path) -> None:
    done = auditor("pattern", "test", REQUIRED, str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "holds no file of events" in done.err
    assert auditor("pattern", "test", REQUIRED, str(tmp_path / "nothing")).code == 2


def test_compare_says_covers() -> None:
    deployed = '{ $.eventSource = "cloudtrail.amazonaws.com" && $.eventName = "*" }'
    done = auditor("pattern", "compare", REQUIRED, deployed)
    assert done.code == 0
    assert done.out.startswith("Covers. ")
    assert "comes only from cloudtrail.amazonaws.com" in done.out
    found = auditor("pattern", "compare", REQUIRED, deployed, "--json").report
    assert (found["verdict"], found["witness"]) == ("covers", None)
    assert found["noise"]["eventSource"] == "cloudtrail.amazonaws.com"
    assert found["reason"]
    assert auditor("pattern", "compare", REQUIRED, deployed, "--logical").code == 1


def test_compare_says_misses_with_a_record() -> None:
    done = auditor("pattern", "compare", REQUIRED, '{ $.eventName = "*Trail" }')
    assert done.code == 1
    assert done.out.startswith("Misses. ")
    found = auditor("pattern", "compare", REQUIRED, '{ $.eventName = "*Trail" }', "--json")
    assert found.code == 1
    assert found.report["verdict"] == "misses"
    assert found.report["witness"]["eventName"] == "StopLogging"
    assert found.report["noise"]["eventName"].endswith("Trail")
    both = auditor("pattern", "compare", REQUIRED, '{ $.eventName = "*Trail" }', "{ $.eventName = Stop* }")
    assert both.code == 0


def test_compare_names_the_open_question_and_takes_an_answer() -> None:
    command = ["pattern", "compare", "{ $.eventName = StopLogging }", '{ $.eventName = "Stop*ging" }', "--json"]
    undecided = auditor(*command)
    assert undecided.code == 3
    assert undecided.report["verdict"] == "undecided"
    assert "star_inside_word" in undecided.report["reason"]
    assert auditor(*command, "--star-inside-word", "wildcard").code == 0
    assert auditor(*command, "--star-inside-word", "literal").code == 1
    assert auditor("pattern", "compare", REQUIRED).code == 2


def test_compare_of_words_is_undecided() -> None:
    done = auditor("pattern", "compare", REQUIRED, "ERROR")
    assert done.code == 3
    assert done.out.startswith("Undecided. ")
    assert "Noise: undecided" in done.out


def test_insights_prints_a_query_and_notes_beside_it() -> None:
    done = auditor("pattern", "insights", "{ $.eventName = x && $.readOnly IS TRUE }")
    assert done.code == 0
    assert done.out.splitlines()[1] == '| filter eventName = "x" and readOnly = 1'
    assert done.err.startswith("Note: ")
    found = auditor("pattern", "insights", "{ $.eventName = x && $.readOnly IS TRUE }", "--json").report
    assert found["query"] == done.out.rstrip("\n")
    assert len(found["notes"]) == 2


def test_eventbridge_prints_an_event_pattern() -> None:
    done = auditor("pattern", "eventbridge", REQUIRED)
    assert done.code == 0
    assert json.loads(done.out)["detail"] == {"eventName": ["DeleteTrail", "StopLogging"]}
    assert "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" in done.err
    assert auditor("pattern", "eventbridge", REQUIRED, "--json").report["event_pattern"] == json.loads(done.out)
    absent = auditor("pattern", "eventbridge", "{ $.eventName != x }", "--json", "--not-equal-absent", "match")
    assert {"exists": False} in absent.report["event_pattern"]["detail"]["eventName"]


@pytest.mark.parametrize(
    ("command", "key", "text"),
    [("insights", "query", "{ $.a IS NULL }"), ("eventbridge", "event_pattern", "{ $.a[0] = x }")],
)
def test_what_another_language_cannot_say_has_its_reason(command: str, key: str, text: str) -> None:
    done = auditor("pattern", command, text)
    assert (done.code, done.out) == (3, "")
    assert "cannot say this: $.a" in done.err
    as_json = auditor("pattern", command, text, "--json")
    assert as_json.code == 3
    assert as_json.report[key] is None
    assert as_json.report["reason"]


def test_help_is_there_for_each_command() -> None:
    for command in ("parse", "test", "compare", "insights", "eventbridge"):
        done = auditor("pattern", command, "--help")
        assert done.code == 0
        assert "PATTERN" in done.out or "REQUIRED" in done.out
