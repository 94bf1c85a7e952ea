"""Events read from files of every kind, broken ones too."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from auditor.pattern import Batch, Skipped, batches, parse, streams, tally

EVENTS: list[dict[str, Any]] = [{"eventName": "StopLogging"}, {"eventName": "CreateTrail"}, {"eventName": "Other"}]
TRAIL = parse('{ $.eventName = "StopLogging" || $.eventName = "*Trail" }')
LINES = "".join(json.dumps(event) + "\n" for event in EVENTS)
CONTENTS = {
    "records.json": json.dumps({"Records": EVENTS}),
    "indented.json": json.dumps({"Records": EVENTS}, indent=2),
    "list.json": json.dumps(EVENTS),
    "indented_list.json": json.dumps(EVENTS, indent=2),
    "lines.json": LINES,
    "lines.ndjson": LINES,
    "blank_lines.jsonl": LINES.replace("\n", "\r\n\r\n"),
    "lines.log": LINES,
    "spaced.json": "\n  " + json.dumps({"other": 1, "Records": EVENTS}),
    "long_line.json": json.dumps({**EVENTS[0], "pad": "x" * 70_000}) + "\n" + LINES.split("\n", 1)[1],
}


def written(folder: Path, name: str, content: str | bytes, *, packed: bool = False) -> Path:
    path = folder / (name + (".gz" if packed else ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def events_of(path: Path, *, decoded: bool = True) -> list[Any]:
    found = list(batches(path, decoded=decoded))
    assert all(isinstance(batch, Batch) for batch in found), found
    return [event for batch in found if isinstance(batch, Batch) for event in batch.events]


def reason_of(path: Path) -> str:
    (skipped,) = (found for found in batches(path) if isinstance(found, Skipped))
    assert skipped.path == path
    return skipped.reason


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_form_gives_the_same_events(tmp_path: Path, name: str, packed: bool) -> None:
    path = written(tmp_path, name, CONTENTS[name], packed=packed)
    assert [event["eventName"] for event in events_of(path)] == [event["eventName"] for event in EVENTS]
    found = tally(TRAIL, path, most_examples=1)
    assert (found.events, found.matched, found.files, found.skipped) == (3, 2, 1, ())
    assert [example["eventName"] for example in found.examples if isinstance(example, dict)] == ["StopLogging"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_plain_lines_are_events_as_they_stand(tmp_path: Path, packed: bool) -> None:
    lines = ["[ERROR] one", "{not json", '{"a": "ERROR"}', "caf\xe9"]
    path = written(tmp_path, "app.log", "\n".join(lines).encode("latin-1"), packed=packed)
    assert events_of(path) == ["[ERROR] one", "{not json", {"a": "ERROR"}, "caf\N{REPLACEMENT CHARACTER}"]
    assert events_of(path, decoded=False)[2] == '{"a": "ERROR"}'
    assert tally(parse("ERROR"), path).matched == 2
    assert tally(parse('"{not"'), path).matched == 1
    assert tally(parse('"\\": "'), path).matched == 1
    assert tally(parse("{ $.a = ERROR }"), path).matched == 1
    assert tally(parse("[level = ERROR, ...]"), path).matched == 1


def test_words_are_looked_for_in_records_as_cloudtrail_writes_them(tmp_path: Path) -> None:
    path = written(tmp_path, "records.json", CONTENTS["records.json"])
    assert tally(parse('"\\"eventName\\":\\"CreateTrail\\""'), path).matched == 1


def test_one_event_alone_and_no_event_at_all(tmp_path: Path) -> None:
    assert events_of(written(tmp_path, "one.json", json.dumps(EVENTS[0], indent=1))) == EVENTS[:1]
    assert events_of(written(tmp_path, "flat.json", json.dumps(EVENTS[0]))) == EVENTS[:1]
    assert events_of(written(tmp_path, "empty.json", "")) == []
    assert events_of(written(tmp_path, "empty_records.json", '{"Records": []}')) == []


def test_a_folder_is_read_through_in_order_and_strangers_are_left_out(tmp_path: Path) -> None:
    for name in ("b/2.json", "a/1.json", "a/x/3.log"):
        written(tmp_path, name, LINES, packed=name.startswith("b"))
    for name in ("README.md", "LICENSE", ".hidden.json", ".git/x.json", "a/photo.png"):
        written(tmp_path, name, "ERROR\n")
    found = list(batches(tmp_path))
    assert [each.path.relative_to(tmp_path).as_posix() for each in found] == ["a/1.json", "a/x/3.log", "b/2.json.gz"]
    assert tally(TRAIL, tmp_path).events == 9


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("half.json", '{"Records": [{"a": 1}', "not JSON"),
        ("half_records.json.gz", gzip.compress(b'{"Records": [' + b'{"a":1},' * 90_000)[:-99], "in the middle"),
        ("not.json.gz", b"\x1f\x8b and no more", "not gzip"),
        ("digest.json", json.dumps({"digestS3Bucket": "trail", "logFiles": []}, indent=1), "digest"),
        ("strange.json", '{"Records": 3}', "not a list"),
        ("strings.json", '["a", "b"]', "not a list"),
        ("bytes.json", b'{"Records": [{"a": "\xff"}]}', "not JSON"),
        ("deep.json", '{"Records": [{"a": ' + "[" * 5000 + "]" * 5000 + "}]}", "not JSON"),
        ("missing.json", None, "No such file"),
    ],
)
def test_a_broken_file_is_named_and_the_others_are_read(
    tmp_path: Path, name: str, content: str | bytes | None, reason: str
) -> None:
    path = tmp_path / name
    if content is not None:
        written(tmp_path, name, content)
        written(tmp_path, "whole.json", CONTENTS["records.json"])
        found = tally(TRAIL, tmp_path)
        assert [skipped.path for skipped in found.skipped] == [path]
        assert found.matched >= 2
    assert reason in reason_of(path)


def test_what_a_cut_off_file_of_lines_still_gave_is_counted(tmp_path: Path) -> None:
    content = "".join(f"ERROR {at} {hash(at) % 7919}\n" for at in range(90_000)).encode()
    path = written(tmp_path, "cut.log.gz", gzip.compress(content)[:-5000])
    found = tally(parse("ERROR"), path)
    assert 50_000 < found.matched < 90_000
    assert [skipped.path for skipped in found.skipped] == [path]


def test_a_small_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_LARGEST", 1 << 20)
    monkeypatch.setattr(streams, "_LONGEST_LINE", 1 << 20)
    bomb = b'{"Records": [' + b" " * (8 << 20)
    assert "larger than 1 MB" in reason_of(written(tmp_path, "bomb.json", bomb, packed=True))
    assert "larger than 1 MB" in reason_of(written(tmp_path, "large.json", bomb))
    assert "more than 1 MB" in reason_of(written(tmp_path, "line.log", b"x" * (8 << 20), packed=True))


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    halves = CONTENTS["records.json"][:30], CONTENTS["records.json"][30:]
    joined = b"".join(gzip.compress(half.encode()) for half in halves)
    assert events_of(written(tmp_path, "joined.json.gz", joined)) == EVENTS


def test_memory_does_not_grow_with_the_number_of_events(tmp_path: Path) -> None:
    line = json.dumps({"eventName": "StopLogging", "requestParameters": {"name": "x" * 200}}) + "\n"
    path = written(tmp_path, "many.ndjson", line * 100_000, packed=True)
    tally(TRAIL, written(tmp_path, "few.ndjson", line))
    tracemalloc.start()
    assert tally(TRAIL, path).matched == 100_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 << 20
