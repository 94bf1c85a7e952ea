from __future__ import annotations

from typing import Any

import pytest

from auditor.checking import Status
from auditor.model.bucket import BucketPolicy
from checks.bucket.tls_only import TlsOnly
from tests.checks.bucket_judging import commands, found, run, sids, stated, told
from tests.checks.build import BUCKET, BUCKET_ARN, SOURCE, bucket, snapshot

DENY: dict[str, Any] = {
    "Sid": "Tls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET_ARN, f"{BUCKET_ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
NO_POLICY = BucketPolicy(source=SOURCE)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (NO_POLICY, f"The bucket {BUCKET} has no policy that refuses requests without TLS."),
        (stated({**DENY, "Effect": "Allow"}), "does not refuse"),
        (
            stated({**DENY, "Resource": f"{BUCKET_ARN}/*"}),
            f"Of the policy: requests to the bucket at {BUCKET_ARN} are not denied.",
        ),
        (
            stated({**DENY, "Resource": BUCKET_ARN}),
            f"Of the policy: requests to the objects at {BUCKET_ARN}/* are not denied.",
        ),
        (stated({**DENY, "Action": "s3:GetObject"}), "but with exceptions: actions outside s3:GetObject"),
        (
            stated(
                {key: value for key, value in DENY.items() if key != "Principal"} | {"NotPrincipal": {"AWS": "1" * 12}}
            ),
            "principals in NotPrincipal: 111111111111",
        ),
    ],
)
def test_a_policy_that_lets_plain_http_through_fails_and_is_mended(policy: BucketPolicy, said: str) -> None:
    facts = bucket(policy=policy)
    finding = found(TlsOnly, snapshot(buckets=(facts,)))
    assert finding.status is Status.FAIL
    assert said in told(finding)
    mended = run(facts, *commands(finding))
    kept = [] if policy is NO_POLICY else ["Tls"]
    assert sids(mended) == [*kept, "TrailAuditorDenyWithoutTls"]
    assert found(TlsOnly, snapshot(buckets=(mended,))).status is Status.PASS


def test_what_hangs_on_a_key_is_unknown_and_names_it() -> None:
    old_tls = {**DENY, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}
    finding = found(TlsOnly, policy=stated(old_tls))
    assert finding.status is Status.UNKNOWN
    assert "whether a request without TLS carries s3:TlsVersion" in finding.reason
