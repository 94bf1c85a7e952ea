"""The same verdicts as `aws cloudtrail validate-logs` on the same bucket, and the list of where we see more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.integrity import Stored
from auditor.model.integrity import Kind, Problem, Standing
from tests.integrity.signed import BUCKET, HOME, HOUR, START, Chain, Objects, iso, packed
from tests.integrity.stage import Stage, agree, told
from tests.integrity.tampering import HOURS, SEEN_BY_BOTH, SEEN_BY_US_ALONE, Tampering, remove, sound

FROM, TO = iso(START), iso(START + HOURS * HOUR)


def test_a_sound_chain_is_valid_to_both(stage: Stage) -> None:
    stage.fill(sound().objects)
    code, found = stage.ours(FROM, TO)
    theirs = stage.theirs(FROM, TO, HOME)
    assert (code, found.standing, theirs.code) == (0, Standing.VALID, 0)
    assert told(code, found).counts == theirs.counts
    assert theirs.counts == {Kind.DIGEST: (8, 8), Kind.BACKFILL: (1, 1), Kind.LOG: (15, 15)}


@pytest.mark.parametrize("tampering", SEEN_BY_BOTH, ids=lambda one: one.name)
def test_both_name_the_same_files(stage: Stage, tampering: Tampering) -> None:
    chain = sound()
    wrong = tampering.do(chain)
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    ours, theirs = told(code, found), stage.theirs(FROM, TO, HOME)
    assert ours.bad == wrong
    agree(ours, theirs)
    assert (ours.code, theirs.code) == (1, 1)
    assert ours.counts == theirs.counts
    assert any(one.open_times for one in found.chains) is tampering.uncovered


@pytest.mark.parametrize("tampering", SEEN_BY_US_ALONE, ids=lambda one: one.name)
def test_validate_logs_is_blind_to_these(stage: Stage, tampering: Tampering) -> None:
    chain = sound()
    wrong = tampering.do(chain)
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    theirs = stage.theirs(FROM, TO, HOME)
    assert (code, told(code, found).bad) == (1, wrong)
    assert (theirs.code, theirs.bad) == (0, {})


def test_a_copy_in_a_later_folder_hides_newer_digests_from_validate_logs(stage: Stage) -> None:
    chain = sound()
    moved = chain.written[2].key.replace("/2026/11/01/", "/2026/11/02/")
    chain.objects.files[BUCKET, moved] = chain.objects.files[BUCKET, chain.written[2].key]
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    ours, theirs = told(code, found), stage.theirs(FROM, TO, HOME)
    assert ours.bad == {(Kind.DIGEST, moved): Problem.MOVED}
    agree(ours, theirs)
    assert ours.counts[Kind.DIGEST] == (HOURS, HOURS + 1)
    # It goes on with what is older than the copy's name, and never looks at the six digests that are newer.
    assert theirs.counts[Kind.DIGEST] == (2, 3)


def test_two_digests_deleted_in_a_row_leave_a_time_uncovered(stage: Stage) -> None:
    chain = sound()
    remove(chain, chain.written[3].key, chain.written[4].key)
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    ours, theirs = told(code, found), stage.theirs(FROM, TO, HOME)
    assert ours.bad == {(Kind.DIGEST, chain.written[4].key): Problem.MISSING}
    agree(ours, theirs)
    (span,) = found.chains[0].open_times
    assert (span.start, span.end) == (START + 3 * HOUR, START + 5 * HOUR)


def test_the_newest_digests_deleted_pass_unseen_by_validate_logs(stage: Stage) -> None:
    chain = sound()
    remove(chain, *(one.key for one in chain.written[5:]))
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    assert (code, found.standing, stage.theirs(FROM, TO, HOME).code) == (3, Standing.UNKNOWN, 0)
    (span,) = found.chains[0].open_times
    assert (span.start, span.end, span.reason) == (
        START + 5 * HOUR,
        START + 8 * HOUR,
        "there is no valid digest after it",
    )


@pytest.mark.parametrize("day", ["the first", "the last"])
def test_a_whole_day_removed(stage: Stage, day: str) -> None:
    chain = Chain(Objects()).hours(48, logs=1)
    gone = chain.written[:24] if day == "the first" else chain.written[24:]
    for one in gone:
        remove(chain, one.key, *one.logs)
    stage.fill(chain.objects)
    end = iso(START + 48 * HOUR)
    code, found = stage.ours(FROM, end)
    ours, theirs = told(code, found), stage.theirs(FROM, end, HOME)
    agree(ours, theirs)
    (span,) = found.chains[0].open_times
    assert span.end - span.start == timedelta(days=1)
    # Of the first day validate-logs misses one digest of 24; of the last it does not notice anything.
    assert len(ours.bad) == (1 if day == "the first" else 0)
    assert (ours.code, theirs.code) == ((1, 1) if day == "the first" else (3, 0))


def test_a_chain_that_begins_anew_leaves_a_time_uncovered(stage: Stage) -> None:
    chain = Chain(Objects()).hours(3)
    chain.restart().hours(3, start=START + 5 * HOUR)
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    ours, theirs = told(code, found), stage.theirs(FROM, TO, HOME)
    assert (ours.code, theirs.code) == (3, 0)
    assert ours.counts == theirs.counts
    (span,) = found.chains[0].open_times
    assert (span.start, span.end) == (START + 3 * HOUR, START + 5 * HOUR)
    assert span.reason == "CloudTrail began a new chain of digests after it"


def test_a_bucket_without_digests_proves_nothing(stage: Stage) -> None:
    stage.fill(Objects())
    code, found = stage.ours(FROM, TO)
    assert (code, found.standing, stage.theirs(FROM, TO, HOME).code) == (3, Standing.UNKNOWN, 0)


def test_another_bucket_is_not_where_cloudtrail_put_them(stage: Stage) -> None:
    chain = sound()
    copied = {("copy", key): stored for (_, key), stored in chain.objects.files.items()}
    stage.fill(Objects({**chain.objects.files, **copied}), BUCKET, "copy")
    code, found = stage.ours(FROM, TO, "--s3-bucket", "copy")
    ours, theirs = told(code, found), stage.theirs(FROM, TO, HOME, "--s3-bucket", "copy")
    agree(ours, theirs)
    assert set(ours.bad.values()) == {Problem.MOVED}
    assert ours.counts == theirs.counts == {Kind.DIGEST: (0, 8), Kind.BACKFILL: (0, 1)}


def test_a_prefix_and_several_regions(stage: Stage) -> None:
    home = Chain(Objects(), before="logs/of/acme/AWSLogs/").hours(HOURS)
    ireland = Chain(home.objects, region="eu-west-1", key="cloudtrail-ireland", before=home.before).hours(HOURS, logs=1)
    remove(ireland, ireland.written[3].logs[0])
    stage.fill(home.objects, prefix="logs/of/acme")
    code, found = stage.ours(FROM, TO)
    ours = told(code, found)
    first, second = stage.theirs(FROM, TO, HOME), stage.theirs(FROM, TO, "eu-west-1")
    assert {**first.bad, **second.bad}.keys() == ours.bad.keys() == {(Kind.LOG, ireland.written[3].logs[0])}
    assert ours.counts[Kind.LOG] == (23, 24)
    assert (first.counts[Kind.LOG], second.counts[Kind.LOG]) == ((16, 16), (7, 8))
    code, found = stage.ours(FROM, TO, "--region", HOME)
    assert (code, [chain.region for chain in found.chains]) == (0, [HOME])


def test_a_digest_signed_with_the_key_of_another_region(stage: Stage) -> None:
    chain = Chain(Objects(), key="cloudtrail-ireland").hours(2)
    stage.fill(chain.objects)
    end = iso(START + 2 * HOUR)
    code, found = stage.ours(FROM, end)
    ours, theirs = told(code, found), stage.theirs(FROM, end, HOME)
    agree(ours, theirs)
    assert set(ours.bad.values()) == {Problem.KEY}


def test_a_log_file_that_may_not_be_read_is_unknown_where_validate_logs_gives_up(stage: Stage) -> None:
    chain = sound()
    stage.fill(chain.objects)
    stage.account.controls.fail("s3:GetObject", match=chain.written[4].logs[0])
    code, found = stage.ours(FROM, TO)
    theirs = stage.theirs(FROM, TO, HOME)
    assert (code, found.standing) == (3, Standing.UNKNOWN)
    (flaw,) = found.chains[0].flaws
    assert (flaw.key, flaw.standing) == (chain.written[4].logs[0], Standing.UNKNOWN)
    assert "the permission s3:GetObject is missing" in flaw.told
    assert (theirs.code, theirs.counts) == (255, {})


def test_a_log_file_that_no_digest_names_is_noted(stage: Stage) -> None:
    chain = sound()
    named = chain.log(START + 3.5 * HOUR, 777)["s3Object"]
    chain.objects.files[BUCKET, named] = Stored(packed(b'{"Records": []}'))
    stage.fill(chain.objects)
    code, found = stage.ours(FROM, TO)
    assert (code, stage.theirs(FROM, TO, HOME).code) == (0, 0)
    assert (found.chains[0].unnamed, found.chains[0].unnamed_count) == ((named,), 1)
