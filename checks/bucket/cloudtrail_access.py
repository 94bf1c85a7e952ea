"""CloudTrail's own access to the bucket that it is to write to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from auditor.checking import BucketCheck, Remediation, Severity, Verdict, failed, known, observed, passed, unknown
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.policy import Decision, Outcome, Policy, Principal, Request, decide
from auditor.policy.document import load, rows
from auditor.remediation import Target
from auditor.remedy import aws
from auditor.remedy.mending import as_json, page, step
from auditor.remedy.policy import bucket_policy, merged, put_bucket_policy
from auditor.remedy.storing import create_bucket, grants
from checks.bucket.log_files import objects_of, trails_into
from checks.bucket.stated_policy import add_statements, policy_of

_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_GET_ACL = "s3:GetBucketAcl"
_PUT = "s3:PutObject"
_FULL_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}
# CloudTrail delivers log files about every five minutes where anything happens at all, and digests every hour.
_RECENT = timedelta(hours=2)
# A trail of nobody's, to see whether the policy tells trails apart.
_STRANGER = {
    "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:000000000000:trail/stranger",
    "aws:SourceAccount": "000000000000",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the bucket policy says to one request that CloudTrail makes for a trail."""

    trail: TrailFacts
    request: Request
    decision: Decision

    @property
    def refused(self) -> bool:
        """Whether no case is left in which it is allowed."""
        return not self.decision.may_be_allowed

    @property
    def words(self) -> str:
        asked = f"{self.request.action} on {self.request.resource} for the trail {self.trail.trail.name}"
        return f"{asked} is {self.decision.reason}" if self.refused else f"{asked} {self.decision.reason}"


class CloudTrailAccess(BucketCheck):
    """Each trail that writes to the bucket can: the bucket exists, lets CloudTrail in, and asks no payment of it.

    What hangs on a value that no fact tells, such as the organization's id in the path of an organization's trail,
    is settled by the trail itself where it has just delivered without an error.
    """

    id = "bucket.cloudtrail_access"
    title = "CloudTrail can write to the trail's bucket"
    severity = Severity.HIGH
    rationale = (
        "A trail that cannot write goes on saying that it logs; CloudTrail tries for thirty days, then the events "
        "are gone. A bucket that no longer exists can be made anew by anyone, who then receives the logs."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html",
    )
    judges_missing = True

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges whether the bucket is there, who pays, and what its policy says to CloudTrail."""
        trails = trails_into(facts, account)
        if not facts.exists:
            users = _names(trails)
            return failed(
                f"The bucket {facts.name}, to which {users} is to write, does not exist.",
                remediation=_make(facts, trails),
            )
        payment = facts.payment
        if not isinstance(payment, Unreadable) and payment.payer != "BucketOwner":
            reason = f"The bucket {facts.name} makes the requester pay, which keeps CloudTrail from writing to it."
            return failed(reason, observed(payment, facts.arn, "payer"), remediation=_pay(facts))
        policy = policy_of(facts)
        if isinstance(policy, Verdict):
            return policy
        return _by_policy(facts, account, policy, trails)


def _by_policy(facts: BucketFacts, account: Snapshot, policy: Policy | None, trails: tuple[TrailFacts, ...]) -> Verdict:
    shown = observed(known(facts.policy), facts.arn)
    answers = [_Answer(own, asked, decide(policy, asked)) for own in trails for asked in _requests(facts, own)]
    refused = [answer for answer in answers if answer.refused]
    if refused:
        reason = f"The policy of {facts.name} keeps CloudTrail out: {_joined(refused)}."
        mend, notes = _mend(facts, trails, refused), _delivered(refused, account)
        return failed(reason, shown, remediation=mend, notes=notes)
    hanging = [answer for answer in answers if answer.decision.outcome is Outcome.DEPENDS]
    unsettled = [answer for answer in hanging if not _delivers(answer, account)]
    if unsettled:
        reason = f"Whether the policy of {facts.name} lets CloudTrail write is not known: {_joined(unsettled)}."
        return unknown(reason, shown)
    payment = known(facts.payment)
    notes = (*_settled(hanging), *_open_to_others(facts, policy, answers))
    reason = f"The policy of {facts.name} lets CloudTrail write for {_names(trails)}."
    return passed(reason, shown, observed(payment, facts.arn, "payer"), notes=notes)


def _requests(facts: BucketFacts, own: TrailFacts) -> list[Request]:
    """Gives the requests that CloudTrail makes for a trail, encrypted as all of AWS's own are."""
    trail = own.trail
    context = {"aws:SourceArn": trail.arn, "aws:SecureTransport": "true"}
    if not trail.organization:
        context["aws:SourceAccount"] = trail.account_id
    service = Principal.service(_CLOUDTRAIL)
    look = Request(service, _GET_ACL, facts.arn, context, ("s3:x-amz-acl",))
    return [look, *(Request(service, _PUT, name, {**context, **_FULL_CONTROL}) for name in objects_of(facts, trail))]


def _delivers(answer: _Answer, account: Snapshot) -> bool:
    """Tells whether the trail has just delivered, without an error, what the request is for."""
    status = answer.trail.status
    if isinstance(status, Unreadable):
        return False
    at, error = status.latest_delivery, status.latest_delivery_error
    if "/CloudTrail-Digest/" in answer.request.resource:
        at, error = status.latest_digest_delivery, status.latest_digest_delivery_error
    return at is not None and not error and account.clock(answer.trail.trail.account_id) - at <= _RECENT


def _settled(hanging: Iterable[_Answer]) -> tuple[str, ...]:
    return tuple(
        f"That {answer.request.action} for the trail {answer.trail.trail.name} {answer.decision.reason} is settled by "
        "its last delivery, which went without an error."
        for answer in hanging
    )


def _delivered(refused: Iterable[_Answer], account: Snapshot) -> tuple[str, ...]:
    names = dict.fromkeys(answer.trail.trail.name for answer in refused if _delivers(answer, account))
    return tuple(
        f"The trail {name} has just delivered without an error; the policy must have changed since." for name in names
    )


def _open_to_others(facts: BucketFacts, policy: Policy | None, answers: Iterable[_Answer]) -> tuple[str, ...]:
    """Notes that the policy lets CloudTrail in for the trails of other accounts too.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    for answer in answers:
        asked = answer.request
        stranger = Request(asked.principal, asked.action, asked.resource, {**asked.context, **_STRANGER}, asked.absent)
        if decide(policy, stranger).outcome is Outcome.ALLOWED:
            note = (
                f"The policy of {facts.name} lets CloudTrail in on behalf of any account's trail; AWS advises a "
                "condition on aws:SourceArn that names the trails."
            )
            return (note,)
    return ()


def _mend(facts: BucketFacts, trails: tuple[TrailFacts, ...], refused: Iterable[_Answer]) -> Remediation:
    """Gives the statements that are missing, and excepts CloudTrail from each Deny, which holds for all others."""
    requests = [answer.request for answer in refused]
    denied = _denying(facts, requests)
    excepted = merged(bucket_policy(facts.name, facts.region, known(facts.policy).text, narrows=denied))
    after = Policy.parse(as_json(excepted))
    missing = any(decide(after, request).outcome is not Outcome.ALLOWED for request in requests)
    granted = grants(facts.arn, [own.trail for own in trails]) if missing else ()
    does = [f"except CloudTrail from the Deny of {facts.name}"] if denied else []
    does += [f"let CloudTrail write to {facts.name} for its trails, and for no others"] if missing else []
    cost = "Files are stored and billed."
    if denied:
        cost = "Whoever wrote the Deny meant to keep somebody out: see that it was not CloudTrail."
    mending = add_statements(facts, " and ".join(does), cost, *granted, narrows=denied)
    return mending.remediation(mending.done, *mending.says)


def _denying(facts: BucketFacts, requests: Iterable[Request]) -> tuple[int, ...]:
    """Gives the places of the Deny statements that keep CloudTrail out."""
    document = load(known(facts.policy).text or '{"Statement": []}')
    singles = [Policy.parse(as_json({**document, "Statement": [one]})) for one in rows(document["Statement"])]
    return tuple(
        place
        for place, single in enumerate(singles)
        if any(decide(single, request).outcome is Outcome.DENIED for request in requests)
    )


def _make(facts: BucketFacts, trails: tuple[TrailFacts, ...]) -> Remediation:
    here = {"region": facts.region, "bucket": facts.name}
    make = create_bucket(facts.name, facts.region)
    policy = put_bucket_policy(
        bucket_policy(facts.name, facts.region, None, *grants(facts.arn, [own.trail for own in trails]))
    )
    return step(
        f"make the bucket {facts.name} and let CloudTrail write to it",
        Target.BUCKET,
        make,
        policy,
        undo=[aws("s3api", "delete-bucket", **here)],
        cost="What it stores is billed; undone, an empty bucket goes, and one that holds files stays.",
        pages=[page("s3api", "create-bucket"), page("s3api", "put-bucket-policy")],
    ).remediation(
        "Make the bucket again and let CloudTrail write to it. If the name is taken, somebody else has it: give "
        "the trail another bucket at once."
    )


def _pay(facts: BucketFacts) -> Remediation:
    return step(
        f"let the owner of {facts.name} pay for requests",
        Target.BUCKET,
        _payer(facts, "BucketOwner"),
        undo=[_payer(facts, "Requester")],
        cost="Requests and transfer are then billed to this account.",
        pages=[page("s3api", "put-bucket-request-payment")],
    ).remediation("Let the bucket's owner pay for requests.")


def _payer(facts: BucketFacts, payer: str) -> str:
    here = {"region": facts.region, "bucket": facts.name}
    return aws("s3api", "put-bucket-request-payment", **here, request_payment_configuration={"Payer": payer})


def _names(trails: Iterable[TrailFacts]) -> str:
    return ", ".join(f"the trail {own.trail.name}" for own in trails)


def _joined(answers: Iterable[_Answer]) -> str:
    return "; ".join(answer.words for answer in answers)
