from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from auditor.checking import Status
from auditor.findings import Finding
from auditor.model.bucket import BucketFacts, BucketPolicy, RequestPayment
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.policy import Outcome, Policy, Principal, Request, decide
from checks.bucket.cloudtrail_access import CloudTrailAccess
from tests.checks.bucket_judging import commands, found, option, run, sids, stated, told
from tests.checks.build import (
    ACCOUNT,
    BUCKET,
    BUCKET_ARN,
    NOW,
    SOURCE,
    TRAIL,
    bucket,
    bucket_policy,
    snapshot,
    status,
    trail,
    trail_facts,
    unreadable,
)

LOOK: dict[str, Any] = {
    "Sid": "Look",
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "s3:GetBucketAcl",
    "Resource": BUCKET_ARN,
    "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
}
WRITE: dict[str, Any] = {
    **LOOK,
    "Sid": "Write",
    "Action": "s3:PutObject",
    "Resource": f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/*",
    "Condition": {"StringEquals": {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}},
}
SILENT = trail_facts(status=status(latest_delivery=None))
NO_POLICY = BucketPolicy(source=SOURCE)


def of(facts: BucketFacts, *trails: TrailFacts) -> Snapshot:
    return snapshot(buckets=(facts,), trails=trails or (SILENT,))


def judged(policy: BucketPolicy, *trails: TrailFacts) -> Finding:
    return found(CloudTrailAccess, of(bucket(policy=policy), *trails))


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (NO_POLICY, f"s3:GetBucketAcl on {BUCKET_ARN} for the trail management-trail is not allowed by any statement"),
        (stated(WRITE), "s3:GetBucketAcl on"),
        (stated(LOOK), f"s3:PutObject on {BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail/*"),
        (stated(LOOK, {**WRITE, "Resource": f"{BUCKET_ARN}/AWSLogs/999988887777/*"}), "s3:PutObject on"),
        (stated(LOOK, {**WRITE, "Resource": f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/CloudTrail/*"}), "CloudTrail-Digest/*"),
        (stated(LOOK, {**WRITE, "Condition": {"StringEquals": {"aws:SourceArn": f"{TRAIL}-old"}}}), "s3:PutObject on"),
        (stated(LOOK, {**WRITE, "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}), "s3:PutObject on"),
        (stated(LOOK, {**WRITE, "Principal": {"Service": "config.amazonaws.com"}}), "s3:PutObject on"),
    ],
)
def test_a_policy_without_the_statements_fails_and_is_mended(policy: BucketPolicy, said: str) -> None:
    facts = bucket(policy=policy)
    finding = found(CloudTrailAccess, of(facts))
    assert finding.status is Status.FAIL
    assert finding.reason.startswith(f"The policy of {BUCKET} keeps CloudTrail out: ")
    assert said in finding.reason
    mended = run(facts, *commands(finding))
    before = [] if policy is NO_POLICY else sids(facts)
    assert sids(mended) == [*before, "TrailAuditorCloudTrailAclCheck", "TrailAuditorCloudTrailWrite"]
    after = found(CloudTrailAccess, of(mended))
    assert (after.status, after.notes) == (Status.PASS, ())


def test_cloudtrail_is_excepted_from_a_deny_that_holds_for_all_others() -> None:
    deny = {"Sid": "Freeze", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": f"{BUCKET_ARN}/*"}
    finding = judged(stated(LOOK, WRITE, deny))
    assert finding.status is Status.FAIL
    assert "is explicitly denied by Freeze" in finding.reason
    (command,) = commands(finding)
    statements = option(command, "policy")["Statement"]
    unless = {"StringNotEqualsIfExists": {"aws:PrincipalServiceName": ["cloudtrail.amazonaws.com"]}}
    assert statements == [LOOK, WRITE, {**deny, "Condition": unless}]
    assert judged(stated(*statements)).status is Status.PASS
    people = Request(Principal.aws(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/kim"), "s3:PutObject", f"{BUCKET_ARN}/x")
    assert decide(Policy.parse(json.dumps({"Statement": statements})), people).outcome is Outcome.DENIED
    assert finding.remediation is not None
    assert "except CloudTrail from the Deny" in finding.remediation.summary


def test_a_refusal_just_after_a_delivery_says_so() -> None:
    assert "has just delivered without an error; the policy must have changed since" in told(
        judged(NO_POLICY, trail_facts())
    )


@pytest.mark.parametrize(
    ("own", "verdict"),
    [
        (trail_facts(), Status.PASS),
        (SILENT, Status.UNKNOWN),
        (trail_facts(status=status(latest_digest_delivery=None)), Status.UNKNOWN),
        (trail_facts(status=status(latest_delivery_error="AccessDenied")), Status.UNKNOWN),
        (trail_facts(status=status(latest_delivery=NOW - timedelta(days=2))), Status.UNKNOWN),
        (trail_facts(status=unreadable("cloudtrail:GetTrailStatus", TRAIL)), Status.UNKNOWN),
    ],
)
def test_a_delivery_settles_what_hangs_on_an_unknown_key(own: TrailFacts, verdict: Status) -> None:
    write = {**WRITE, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}}}
    finding = judged(stated(LOOK, write), own)
    assert finding.status is verdict
    assert "aws:SourceOrgID" in told(finding)
    assert ("is settled by its last delivery" in told(finding)) is (verdict is Status.PASS)


@pytest.mark.parametrize(
    ("path", "silent", "delivering"),
    [
        ("AWSLogs/*", Status.PASS, Status.PASS),
        ("AWSLogs/o-abcdefghij/*", Status.UNKNOWN, Status.PASS),
        (f"AWSLogs/{ACCOUNT}/*", Status.FAIL, Status.FAIL),
    ],
)
def test_the_organization_s_id_is_unknown_until_it_delivers(path: str, silent: Status, delivering: Status) -> None:
    policy = stated(LOOK, {**WRITE, "Resource": f"{BUCKET_ARN}/{path}"})
    whole = trail(organization=True)
    assert judged(policy, trail_facts(trail=whole, status=status(latest_delivery=None))).status is silent
    assert judged(policy, trail_facts(trail=whole)).status is delivering


def test_the_statements_for_an_organization_s_trail_let_it_write() -> None:
    account = of(bucket(policy=NO_POLICY), trail_facts(trail=trail(organization=True)))
    mended = run(account.buckets[0], *commands(found(CloudTrailAccess, account)))
    assert found(CloudTrailAccess, account.model_copy(update={"buckets": (mended,)})).status is Status.PASS


def test_every_trail_of_the_bucket_must_be_let_in() -> None:
    second = trail(name="second", arn=f"{TRAIL}-2", key_prefix="audit")
    account = of(bucket(policy=stated(LOOK, WRITE)), SILENT, trail_facts(trail=second))
    finding = found(CloudTrailAccess, account)
    assert finding.status is Status.FAIL
    assert "for the trail second" in finding.reason
    assert "for the trail management-trail" not in finding.reason
    mended = run(account.buckets[0], *commands(finding))
    after = found(CloudTrailAccess, account.model_copy(update={"buckets": (mended,)}))
    assert (after.status, "management-trail, the trail second" in after.reason) == (Status.PASS, True)


def test_a_policy_for_any_trail_passes_with_a_warning() -> None:
    anyone = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    finding = judged(stated({**LOOK, "Condition": {}}, {**WRITE, "Condition": anyone}))
    assert finding.status is Status.PASS
    assert "a condition on aws:SourceArn that names the trails" in told(finding)


def test_a_deny_without_tls_does_not_keep_cloudtrail_out() -> None:
    assert judged(bucket_policy()).status is Status.PASS


def test_a_bucket_whose_requester_pays_fails_and_is_mended() -> None:
    facts = bucket(payment=RequestPayment(source=SOURCE, payer="Requester"))
    finding = found(CloudTrailAccess, of(facts))
    assert finding.status is Status.FAIL
    assert finding.reason == f"The bucket {BUCKET} makes the requester pay, which keeps CloudTrail from writing to it."
    assert found(CloudTrailAccess, of(run(facts, *commands(finding)))).status is Status.PASS


def test_who_pays_must_be_known() -> None:
    finding = found(CloudTrailAccess, payment=unreadable("s3:GetBucketRequestPayment", BUCKET))
    assert finding.status is Status.UNKNOWN
    assert "s3:GetBucketRequestPayment" in finding.reason


@pytest.mark.parametrize(("region", "place"), [("us-east-1", None), ("eu-west-1", "eu-west-1")])
def test_a_missing_bucket_fails_and_is_made_again(region: str, place: str | None) -> None:
    gone = bucket(exists=False, region=region, policy=unreadable("s3:GetBucketPolicy", BUCKET, "NoSuchBucket"))
    finding = found(CloudTrailAccess, of(gone))
    assert finding.status is Status.FAIL
    assert finding.reason == f"The bucket {BUCKET}, to which the trail management-trail is to write, does not exist."
    make, grant = commands(finding)
    assert make.partition(" || ")[2].startswith(f"aws s3api create-bucket --region {region} --bucket {BUCKET}")
    assert ("LocationConstraint" in make) is (place is not None)
    policy = option(grant, "policy")
    made = bucket(region=region, policy=stated(*policy["Statement"]))
    assert found(CloudTrailAccess, of(made)).status is Status.PASS
