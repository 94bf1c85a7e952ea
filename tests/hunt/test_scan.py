"""`auditor scan --hunt`: a report with what the logs say, none of whose verdicts rests on it."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.hunts import Hunt
from auditor.redaction import redacted
from auditor.render import renderer
from auditor.report import Report
from auditor.stored import parse_report
from tests.aws.account import Account
from tests.cli.run import auditor, scan, scan_json
from tests.hunt.cloudwatch import CloudWatch
from tests.hunt.conftest import GROUP
from tests.hunt.real import EXCERPT, events_of, log_events
from tests.render.build import finding, small

Watched = tuple[Account, CloudWatch]


@pytest.fixture
def lately(trailed: Watched) -> Watched:
    """The same events, of this week; two of them came by two trails."""
    moved = []
    for event in events_of(EXCERPT):
        late = datetime.now(UTC) - timedelta(days=1, minutes=len(moved))
        moved.append({**event, "eventTime": f"{late:%Y-%m-%dT%H:%M:%SZ}"})
    trailed[1].events[GROUP] = log_events([*moved, *moved[:2]])
    return trailed


def test_what_the_logs_say_joins_the_report(lately: Watched, tmp_path: Path) -> None:
    account, logs = lately
    plain = scan_json(account, tmp_path)
    report = scan_json(account, tmp_path, "--hunt", "all")
    told = ("id", "status", "notes", "chain", "witness")
    assert [[one[name] for name in told] for one in report["findings"]] == [
        [one[name] for name in told] for one in plain["findings"]
    ]
    assert plain["hunts"] == []
    hunts = {hunt["query"]: hunt for hunt in report["hunts"]}
    assert len(hunts) == 32
    denied = hunts["should-ring.unauthorized_api_calls"]
    expected = [event for event in events_of(EXCERPT) if is_denial(event)]
    assert denied["check_id"] == "alarm.unauthorized_api_calls"
    assert denied["count"] == len(expected) > 0
    assert len(denied["rows"]) == min(len(expected), 20)
    assert denied["sources"] == [f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}"]
    assert report["run"]["api_calls"]["logs:StartQuery"] == len(hunts) == logs.calls["StartQuery"]
    assert report["run"]["api_calls"]["logs:GetQueryResults"] == logs.calls["GetQueryResults"]


def is_denial(event: dict[str, Any]) -> bool:
    code = event.get("errorCode", "")
    named = code.endswith("UnauthorizedOperation") or code.startswith("AccessDenied")
    return named and event["sourceIPAddress"] != "delivery.logs.amazonaws.com" and event["eventName"] != "HeadBucket"


def test_each_report_tells_it(lately: Watched, tmp_path: Path) -> None:
    names = "denials,should-ring.cloudtrail_changes"
    out = tmp_path / "out"
    told = ("--check", "alarm.cloudtrail_changes", "--format", "html,bundle", "--out", str(out))
    done = scan(lately[0], tmp_path, "--hunt", names, "--hunt-since", "3d", *told)
    assert done.code == 1, done.err
    assert "What the logs say" in (out / "report.html").read_text()
    with zipfile.ZipFile(out / "evidence.zip") as evidence:
        assert evidence.read("report.pdf").startswith(b"%PDF")
        report = json.loads(evidence.read("report.json"))
    assert [hunt["query"] for hunt in report["hunts"]] == names.split(",")
    # The snapshot, judged anew, gives the findings of the report: what the logs say is none of them.
    assert auditor("verify", str(out / "evidence.zip")).code == 0


def test_a_log_group_that_may_not_be_asked_says_so(lately: Watched, tmp_path: Path) -> None:
    account, logs = lately
    logs.errors = {"StartQuery": ["AccessDeniedException"] * 9}
    report = scan_json(account, tmp_path, "--hunt", "denials")
    (hunt,) = report["hunts"]
    assert "the permission logs:StartQuery is missing" in hunt["unasked"]
    assert (hunt["count"], hunt["rows"]) == (0, [])


def test_what_would_cost_more_than_allowed_is_not_asked(lately: Watched, tmp_path: Path) -> None:
    account, logs = lately
    client = account.client("logs")
    client.create_log_stream(logGroupName=GROUP, logStreamName="s")
    events = [{"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": "x" * 1000}]
    client.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=events)
    (hunt,) = scan_json(account, tmp_path, "--hunt", "denials", "--hunt-max-gb", "0")["hunts"]
    assert "which is more than 0. Give --hunt-max-gb, fewer queries or less time." in hunt["unasked"]
    assert not logs.calls["StartQuery"]


def test_an_account_without_a_log_group_says_why(watched: Watched, tmp_path: Path) -> None:
    (hunt,) = scan_json(watched[0], tmp_path, "--hunt", "denials")["hunts"]
    assert hunt["unasked"] == "No trail delivers to a log group of this account."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--hunt", "nothing"), "There is no query 'nothing'."),
        (("--hunt", "by-identity"), "The query by-identity needs identity"),
        (("--hunt", "all", "--hunt-since", "ever"), "'ever' is no length of time."),
    ],
)
def test_what_cannot_be_asked_is_refused_before_aws_is(
    watched: Watched, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    account, logs = watched
    done = scan(account, tmp_path, *given)
    assert done.code == 2
    assert said in done.err
    assert not logs.calls


SECRET = "arn:aws:iam::123456789012:user/mallory"


def hunted(**fields: Any) -> Report:
    start = datetime(2025, 6, 1, tzinfo=UTC)
    hunt = Hunt(
        query="should-ring.root_usage",
        title="Events that should ring: root usage",
        answers="Every event that cis-5.0 4.3 wants an alarm for.",
        check_id="alarm.root_usage",
        start=start,
        end=start + timedelta(days=7),
        sources=("arn:aws:logs:us-east-1:123456789012:log-group:secret-logs",),
        columns=("eventTime", "identity"),
        rows=(("2025-06-02T00:00:00Z", SECRET), ("2025-06-01T00:00:00Z", "<script>alert(1)</script>")),
        count=40,
    )
    report = small(finding("alarm.root_usage"), finding("bucket.versioning"))
    return report.model_copy(update={"hunts": (hunt.model_copy(update=fields),)})


def test_html_and_pdf_show_it_by_the_finding_and_in_a_section() -> None:
    import io

    from pypdf import PdfReader

    page = renderer("html").render(hunted()).decode()
    said = "40 events that should have rung came from 2025-06-01 00:00:00 to 2025-06-08 00:00:00 UTC."
    assert page.count(said) == 1
    assert "The first 2 of 40" in page
    assert SECRET in page
    assert "<script>alert(1)" not in page
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(renderer("pdf").render(hunted()))).pages)
    assert "What the logs say" in text
    assert "40 events" in text
    none = renderer("html").render(hunted(count=0, rows=())).decode()
    assert "No event that should have rung came from" in none
    unasked = renderer("html").render(hunted(count=0, rows=(), unasked="Not allowed.")).decode()
    assert "Whether events should have rung could not be asked of the logs." in unasked
    assert "should have rung" not in renderer("html").render(small(finding("alarm.root_usage"))).decode()


def test_a_masked_report_keeps_counts_and_no_rows() -> None:
    report = redacted(hunted())
    text = renderer("json").render(report).decode()
    assert report.hunts[0].count == 40
    assert report.hunts[0].rows == ()
    for name in ("mallory", "secret-logs", "123456789012"):
        assert name not in text
    assert report.hunts[0].query == "should-ring.root_usage"


def test_a_report_is_read_back_as_it_was() -> None:
    report = hunted(missing=("More.",))
    content = renderer("json").render(report)
    assert parse_report(content, "x") == report
    assert json.loads(content)["hunts"][0]["count"] == 40
