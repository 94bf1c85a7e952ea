from __future__ import annotations

from datetime import timedelta
from typing import Any

from auditor.benchmark import load
from auditor.checking import Status
from auditor.findings import Finding
from auditor.model.integrity import (
    ChainIntegrity,
    Count,
    Flaw,
    Kind,
    LogIntegrity,
    Problem,
    Span,
    Standing,
    Uncovered,
)
from checks.trail.log_integrity import LogIntegrityCheck
from tests.checks.build import ACCOUNT, BUCKET, NOW, REGION, SOURCE, TRAIL, snapshot, trail, trail_facts, unreadable
from tests.checks.trail_judging import judged

DAY = Span(start=NOW - timedelta(days=1), end=NOW)


def flaw(standing: Standing, told: str = "is not there") -> Flaw:
    return Flaw(
        kind=Kind.LOG, bucket=BUCKET, key="AWSLogs/a.json.gz", standing=standing, problem=Problem.MISSING, told=told
    )


def integrity(*, unread: tuple[str, ...] = (), **changed: Any) -> LogIntegrity:
    facts: dict[str, Any] = {
        "account_id": ACCOUNT,
        "region": REGION,
        "digests": Count(valid=24),
        "logs": Count(valid=48),
        "covered": (DAY,),
    }
    chain = ChainIntegrity(**{**facts, **changed})
    return LogIntegrity(trail_arn=TRAIL, bucket=BUCKET, asked=DAY, source=SOURCE, chains=(chain,), unread=unread)


def of(found: LogIntegrity) -> Finding:
    return judged(LogIntegrityCheck, snapshot(integrity=(found,)))


def test_what_was_not_asked_for_has_no_finding_and_did_not_run() -> None:
    check = LogIntegrityCheck()
    assert check.findings(snapshot(), load()) == ()
    assert (check.asked(snapshot()), check.asked(snapshot(integrity=()))) == (False, True)


def test_sound_log_files_pass() -> None:
    finding = of(integrity())
    assert finding.status is Status.PASS
    assert "All 24 digest files and 48 log files" in finding.reason
    (shown,) = finding.evidence
    assert shown.observed["log files"] == {"valid": 48, "invalid": 0, "unknown": 0}


def test_one_bad_file_fails_and_is_named() -> None:
    bad = (flaw(Standing.UNKNOWN, "could not be read: x"), flaw(Standing.INVALID))
    finding = of(integrity(logs=Count(valid=46, invalid=1, unknown=1), flaws=bad))
    assert finding.status is Status.FAIL
    assert f"the log file s3://{BUCKET}/AWSLogs/a.json.gz is not there." in finding.reason
    assert finding.remediation is not None
    assert "incident" in finding.remediation.summary


def test_a_file_that_could_not_be_read_is_unknown() -> None:
    finding = of(integrity(logs=Count(valid=47, unknown=1), flaws=(flaw(Standing.UNKNOWN, "could not be read: x"),)))
    assert finding.status is Status.UNKNOWN
    assert "could not be read: x" in finding.reason


def test_a_folder_that_could_not_be_listed_is_unknown() -> None:
    finding = of(integrity(unread=("the folders of the bucket could not be listed: no",)))
    assert finding.status is Status.UNKNOWN
    assert "could not be listed" in finding.reason


def test_a_time_without_digests_is_unknown_unless_cloudtrail_only_began_after_it() -> None:
    half = NOW - timedelta(hours=12)
    gap = Uncovered(start=DAY.start, end=half, reason="no valid digest is left of it")
    assert of(integrity(uncovered=(gap,))).status is Status.UNKNOWN
    begins = of(integrity(uncovered=(gap.model_copy(update={"begins": True}),)))
    assert begins.status is Status.PASS
    assert any("began to write digests" in note for note in begins.notes)


def test_no_chain_at_all_is_unknown() -> None:
    nothing = LogIntegrity(trail_arn=TRAIL, bucket=BUCKET, asked=DAY)
    finding = of(nothing)
    assert finding.status is Status.UNKNOWN
    assert "no digest of the trail was found" in finding.reason


def test_log_files_that_no_digest_names_are_noted() -> None:
    finding = of(integrity(unnamed=("AWSLogs/odd.json.gz",), unnamed_count=3))
    assert finding.status is Status.PASS
    assert any("names 3 log files" in note and "odd.json.gz" in note for note in finding.notes)


def test_a_trail_without_digests_is_another_checks_matter() -> None:
    account = snapshot(trails=(trail_facts(trail=trail(validation=False)),), integrity=())
    assert judged(LogIntegrityCheck, account).status is Status.NOT_APPLICABLE


def test_unlisted_trails_have_another_checks_finding() -> None:
    account = snapshot(trails=unreadable("cloudtrail:DescribeTrails", "the trails"), integrity=())
    assert LogIntegrityCheck().findings(account, load()) == ()
