"""Versioning of a trail's bucket."""

from __future__ import annotations

from pydantic import JsonValue

from auditor.checking import BucketCheck, Remediation, Severity, Verdict, failed, known, observed, passed
from auditor.model.bucket import BucketFacts, Versioning
from auditor.model.snapshot import Snapshot
from auditor.remediation import Target
from auditor.remedy import Variable, aws
from auditor.remedy.mending import page, step

_MFA = Variable("MFA")


class BucketVersioning(BucketCheck):
    """The bucket keeps the earlier versions of what is overwritten or deleted."""

    id = "bucket.versioning"
    title = "The trail's bucket keeps every version of its objects"
    severity = Severity.LOW
    rationale = (
        "Where versions are kept, a log file that is overwritten or deleted can be fetched back, and the attempt "
        "leaves a trace; MFA delete and Object Lock both build on it."
    )
    references = ("https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",)

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges the state of versioning."""
        versioning = known(facts.versioning)
        shown = observed(versioning, facts.arn, "status", "mfa_delete")
        if versioning.enabled:
            return passed(f"Versioning of {facts.name} is on.", shown)
        state = "suspended" if versioning.status == "Suspended" else "off"
        return failed(f"Versioning of {facts.name} is {state}.", shown, remediation=_turn_on(facts, versioning))


def _turn_on(facts: BucketFacts, versioning: Versioning) -> Remediation:
    """Gives what turns versioning on; with MFA delete only the root user can, with a code."""
    summary = "Turn versioning on; each version that is kept is paid for as an object of its own."
    if versioning.needs_mfa:
        summary += " As MFA delete is on, the root user must do it, with the device's serial number and code in MFA."
    asked: dict[str, JsonValue] = {"Status": "Enabled", **({"MFADelete": "Enabled"} if versioning.needs_mfa else {})}
    mfa = _MFA if versioning.needs_mfa else None
    return step(
        f"turn versioning of {facts.name} on",
        Target.BUCKET,
        _put(facts, asked, mfa),
        undo=[_put(facts, {**asked, "Status": "Suspended"}, mfa)],
        cost="Each version is stored and billed; a bucket never gets rid of versioning, it can only suspend it.",
        asks=[mfa] if mfa else [],
        pages=[page("s3api", "put-bucket-versioning")],
    ).remediation(summary)


def _put(facts: BucketFacts, asked: dict[str, JsonValue], mfa: Variable | None) -> str:
    here = {"region": facts.region, "bucket": facts.name}
    return aws("s3api", "put-bucket-versioning", **here, versioning_configuration=asked, mfa=mfa)
