"""Chains and tamperings that are drawn, against a model that says plainly which files must be valid."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.integrity import Search, StoredKeys, TrailPlace, Verification
from auditor.model.integrity import Flaw, LogIntegrity, Span, Standing
from tests.integrity.signed import ARN, BUCKET, HOUR, START, Chain, Objects, fingerprint, packed, public_key
from tests.integrity.tampering import body, forged, put

DigestFate = Literal["kept", "deleted", "edited", "unsigned", "forged", "unreadable"]
LogFate = Literal["kept", "deleted", "edited", "unreadable"]
_LOG_STANDS = {
    "kept": Standing.VALID,
    "deleted": Standing.INVALID,
    "edited": Standing.INVALID,
    "unreadable": Standing.UNKNOWN,
}


@dataclass(frozen=True)
class Hour:
    """One hour: whether its digest begins a chain, what becomes of it, and of the log files that it names."""

    begins: bool
    fate: DigestFate
    logs: tuple[LogFate, ...]


_HOURS = st.lists(
    st.builds(
        Hour,
        begins=st.sampled_from((False, False, False, True)),
        fate=st.sampled_from(("kept", "kept", "kept", "deleted", "edited", "unsigned", "forged", "unreadable")),
        logs=st.lists(st.sampled_from(("kept", "kept", "deleted", "edited", "unreadable")), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


def built(hours: list[Hour], *, metadata: bool) -> Chain:
    chain = Chain(Objects(keeps_metadata=metadata))
    for number, hour in enumerate(hours):
        if hour.begins:
            chain.restart()
        chain.digest(START + number * HOUR, len(hour.logs))
    for number, hour in enumerate(hours):
        for place, fate in enumerate(hour.logs):
            _log(chain, chain.written[number].logs[place], fate)
        _digest(chain, chain.written[number].key, hour.fate)
    return chain


def _log(chain: Chain, key: str, fate: LogFate) -> None:
    if fate == "deleted":
        del chain.objects.files[BUCKET, key]
    elif fate == "edited":
        put(chain, key, packed(b'{"Records": []}'))
    elif fate == "unreadable":
        chain.objects.unreadable.add(key)


def _digest(chain: Chain, key: str, fate: DigestFate) -> None:
    if fate == "deleted":
        del chain.objects.files[BUCKET, key]
    elif fate == "edited":
        content = body(chain, key)
        put(chain, key, packed(gzip.decompress(content) + b" "))
    elif fate == "unsigned":
        put(chain, key, body(chain, key), {})
    elif fate == "forged":
        forged(chain, key, "intruder", "intruder")
    elif fate == "unreadable":
        chain.objects.unreadable.add(key)


def verified(chain: Chain, hours: int) -> LogIntegrity:
    asked = Span(start=START, end=START + hours * HOUR)
    keys = StoredKeys({fingerprint("cloudtrail"): public_key("cloudtrail")})
    place = TrailPlace(ARN, BUCKET, organization=False, multi_region=True)
    return Verification(Search(chain.objects, place, asked), keys, asked.end + timedelta(days=9), threads=2).run()


Verdicts = dict[str, Standing]


def expected(chain: Chain, hours: list[Hour]) -> tuple[Verdicts, set[int]]:
    """Gives the verdict on each file that is to be judged, and the hours that are proved; from a bucket."""
    verdicts: Verdicts = {}
    proved = {number for number, hour in enumerate(hours) if hour.fate == "kept"}
    for number, hour in enumerate(hours):
        key = chain.written[number].key
        if hour.fate == "deleted":
            # Nothing but a valid digest after it tells that it ever was.
            if number + 1 in proved and not hours[number + 1].begins:
                verdicts[key] = Standing.INVALID
        elif hour.fate == "unreadable":
            verdicts[key] = Standing.UNKNOWN
        else:
            verdicts[key] = Standing.VALID if hour.fate == "kept" else Standing.INVALID
    _add_logs(verdicts, chain, hours, proved)
    return verdicts, proved


def expected_of_a_copy(chain: Chain, hours: list[Hour]) -> tuple[Verdicts, set[int]]:
    """The same from a copy, where a digest's signature stands in the digest after it only."""
    verdicts: Verdicts = {}
    proved: set[int] = set()
    named = False
    for number in reversed(range(len(hours))):
        hour, key = hours[number], chain.written[number].key
        names_the_one_before = False
        if hour.fate == "deleted":
            if named:
                verdicts[key] = Standing.INVALID
        elif hour.fate == "unreadable":
            verdicts[key] = Standing.UNKNOWN
        elif not named:
            verdicts[key] = Standing.UNKNOWN
            names_the_one_before = True
        elif hour.fate in ("kept", "unsigned"):
            verdicts[key] = Standing.VALID
            proved.add(number)
            names_the_one_before = True
        else:
            verdicts[key] = Standing.INVALID
        named = names_the_one_before and not hour.begins and number > 0
    _add_logs(verdicts, chain, hours, proved)
    return verdicts, proved


def _add_logs(verdicts: Verdicts, chain: Chain, hours: list[Hour], proved: set[int]) -> None:
    for number in proved:
        for key, fate in zip(chain.written[number].logs, hours[number].logs, strict=True):
            verdicts[key] = _LOG_STANDS[fate]


def hold(found: LogIntegrity, verdicts: Verdicts, proved: set[int], hours: list[Hour]) -> None:
    if not found.chains:
        assert not verdicts
        assert found.standing is Standing.UNKNOWN
        return
    (chain,) = found.chains
    stand = list(verdicts.values())
    flaws: list[Flaw] = list(chain.flaws)
    assert {flaw.key: flaw.standing for flaw in flaws} == {
        key: standing for key, standing in verdicts.items() if standing is not Standing.VALID
    }
    assert len({flaw.key for flaw in flaws}) == len(flaws)
    assert chain.digests.valid + chain.logs.valid == stand.count(Standing.VALID)
    assert (chain.invalid, chain.unknown) == (stand.count(Standing.INVALID), stand.count(Standing.UNKNOWN))
    uncovered = {
        number
        for span in chain.uncovered
        for number in range(len(hours))
        if span.start <= START + number * HOUR < span.end
    }
    assert uncovered == set(range(len(hours))) - proved
    open_hours = uncovered - (set(range(min(proved))) if proved and hours[min(proved)].begins else set())
    if Standing.INVALID in stand:
        assert found.standing is Standing.INVALID
    elif Standing.UNKNOWN in stand or open_hours:
        assert found.standing is Standing.UNKNOWN
    else:
        assert found.standing is Standing.VALID


@settings(max_examples=150, deadline=None)
@given(_HOURS)
def test_a_bucket(hours: list[Hour]) -> None:
    chain = built(hours, metadata=True)
    hold(verified(chain, len(hours)), *expected(chain, hours), hours)


@settings(max_examples=150, deadline=None)
@given(_HOURS)
def test_a_copy(hours: list[Hour]) -> None:
    chain = built(hours, metadata=False)
    hold(verified(chain, len(hours)), *expected_of_a_copy(chain, hours), hours)
