"""What is counted of the events, and what of them is put aside."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.backtest.result import Outcome, exit_code
from auditor.errors import UsageError
from auditor.model.snapshot import Snapshot
from auditor.model.trail import AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector
from tests.backtest.build import (
    OF_THE_DATA,
    account_of_the_data,
    control,
    event,
    few_chains,
    looking,
    replayed,
    stopping,
    write_logs,
)
from tests.chain.build import account, alarm, metric_filter
from tests.checks.build import ACCOUNT, SOURCE, trail, trail_facts

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OTHER = "999988887777"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def with_trail(facts: Snapshot, **changed: Any) -> Snapshot:
    return facts.model_copy(update={"trails": (trail_facts(trail=trail(**changed)),)})


def selecting(facts: Snapshot, **changed: Any) -> Snapshot:
    return facts.model_copy(update={"trails": (trail_facts(selectors=EventSelectors(source=SOURCE, **changed)),)})


def test_events_that_a_control_names_ring(tmp_path: Path) -> None:
    place = write_logs(tmp_path, [looking(at(0)), stopping(at(10)), looking(at(11)), stopping(at(40))])
    found = replayed(few_chains(), place)
    one = control(found, "cloudtrail_changes")
    assert (one.should, one.caught, one.rang, one.lost) == (2, 2, 2, 0)
    assert one.outcome is Outcome.RANG
    assert [ring.at for ring in one.rings] == [at(11), at(41)]
    assert one.rings[0].first.name == "StopLogging"
    assert exit_code(found.found) == 0
    assert {each.outcome for each in found.found.controls} == {Outcome.RANG, Outcome.QUIET}


def test_other_accounts_data_events_and_what_is_no_record_are_counted_aside(tmp_path: Path) -> None:
    events = [
        stopping(at(1)),
        stopping(at(2), recipientAccountId=OTHER),
        event("GetObject", "s3.amazonaws.com", at(3), eventCategory="Data", managementEvent=False),
        {**stopping(at(4)), "eventTime": "yesterday"},
        {"some": "thing"} | {"eventTime": "2026-11-20T12:00:00Z"},
    ]
    found = replayed(few_chains(), write_logs(tmp_path, events, per_file=2)).found
    assert found.logs.events == 5
    assert found.logs.counted == 1
    assert found.logs.others == {OTHER: 1}
    assert found.logs.aside == {"Data events": 1, "without a time": 1, "no CloudTrail record": 1}


def test_records_of_old_versions_are_management_events(tmp_path: Path) -> None:
    old = stopping(at(1))
    del old["eventCategory"], old["managementEvent"]
    found = replayed(few_chains(), write_logs(tmp_path, [old]))
    assert control(found, "cloudtrail_changes").rang == 1


def test_logs_of_another_account_are_refused(tmp_path: Path) -> None:
    place = write_logs(tmp_path, [stopping(at(1), recipientAccountId=OTHER)])
    with pytest.raises(UsageError, match=f"None of the 1 events is of account {ACCOUNT}; they are of {OTHER}"):
        replayed(few_chains(), place)


def test_only_the_time_that_is_asked_for_counts(tmp_path: Path) -> None:
    place = write_logs(tmp_path, [stopping(at(minutes)) for minutes in (0, 60, 120)], per_file=3)
    found = replayed(few_chains(), place, since=at(30), until=at(90))
    assert control(found, "cloudtrail_changes").should == 1
    assert found.found.logs.aside == {"outside the time asked for": 2}


def test_files_delivered_before_the_time_are_not_opened(tmp_path: Path) -> None:
    place = write_logs(tmp_path, [stopping(at(minutes)) for minutes in (0, 600)], per_file=1)
    found = replayed(few_chains(), place, since=at(300))
    assert (found.found.logs.files, found.found.logs.events) == (2, 2), "log_files was not told"
    from auditor.logs import log_files

    assert len(list(log_files(str(place), since=at(300)))) == 1


def test_events_may_count_when_their_file_was_delivered(tmp_path: Path) -> None:
    # Twenty minutes apart, but in one file, which is delivered five minutes after the last.
    place = write_logs(tmp_path, [stopping(at(0)), stopping(at(20))])
    assert control(replayed(few_chains(), place), "cloudtrail_changes").ring_count == 2
    (ring,) = control(replayed(few_chains(), place, by_delivery=True), "cloudtrail_changes").rings
    assert (ring.at, ring.events) == (at(26), 2)


def test_a_broken_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    place = write_logs(tmp_path, [stopping(at(0)), stopping(at(60)), stopping(at(120))], per_file=1)
    first, second, _ = sorted(place.iterdir())
    first.write_bytes(first.read_bytes()[:-20])
    second.write_bytes(gzip.compress(b'{"Records": [1]}'))
    (place / "CloudTrail-Digest").mkdir()
    digest = f"{ACCOUNT}_CloudTrail-Digest_us-east-1_trail_us-east-1_20261120T120000Z.json.gz"
    (place / "CloudTrail-Digest" / digest).write_bytes(gzip.compress(b'{"digestS3Bucket": "b"}'))
    (place / "stray.json").write_text('{\n"digestS3Bucket": "b"}')
    found = replayed(few_chains(), place).found
    assert found.logs.broken_count == 2
    assert {one.name.rpartition("/")[2] for one in found.logs.broken} == {first.name, second.name}
    assert found.logs.aside == {"digest files": 1}
    assert found.logs.counted == 1
    assert exit_code(found) == 3, "nothing failed, but something was skipped"


def test_json_lines_are_read_too(tmp_path: Path) -> None:
    lines = [json.dumps(one) for one in (looking(at(0)), stopping(at(1)))]
    (tmp_path / "events.ndjson.gz").write_bytes(gzip.compress("\n".join([*lines, "no event"]).encode()))
    found = replayed(few_chains(), tmp_path)
    assert control(found, "cloudtrail_changes").rang == 1
    assert found.found.logs.aside == {"not a JSON object": 1}


@pytest.mark.parametrize(
    ("changed", "region", "reason"),
    [
        ({"multi_region": False}, "us-east-1", ""),
        ({"multi_region": False}, "eu-west-1", "records us-east-1 only, leaves out the event"),
    ],
)
def test_a_trail_of_one_region_logs_what_happens_there(
    tmp_path: Path, changed: dict[str, Any], region: str, reason: str
) -> None:
    place = write_logs(tmp_path, [stopping(at(0), awsRegion=region)])
    one = control(replayed(with_trail(few_chains(), **changed), place), "cloudtrail_changes")
    assert one.verdict.value == "FAIL", "over all possible events some are lost"
    assert (one.rang, one.lost) == ((0, 1) if reason else (1, 0))
    assert not reason or reason in one.losses[0].reason


def test_what_the_selectors_leave_out_is_lost_at_the_trail(tmp_path: Path) -> None:
    facts = selecting(few_chains(), basic=(BasicSelector(read_write="ReadOnly"),))
    one = control(replayed(facts, write_logs(tmp_path, [stopping(at(0), readOnly=False)])), "cloudtrail_changes")
    assert (one.lost, one.losses[0].link.value) == (1, "trail")


def test_data_events_ring_where_the_trail_logs_any_and_are_noise(tmp_path: Path) -> None:
    denied = event(
        "GetObject", "s3.amazonaws.com", at(0), eventCategory="Data", managementEvent=False, errorCode="AccessDenied"
    )
    place = write_logs(tmp_path, [denied, looking(at(0))])
    objects = BasicSelector(data_resources=(DataResource(type="AWS::S3::Object", values=("arn:aws:s3",)),))
    some = AdvancedSelector(fields=(FieldSelector(field="eventCategory", equals=("Data",)),))
    every = AdvancedSelector(fields=(FieldSelector(field="eventCategory", equals=("Management",)),))
    for facts, rings in (
        (selecting(few_chains(), basic=(objects,)), 1),
        (selecting(few_chains(), basic=(BasicSelector(),)), 0),
        (selecting(few_chains(), advanced=(some, every)), 1),
        (selecting(few_chains(), advanced=(every,)), 0),
    ):
        found = replayed(facts, place)
        assert control(found, "unauthorized_api_calls").should == 0
        (watching,) = [one for one in found.found.alarms if one.name == "unauthorized_api_calls"]
        assert (watching.rings, watching.silent_rings) == (rings, rings)
        beyond = {one.filter: one.beyond for one in found.found.noise}
        assert beyond.get("unauthorized_api_calls", 0) == rings


def test_noise_is_what_a_filter_matches_beyond_its_control(tmp_path: Path) -> None:
    wide = "{ $.eventName = StopLogging || $.eventName = UpdateTrail || $.eventName = Describe* }"
    facts = account(metric_filter("wide", wide), alarm("wide"))
    events = [stopping(at(0)), *(looking(at(minutes)) for minutes in (1, 2, 60 * 24, 60 * 24 + 1, 60 * 24 + 2))]
    (noise,) = replayed(facts, write_logs(tmp_path, events)).found.noise
    assert (noise.filter, noise.matched, noise.beyond) == ("wide", 6, 5)
    assert noise.controls == ("alarm.cloudtrail_changes",)
    assert (noise.worst_day, noise.worst) == ("2026-11-21", 3)
    assert noise.per_day == pytest.approx(5, abs=0.1)
    assert noise.examples[0].name == "DescribeInstances"


def test_an_organizations_trail_brings_other_accounts_events_to_its_alarms(tmp_path: Path) -> None:
    theirs = [stopping(at(minutes), recipientAccountId=OTHER) for minutes in (0, 3, 6)]
    events = [*theirs, stopping(at(8)), looking(at(9))]
    own = replayed(few_chains(), write_logs(tmp_path / "own", events))
    assert control(own, "cloudtrail_changes").rang == 1
    shared = replayed(with_trail(few_chains(), organization=True), write_logs(tmp_path / "org", events))
    one = control(shared, "cloudtrail_changes")
    assert (one.should, one.rang, one.lost) == (1, 0, 1)
    assert "was in ALARM already because of events that no control names" in one.losses[0].reason
    assert any("organization" in each for each in shared.found.assumptions)


def test_several_processes_count_what_one_does(tmp_path: Path) -> None:
    events = [stopping(at(minutes)) if minutes % 7 == 0 else looking(at(minutes)) for minutes in range(400)]
    place = write_logs(tmp_path, events, per_file=10)
    (place / "broken.json").write_text("{")
    one, several = (replayed(few_chains(), place, workers=workers).found for workers in (1, 3))
    assert several == one
    assert one.logs.broken_count == 1


def test_two_trails_to_one_group_count_double(tmp_path: Path) -> None:
    second = trail_facts(trail=trail(name="second", arn=trail().arn.replace("management-trail", "second")))
    parts = (metric_filter("cloudtrail_changes", "{ $.eventName = StopLogging }"),)
    facts = account(*parts, alarm("cloudtrail_changes", threshold=2.0), trails=(trail_facts(), second))
    one = control(replayed(facts, write_logs(tmp_path, [stopping(at(0))])), "cloudtrail_changes")
    assert (one.should, one.rang) == (1, 1)
    assert one.rings[0].events == 1


def test_memory_holds_counts_and_a_few_events(tmp_path: Path) -> None:
    events = [stopping(at(minutes / 10)) for minutes in range(3000)]
    found = replayed(few_chains(), write_logs(tmp_path, events, per_file=1000))
    one = control(found, "cloudtrail_changes")
    assert one.should == 3000
    assert one.rang + one.joined == 3000
    assert len(one.rings) == one.ring_count == 1


def test_the_data_is_of_one_account() -> None:
    found = replayed(account_of_the_data(), Path(__file__).with_name("data")).found
    assert found.account_id == OF_THE_DATA
    assert found.logs.counted == found.logs.events == 256
