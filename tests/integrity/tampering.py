"""Ways to tamper with a trail's bucket, and what is wrong then, told by hand."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from auditor.integrity import Stored
from auditor.model.integrity import Kind, Problem
from tests.integrity.signed import BUCKET, HOUR, START, Chain, Objects, fingerprint, packed, sign

HOURS = 8
EMPTY = 3
LATER = START + timedelta(days=3)


def sound() -> Chain:
    """A sound chain: eight hours, one of them empty, and a backfill."""
    chain = Chain(Objects())
    for hour in range(HOURS):
        chain.digest(START + hour * HOUR, 0 if hour == EMPTY else 2)
    chain.backfill(START + 2 * HOUR, 1, generated=LATER)
    return chain


Wrong = dict[tuple[Kind, str], Problem]


@dataclass(frozen=True)
class Tampering:
    """One way.

    Attributes:
        do: Tampers, and gives what is wrong then.
        blind: Whether of what is wrong validate-logs sees nothing.
        uncovered: Whether it leaves a time uncovered, of which validate-logs says nothing.
    """

    do: Callable[[Chain], Wrong]
    blind: bool = False
    uncovered: bool = False

    @property
    def name(self) -> str:
        return self.do.__name__


def put(chain: Chain, key: str, body: bytes, metadata: dict[str, str] | None = None) -> None:
    kept = chain.objects.files.get((BUCKET, key), Stored(b"")).metadata
    chain.objects.files[BUCKET, key] = Stored(body, dict(kept) if metadata is None else metadata)


def remove(chain: Chain, *keys: str) -> None:
    for key in keys:
        del chain.objects.files[BUCKET, key]


def body(chain: Chain, key: str) -> bytes:
    return chain.objects.files[BUCKET, key].body


def said(chain: Chain, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(body(chain, key)))
    return found


def log(chain: Chain, hour: int = 4, place: int = 0) -> str:
    return chain.written[hour].logs[place]


def digest(chain: Chain, hour: int = 4) -> str:
    return chain.written[hour].key


def a_log(problem: Problem, chain: Chain) -> Wrong:
    return {(Kind.LOG, log(chain)): problem}


def a_digest(problem: Problem, chain: Chain, hour: int = 4) -> Wrong:
    return {(Kind.DIGEST, digest(chain, hour)): problem}


def log_edited(chain: Chain) -> Wrong:
    put(chain, log(chain), packed(b'{"Records": []}'))
    return a_log(Problem.HASH, chain)


def log_deleted(chain: Chain) -> Wrong:
    remove(chain, log(chain))
    return a_log(Problem.MISSING, chain)


def log_emptied(chain: Chain) -> Wrong:
    put(chain, log(chain), b"")
    return a_log(Problem.HASH, chain)


def log_cut_off(chain: Chain) -> Wrong:
    put(chain, log(chain), body(chain, log(chain))[:-12])
    return a_log(Problem.HASH, chain)


def log_not_gzip(chain: Chain) -> Wrong:
    put(chain, log(chain), gzip.decompress(body(chain, log(chain))))
    return a_log(Problem.FORMAT, chain)


def log_with_more_after_it(chain: Chain) -> Wrong:
    put(chain, log(chain), body(chain, log(chain)) + packed(b'{"Records": []}'))
    return a_log(Problem.TRAILING, chain)


def two_logs_swapped(chain: Chain) -> Wrong:
    one, other = log(chain, 4), log(chain, 5)
    mine, yours = body(chain, one), body(chain, other)
    put(chain, one, yours)
    put(chain, other, mine)
    return {(Kind.LOG, one): Problem.HASH, (Kind.LOG, other): Problem.HASH}


def log_of_backfill_edited(chain: Chain) -> Wrong:
    key = chain.backfills[0].logs[0]
    put(chain, key, packed(b"{}"))
    return {(Kind.LOG, key): Problem.HASH}


def digest_edited(chain: Chain) -> Wrong:
    told = said(chain, digest(chain))
    put(chain, digest(chain), packed(json.dumps({**told, "logFiles": told["logFiles"][1:]}).encode()))
    return a_digest(Problem.SIGNATURE, chain)


def newest_digest_edited(chain: Chain) -> Wrong:
    told = said(chain, digest(chain, HOURS - 1))
    put(chain, digest(chain, HOURS - 1), packed(json.dumps({**told, "logFiles": []}).encode()))
    return a_digest(Problem.SIGNATURE, chain, HOURS - 1)


def oldest_digest_edited(chain: Chain) -> Wrong:
    put(chain, digest(chain, 0), packed(json.dumps({**said(chain, digest(chain, 0)), "logFiles": []}).encode()))
    return a_digest(Problem.SIGNATURE, chain, 0)


def digest_deleted(chain: Chain) -> Wrong:
    remove(chain, digest(chain))
    return a_digest(Problem.MISSING, chain)


def digest_and_its_logs_deleted(chain: Chain) -> Wrong:
    remove(chain, digest(chain), *chain.written[4].logs)
    return a_digest(Problem.MISSING, chain)


def two_digests_swapped(chain: Chain) -> Wrong:
    one, other = (chain.objects.files[BUCKET, digest(chain, hour)] for hour in (4, 5))
    chain.objects.files[BUCKET, digest(chain, 4)] = other
    chain.objects.files[BUCKET, digest(chain, 5)] = one
    return {**a_digest(Problem.MOVED, chain), **a_digest(Problem.MOVED, chain, 5)}


def digest_of_another_trail(chain: Chain) -> Wrong:
    other = Chain(chain.objects, name="other-trail")
    key = other.digest(START + 4 * HOUR, 0).key
    chain.objects.files[BUCKET, digest(chain)] = chain.objects.files[BUCKET, key]
    return a_digest(Problem.MOVED, chain)


def forged(chain: Chain, key: str, named: str, claimed: str) -> None:
    """Signs a digest anew with a key of another's, and says that it is one or the other."""
    told = {**said(chain, key), "logFiles": [], "digestPublicKeyFingerprint": fingerprint(claimed)}
    content = json.dumps(told).encode()
    place = f"{told['digestS3Bucket']}/{told['digestS3Object']}"
    before = told["previousDigestSignature"] or "null"
    text = f"{told['digestEndTime']}\n{place}\n{hashlib.sha256(content).hexdigest()}\n{before}"
    put(chain, key, packed(content), {"signature": sign(named, text), "signature-algorithm": "SHA256withRSA"})


def signed_with_a_key_that_cloudtrail_does_not_have(chain: Chain) -> Wrong:
    forged(chain, digest(chain), "intruder", "intruder")
    return a_digest(Problem.KEY, chain)


def signed_with_another_key_than_it_says(chain: Chain) -> Wrong:
    forged(chain, digest(chain), "intruder", "cloudtrail")
    return a_digest(Problem.SIGNATURE, chain)


def signature_removed(chain: Chain) -> Wrong:
    put(chain, digest(chain), body(chain, digest(chain)), {})
    return a_digest(Problem.UNSIGNED, chain)


def signature_algorithm_removed(chain: Chain) -> Wrong:
    kept = chain.objects.files[BUCKET, digest(chain)].metadata
    put(chain, digest(chain), body(chain, digest(chain)), {"signature": kept["signature"]})
    return a_digest(Problem.UNSIGNED, chain)


def signature_no_hexadecimal(chain: Chain) -> Wrong:
    put(chain, digest(chain), body(chain, digest(chain)), {"signature": "zz", "signature-algorithm": "SHA256withRSA"})
    return a_digest(Problem.SIGNATURE, chain)


def signature_of_another_digest(chain: Chain) -> Wrong:
    put(chain, digest(chain), body(chain, digest(chain)), dict(chain.objects.files[BUCKET, digest(chain, 5)].metadata))
    return a_digest(Problem.SIGNATURE, chain)


def gzip_of_digest_broken(chain: Chain) -> Wrong:
    put(chain, digest(chain), body(chain, digest(chain))[:-9])
    return a_digest(Problem.FORMAT, chain)


def json_of_digest_broken(chain: Chain) -> Wrong:
    put(chain, digest(chain), packed(gzip.decompress(body(chain, digest(chain)))[:-1]))
    return a_digest(Problem.FORMAT, chain)


def field_of_digest_removed(chain: Chain) -> Wrong:
    told = said(chain, digest(chain))
    del told["digestEndTime"]
    put(chain, digest(chain), packed(json.dumps(told).encode()))
    return a_digest(Problem.FORMAT, chain)


def generation_time_of_backfill_removed(chain: Chain) -> Wrong:
    key = chain.backfills[0].key
    kept = dict(chain.objects.files[BUCKET, key].metadata)
    del kept["backfill-generation-timestamp"]
    put(chain, key, body(chain, key), kept)
    return {(Kind.BACKFILL, key): Problem.FORMAT}


def forged_newest(chain: Chain) -> Wrong:
    made = Chain(chain.objects, key="intruder").digest(START + HOURS * HOUR, 1)
    return {(Kind.DIGEST, made.key): Problem.KEY}


# What validate-logs does not see.


def digest_with_more_after_it(chain: Chain) -> Wrong:
    put(chain, digest(chain), body(chain, digest(chain)) + b"more")
    return a_digest(Problem.TRAILING, chain)


def digest_that_the_next_does_not_name(chain: Chain) -> Wrong:
    """As if CloudTrail had signed two digests for one hour, and another of them were put back."""
    chain.objects.files.clear()
    chain.written.clear()
    chain.restart().hours(3)
    wrong = sign("cloudtrail", "something else")
    chain.digest(START + 3 * HOUR, 1, previousDigestSignature=wrong)
    return a_digest(Problem.LINK, chain, 2)


def forged_between_two(chain: Chain) -> Wrong:
    other = Chain(chain.objects, key="intruder")
    made = other.put(START + 3.5 * HOUR, START + 4.5 * HOUR, [])
    return {(Kind.DIGEST, made.key): Problem.KEY}


SEEN_BY_BOTH = [
    *(Tampering(do) for do in (log_edited, log_deleted, log_emptied, log_cut_off, log_not_gzip)),
    *(Tampering(do) for do in (log_with_more_after_it, two_logs_swapped, log_of_backfill_edited)),
    *(Tampering(do, uncovered=True) for do in (digest_edited, newest_digest_edited, oldest_digest_edited)),
    *(Tampering(do, uncovered=True) for do in (digest_deleted, digest_and_its_logs_deleted, two_digests_swapped)),
    Tampering(digest_of_another_trail, uncovered=True),
    Tampering(signed_with_a_key_that_cloudtrail_does_not_have, uncovered=True),
    Tampering(signed_with_another_key_than_it_says, uncovered=True),
    *(Tampering(do, uncovered=True) for do in (signature_removed, signature_algorithm_removed)),
    *(Tampering(do, uncovered=True) for do in (signature_no_hexadecimal, signature_of_another_digest)),
    *(Tampering(do, uncovered=True) for do in (gzip_of_digest_broken, json_of_digest_broken, field_of_digest_removed)),
    Tampering(generation_time_of_backfill_removed),
    Tampering(forged_newest),
]
SEEN_BY_US_ALONE = [
    Tampering(digest_with_more_after_it, blind=True),
    Tampering(digest_that_the_next_does_not_name, blind=True),
    Tampering(forged_between_two, blind=True),
]
