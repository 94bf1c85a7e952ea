"""Which chains are found in a bucket, and which are missed where they have no digests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from auditor.integrity import NotReadError, Search, Stored, StoredKeys, TrailPlace, Verification
from auditor.integrity.ahead import read, tried_again
from auditor.model.integrity import LogIntegrity, Problem, Span, Standing
from tests.integrity.signed import (
    ACCOUNT,
    ARN,
    BUCKET,
    HOME,
    HOUR,
    START,
    Chain,
    Objects,
    fingerprint,
    public_key,
)

IRELAND = "eu-west-1"
KEYS = StoredKeys({fingerprint(name): public_key(name) for name in ("cloudtrail", "cloudtrail-ireland")})


def verified(objects: Objects, hours: int, *, late: timedelta = timedelta(days=2), **place: Any) -> LogIntegrity:
    asked = Span(start=START, end=START + hours * HOUR)
    known = {"organization": False, "multi_region": True, **place}
    return Verification(Search(objects, TrailPlace(ARN, BUCKET, **known), asked), KEYS, asked.end + late).run()


def found(of: LogIntegrity) -> list[tuple[str, str, Standing]]:
    """The chains, and how each stands by itself."""
    return [
        (chain.account_id, chain.region, of.model_copy(update={"chains": (chain,), "unread": ()}).standing)
        for chain in of.chains
    ]


def test_an_organizations_accounts_each_have_their_regions() -> None:
    other = "210987654321"
    own = Chain(Objects(), before="AWSLogs/o-abcdef1234/").hours(3)
    Chain(own.objects, before=own.before, account=other).hours(3)
    ireland = Chain(own.objects, before=own.before, account=other, region=IRELAND, key="cloudtrail-ireland").hours(3)
    del own.objects.files[BUCKET, ireland.written[1].logs[0]]
    assert found(verified(own.objects, 3, organization=True)) == [
        (ACCOUNT, HOME, Standing.VALID),
        (other, IRELAND, Standing.INVALID),
        (other, HOME, Standing.VALID),
    ]


def test_log_files_of_a_region_are_another_trails_unless_this_one_records_all_regions() -> None:
    home = Chain(Objects()).hours(3)
    Chain(home.objects, region=IRELAND, name="another-trail").hours(3)
    assert found(verified(home.objects, 3, multi_region=False)) == [(ACCOUNT, HOME, Standing.VALID)]
    assert found(verified(home.objects, 3)) == [(ACCOUNT, IRELAND, Standing.UNKNOWN), (ACCOUNT, HOME, Standing.VALID)]


def test_a_region_without_anything_of_that_time_is_no_chain() -> None:
    home = Chain(Objects()).hours(3)
    ireland = Chain(home.objects, region=IRELAND).hours(3, start=START - timedelta(days=30))
    for written in ireland.written:
        del home.objects.files[BUCKET, written.key]
    assert found(verified(home.objects, 3)) == [(ACCOUNT, HOME, Standing.VALID)]


def test_a_region_that_had_digests_once_must_have_them_of_each_hour() -> None:
    home = Chain(Objects()).hours(3)
    Chain(home.objects, region=IRELAND).hours(3, start=START - timedelta(days=30))
    assert found(verified(home.objects, 3)) == [(ACCOUNT, IRELAND, Standing.UNKNOWN), (ACCOUNT, HOME, Standing.VALID)]
    assert found(verified(home.objects, 3, multi_region=False)) == [(ACCOUNT, HOME, Standing.VALID)]


def test_the_home_region_is_missed_even_where_nothing_is_left_of_it() -> None:
    chain = Chain(Objects(), region=IRELAND, key="cloudtrail-ireland").hours(3)
    assert found(verified(chain.objects, 3)) == [(ACCOUNT, IRELAND, Standing.VALID), (ACCOUNT, HOME, Standing.UNKNOWN)]


def test_a_time_too_new_for_digests_is_not_valid() -> None:
    assert verified(Objects(), 1, late=timedelta(0)).standing is Standing.UNKNOWN


def test_a_chain_that_is_up_to_date_is_valid_though_the_last_hour_has_no_digest_yet() -> None:
    assert verified(Chain(Objects()).hours(4).objects, 5, late=timedelta(0)).standing is Standing.VALID


@pytest.mark.parametrize("seconds", [0, 91])
def test_digests_need_not_end_on_the_hour(seconds: int) -> None:
    chain = Chain(Objects()).hours(6, start=START - HOUR + timedelta(seconds=seconds))
    assert verified(chain.objects, 4).standing is Standing.VALID


def test_a_chain_leads_into_the_bucket_that_the_trail_had_before() -> None:
    chain = Chain(Objects(), bucket="old-bucket").hours(3)
    chain.bucket = BUCKET
    chain.hours(3, start=START + 3 * HOUR)
    assert verified(chain.objects, 6).chains[0].digests.valid == 6
    del chain.objects.files["old-bucket", chain.written[1].key]
    (flaw,) = verified(chain.objects, 6).chains[0].flaws
    assert (flaw.address, flaw.problem) == (f"s3://old-bucket/{chain.written[1].key}", Problem.MISSING)


def test_a_second_chain_of_a_trail_that_was_made_anew_is_walked_too() -> None:
    first = Chain(Objects()).hours(3)
    again = Chain(first.objects)
    again.put(START + 2.25 * HOUR, START + 2.75 * HOUR, [again.log(START + 2.5 * HOUR, 50)])
    again.put(START + 2.75 * HOUR, START + 4 * HOUR, [])
    # The last digest of the first chain comes after the first of the second, which does not name it.
    outcome = verified(first.objects, 4)
    (chain,) = outcome.chains
    assert (outcome.standing, chain.digests.valid, chain.logs.valid) == (Standing.VALID, 5, 7)
    (flaw,) = chain.flaws
    assert (flaw.key, flaw.problem, flaw.standing) == (first.written[2].key, Problem.UNLINKED, Standing.VALID)


class Breaking(Objects):
    """A bucket from which the reading of each file breaks off once."""

    def read(self, bucket: str, key: str) -> Stored:
        if key not in self.unreadable:
            self.unreadable.add(key)
            raise NotReadError("the connection broke off", passing=True)
        return self.files[bucket, key]


def test_a_reading_that_breaks_off_is_done_again() -> None:
    chain = Chain(Breaking()).hours(3)
    assert verified(chain.objects, 3).standing is Standing.VALID


def test_a_reading_that_breaks_off_each_time_is_given_up() -> None:
    tries = []

    def breaks() -> Stored:
        tries.append(1)
        raise NotReadError("the connection broke off", passing=True)

    with pytest.raises(NotReadError):
        tried_again(breaks)
    assert len(tries) == 3
    objects = Objects(unreadable={"a"})
    assert isinstance(read(objects, BUCKET, "a"), NotReadError)


def test_a_digest_that_unpacks_without_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain(Objects()).hours(3)
    monkeypatch.setattr("auditor.integrity.digest.LARGEST", 100)
    outcome = verified(chain.objects, 3)
    assert {flaw.problem for flaw in outcome.chains[0].flaws} == {Problem.FORMAT}
    assert outcome.standing is Standing.INVALID
