"""Encryption in transit, to and from a trail's bucket."""

from __future__ import annotations

from auditor.checking import BucketCheck, Remediation, Severity, Verdict, failed, known, observed, passed, unknown
from auditor.model.bucket import BucketFacts
from auditor.model.snapshot import Snapshot
from auditor.policy import Extent, denies_without_tls
from auditor.remedy.policy import Statement
from checks.bucket.stated_policy import add_statements, policy_of


class TlsOnly(BucketCheck):
    """The bucket policy refuses requests that are not encrypted in transit."""

    id = "bucket.tls_only"
    title = "The trail's bucket refuses requests that do not use TLS"
    severity = Severity.MEDIUM
    rationale = "Over plain HTTP, whoever sits on the way can read the logs that are fetched, and alter them unseen."
    references = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5",
    )

    def judge(self, facts: BucketFacts, account: Snapshot) -> Verdict:
        """Judges the Deny statements on requests without TLS."""
        policy = policy_of(facts)
        if isinstance(policy, Verdict):
            return policy
        found = denies_without_tls(policy, facts.arn)
        shown = observed(known(facts.policy), facts.arn)
        notes = tuple(f"Of the policy: {note}." for note in found.notes)
        by = ", ".join(found.because)
        if found.extent is Extent.EVERYONE:
            return passed(f"The policy of {facts.name} refuses requests without TLS ({by}).", shown, notes=notes)
        if found.extent is Extent.DEPENDS:
            open_ = "; ".join(found.hangs_on)
            reason = f"Whether the policy of {facts.name} refuses requests without TLS ({by}) hangs on {open_}."
            return unknown(reason, shown, notes=notes)
        if found.extent is Extent.EXCEPT:
            let = "; ".join(found.exceptions)
            reason = f"The policy of {facts.name} refuses requests without TLS ({by}), but with exceptions: {let}."
        else:
            reason = f"The policy of {facts.name} does not refuse all requests without TLS."
        if policy is None:
            reason = f"The bucket {facts.name} has no policy that refuses requests without TLS."
        return failed(reason, shown, remediation=_deny(facts), notes=notes)


def _deny(facts: BucketFacts) -> Remediation:
    statement: Statement = {
        "Sid": "TrailAuditorDenyWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [facts.arn, f"{facts.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    does = f"add a Deny on requests without TLS to the policy of {facts.name}"
    added = add_statements(facts, does, "Clients that still use plain HTTP fail from then on.", statement)
    summary = "Add a Deny on requests without TLS to the bucket policy; clients that still use plain HTTP then fail."
    return added.remediation(summary, *added.says)
