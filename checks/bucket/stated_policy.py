"""A bucket's policy as it is stated, for the checks that judge by it."""

from __future__ import annotations

from auditor.checking import Verdict, known, observed, unknown
from auditor.checking.evidence import shown_unreadable
from auditor.model.bucket import BucketFacts
from auditor.model.fact import Unreadable
from auditor.policy import Policy, PolicyError
from auditor.remedy.document import adding
from auditor.remedy.mending import Mending, page, said
from auditor.remedy.policy import Statement, bucket_policy

_AS_READ = (
    "The command puts the bucket policy as it was when it was read, with this added: scan again before another "
    "command that changes the same policy."
)


def policy_of(facts: BucketFacts) -> Policy | Verdict | None:
    """Gives a bucket's policy, None where it has none, or the verdict where it is not to be had."""
    stated = facts.policy
    if isinstance(stated, Unreadable):
        return unknown(f"{stated.reason}.", shown_unreadable(stated))
    if stated.text is None:
        return None
    try:
        return Policy.parse(stated.text)
    except PolicyError as error:
        return unknown(f"The policy of {facts.name} could not be understood: {error}.", observed(stated, facts.arn))


def add_statements(
    facts: BucketFacts, does: str, cost: str, *statements: Statement, narrows: tuple[int, ...] = ()
) -> Mending:
    """Gives what adds statements to the policy of a bucket whose policy could be read and parsed."""
    document = bucket_policy(facts.name, facts.region, known(facts.policy).text, *statements, narrows=narrows)
    added = adding(does, document, cost=cost, pages=[page("s3api", "put-bucket-policy")])
    return added + said(_AS_READ)
