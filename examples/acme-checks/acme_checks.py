"""A third party's check, that ACME's trails write under a prefix of their own, and its format for a chat channel."""

from __future__ import annotations

from auditor.checking import Severity, TrailCheck, Verdict, failed, observed, passed
from auditor.findings import Status
from auditor.model.snapshot import Snapshot
from auditor.model.trail import TrailFacts
from auditor.remedy import Target, aws, step
from auditor.report import Report


class TrailPrefix(TrailCheck):
    """Every trail writes under the prefix that ACME's log archive expects."""

    id = "acme.trail_prefix"
    title = "The trail writes under the prefix `trail/`"
    severity = Severity.LOW
    rationale = "ACME's log archive takes in what lies under `trail/`; log files elsewhere are not kept."
    controls = {"acme-2026": "LOG-7"}

    def judge(self, facts: TrailFacts, account: Snapshot) -> Verdict:
        """Judges the prefix that the trail names."""
        trail = facts.trail
        shown = observed(trail, trail.arn, "bucket", "key_prefix")
        if trail.key_prefix == "trail":
            return passed(f"The trail {trail.name} writes under trail/.", shown)
        here = {"region": trail.home_region, "name": trail.arn}
        mending = step(
            f"let {trail.name} write under trail/",
            Target.TRAIL,
            aws("cloudtrail", "update-trail", **here, s3_key_prefix="trail"),
            undo=[aws("cloudtrail", "update-trail", **here, s3_key_prefix=trail.key_prefix)],
            cost="What was delivered before stays where it is.",
        )
        return failed(
            f"The trail {trail.name} writes under {trail.key_prefix or 'no prefix'}.",
            shown,
            remediation=mending.remediation("Set the prefix; the bucket's policy must let CloudTrail write there."),
        )


class ChatFormat:
    """One line for ACME's chat channel, or none where all is well."""

    name = "acme-chat"
    file_name = "chat.txt"
    binary = False

    def render(self, report: Report) -> bytes:
        """Gives the line."""
        failing = report.summary.status[Status.FAIL]
        return f"{failing} checks fail in {report.run.account_id}.\n".encode() if failing else b""
