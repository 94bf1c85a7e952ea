from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from auditor.render.templates import named, spans, utc
from auditor.render.visible import one_line, shortened, visible


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("plain text, שלום, 日本, 😀\t\n", "plain text, שלום, 日本, 😀\t\n", id="what is seen stays"),
        pytest.param("\x00\x1b\r\x7f\x9b", "\\u0000\\u001b\\u000d\\u007f\\u009b", id="control characters"),
        pytest.param("a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd", id="direction"),
        pytest.param("a\u200bb\ufeffc\xadd", "a\\u200bb\\ufeffc\\u00add", id="no width"),
        pytest.param("\ud800x\udfff", "\\ud800x\\udfff", id="halves of pairs"),
        pytest.param("\U000e0041", "\\udb40\\udc41", id="tags, as JSON would have them"),
    ],
)
def test_visible(given: str, shown: str) -> None:
    assert visible(given) == shown


def test_one_line() -> None:
    assert one_line(" a\n\tb \x1b c") == "a b \\u001b c"


@pytest.mark.parametrize(("limit", "shown"), [(10, "abcdefghij"), (9, "abcde…hij"), (4, "ab…j")])
def test_shortened(limit: int, shown: str) -> None:
    assert shortened("abcdefghij", limit) == shown


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        ("arn:aws:cloudtrail:us-east-1:1:trail/main", "main"),
        ("arn:aws:logs:us-east-1:1:log-group:/aws/trail:*", "/aws/trail"),
        ("arn:aws:cloudwatch:us-east-1:1:alarm:A:B", "A:B"),
        ("arn:aws:sns:us-east-1:1:topic:7d1c", "topic:7d1c"),
        ("arn:aws:s3:::bucket", "bucket"),
        ("NS/Metric", "NS/Metric"),
        ("", ""),
    ],
)
def test_named(resource: str, shown: str) -> None:
    assert named(resource) == shown


def test_utc() -> None:
    moment = datetime(2026, 1, 1, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    assert utc(moment) == "2025-12-31 23:02:03"
    assert utc(moment.astimezone(UTC).replace(tzinfo=None)) == "2025-12-31 23:02:03"


def test_spans() -> None:
    controls = {"cis-1.2": "3.3", "cis-3.0": "4.3", "cis-5.0": "4.3", "cis-6.0": "5.3"}
    assert spans(controls) == [
        ("cis-1.2", "cis-1.2", "3.3"),
        ("cis-3.0", "cis-5.0", "4.3"),
        ("cis-6.0", "cis-6.0", "5.3"),
    ]
