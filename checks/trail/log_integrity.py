"""The log files themselves: whether they are as CloudTrail delivered them."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.benchmark import Benchmark
from auditor.checking import Check, Evidence, Remediation, Severity, Subject, Verdict, failed, passed, unknown
from auditor.checking import not_applicable as inapplicable
from auditor.integrity.telling import chain_summary, counted, flaw_line, time_range, unproved
from auditor.model.fact import Unreadable
from auditor.model.integrity import LogIntegrity, Standing
from auditor.model.snapshot import Snapshot

_SHOWN = 10
_REMEDY = Remediation(
    summary=(
        "No command brings back what was taken. Treat it as an incident: keep the bucket as it is, look in its "
        "version history and access log for who changed or removed these files, restore earlier versions where "
        "the bucket keeps them, and do not rely on the log of that time. `auditor verify-logs` names every file; "
        "bucket.delete_protection and bucket.versioning say what keeps it from happening again."
    )
)


class LogIntegrityCheck(Check[LogIntegrity]):
    """The log files of the time that was asked for are those that CloudTrail delivered, and none is missing.

    It has findings only where a scan was asked to look (`auditor scan --verify-logs 7d`).
    """

    id = "trail.log_integrity"
    title = "The trail's log files are as CloudTrail delivered them, and none is missing"
    on_request = True
    severity = Severity.CRITICAL
    rationale = (
        "Whoever breaks in has a reason to change or to remove the log. The signed digests tell, but only somebody who "
        "verifies them."
    )
    references = (
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html",
    )

    def asked(self, account: Snapshot) -> bool:
        """Gives whether the scan verified log files."""
        return account.integrity is not None

    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[LogIntegrity]]:
        """Gives each trail, where the scan verified log files."""
        if account.integrity is None or isinstance(account.trails, Unreadable):
            return
        verified = {found.trail_arn: found for found in account.integrity}
        for trail in (facts.trail for facts in account.trails):
            off = f"Log file validation of {trail.name} is off; trail.log_validation judges that."
            yield Subject(trail.arn, trail.arn, trail.home_region, verified.get(trail.arn) or inapplicable(off))

    def judge(self, facts: LogIntegrity, account: Snapshot) -> Verdict:
        """Judges what the verification found: one file that is not as it was delivered fails."""
        shown = _shown(facts)
        notes = _notes(facts)
        of = f"of the log of {time_range(facts.asked)}"
        if facts.standing is Standing.INVALID:
            flaws = [flaw for chain in facts.chains for flaw in chain.flaws if flaw.standing is Standing.INVALID]
            count = sum(chain.invalid for chain in facts.chains)
            more = "" if count == 1 else f" and {count - 1} more"
            reason = f"Files {of} are not as CloudTrail delivered them: {flaw_line(flaws[0])}{more}."
            return failed(reason, *shown, remediation=_REMEDY, notes=notes)
        if facts.standing is Standing.UNKNOWN:
            return unknown(f"Not all {of} is proved: {unproved(facts)}.", *shown, notes=notes)
        return passed(f"All {counted(facts)} {of} are as CloudTrail delivered them.", *shown, notes=notes)


def _shown(facts: LogIntegrity) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            source=facts.source,
            resource=f"{facts.bucket} ({chain.account_id} in {chain.region})",
            observed={
                "digest files": chain.digests.model_dump(),
                "backfill digest files": chain.backfills.model_dump(),
                "log files": chain.logs.model_dump(),
                "covered": [time_range(span) for span in chain.covered],
                "not covered": [f"{time_range(span)}: {span.reason}" for span in chain.uncovered],
                "files": [f"{flaw.standing}: {flaw_line(flaw)}" for flaw in chain.flaws[:_SHOWN]],
            },
        )
        for chain in facts.chains
    )


def _notes(facts: LogIntegrity) -> tuple[str, ...]:
    notes = [chain_summary(chain) for chain in facts.chains]
    notes += [f"Not looked at: {why}." for why in facts.unread]
    for chain in facts.chains:
        notes += [
            f"In {chain.region}, CloudTrail began to write digests at {span.end:%Y-%m-%d %H:%M} UTC; earlier log files "
            "have none."
            for span in chain.uncovered
            if span.begins
        ]
        if chain.unnamed_count:
            notes.append(
                f"In {chain.region}, no digest names {chain.unnamed_count} log files of the covered time, such as "
                f"{chain.unnamed[0]}: another trail delivered them, or somebody else."
            )
    return tuple(notes)
