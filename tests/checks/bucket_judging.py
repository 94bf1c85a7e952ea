"""Judges one bucket of an otherwise sound account, and runs the commands of a remediation on its facts."""

from __future__ import annotations

import json
import shlex
from typing import Any

from auditor.benchmark import load
from auditor.checking import BucketCheck
from auditor.findings import Finding
from auditor.model.bucket import BucketFacts, BucketPolicy, PublicAccessBlock, RequestPayment, Versioning
from auditor.model.snapshot import Snapshot
from tests.checks.build import SOURCE, bucket, snapshot


def found(check: type[BucketCheck], account: Snapshot | None = None, **changed: Any) -> Finding:
    """Gives the finding of a check on the account's only bucket, or on a sound one with something changed."""
    judged = account or snapshot(buckets=(bucket(**changed),))
    (finding,) = check().findings(judged, load("cis-5.0"))
    return finding


def told(finding: Finding) -> str:
    """Gives all that a finding says."""
    return "\n".join((finding.reason, *finding.notes))


def commands(finding: Finding) -> tuple[str, ...]:
    """Gives the commands that mend a finding."""
    assert finding.remediation is not None
    assert finding.remediation.summary.endswith(".")
    assert finding.remediation.commands
    return finding.remediation.commands


def option(command: str, name: str) -> Any:
    """Gives the value of a command's option, as JSON where it is JSON."""
    words = shlex.split(command)
    value = words[words.index(f"--{name}") + 1]
    return json.loads(value) if value.startswith('{"') else value


def run(facts: BucketFacts, *lines: str) -> BucketFacts:
    """Gives the facts as they are once the commands have run."""
    for line in lines:
        assert option(line, "bucket") == facts.name
        assert option(line, "region") == facts.region
        facts = facts.model_copy(update=_effect(line))
    return facts


def _effect(line: str) -> dict[str, Any]:
    name = shlex.split(line)[2]
    if name == "put-bucket-policy":
        return {"policy": BucketPolicy(source=SOURCE, text=json.dumps(option(line, "policy")))}
    if name == "put-public-access-block":
        asked = option(line, "public-access-block-configuration")
        return {"public_access_block": PublicAccessBlock(source=SOURCE, **asked)}
    if name == "put-bucket-versioning":
        return {"versioning": Versioning(source=SOURCE, **option(line, "versioning-configuration"))}
    if name == "put-bucket-request-payment":
        return {"payment": RequestPayment(source=SOURCE, **option(line, "request-payment-configuration"))}
    raise AssertionError(f"no test knows what {name} does")


def sids(facts: BucketFacts) -> list[str]:
    """Gives the names of the statements of a bucket's policy."""
    assert isinstance(facts.policy, BucketPolicy)
    assert facts.policy.text is not None
    return [statement["Sid"] for statement in json.loads(facts.policy.text)["Statement"]]


def stated(*statements: dict[str, Any]) -> BucketPolicy:
    """Gives a bucket policy of these statements alone."""
    return BucketPolicy(source=SOURCE, text=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
