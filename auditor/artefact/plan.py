"""What mends all that fails in a report, in the order in which one thing leans on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from auditor.errors import UsageError
from auditor.findings import Finding, Status
from auditor.remediation import Step, Target
from auditor.remedy.document import joined
from auditor.report import Report


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        report: The report whose failures are mended.
        findings: Those failures.
        steps: What the commands do, each once, whatever needs comes before what needs it.
        by_hand: Failures that no command mends.
    """

    report: Report
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    by_hand: tuple[Finding, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """Shell variables that only a person can set."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.asks))

    @property
    def undone(self) -> tuple[Step, ...]:
        """The steps that can be undone, the last one first."""
        return tuple(step for step in reversed(self.steps) if step.rollback)


def planned(report: Report, checks: Sequence[str] = ()) -> Plan:
    """Gives what mends a report's failures.

    Steps of several findings that do the same are done once, and what several add to one document, such as a bucket's
    policy, is put at once: each by itself would take away what the one before had added.

    Args:
        report: The report.
        checks: Ids of checks, or patterns such as `alarm.*`; only these are mended, and if they are waived too. All
            failures that are not waived where there are none.

    Raises:
        UsageError: A pattern is the id of no finding.
    """
    known = {finding.check_id for finding in report.findings}
    for pattern in checks:
        if not any(fnmatchcase(check, pattern) for check in known):
            raise UsageError(f"The report has no finding of a check {pattern}.", "`auditor checks` lists the checks.")
    failing = tuple(finding for finding in report.findings if _is_asked_for(finding, checks))
    steps = [step for finding in failing for step in steps_of(finding)]
    ordered = sorted(joined(steps), key=lambda step: step.target.rank)
    by_hand = tuple(finding for finding in failing if not steps_of(finding))
    return Plan(report, failing, tuple(ordered), by_hand)


def _is_asked_for(finding: Finding, checks: Sequence[str]) -> bool:
    if finding.status is not Status.FAIL:
        return False
    if checks:
        return any(fnmatchcase(finding.check_id, pattern) for pattern in checks)
    return finding.waiver is None


def steps_of(finding: Finding) -> tuple[Step, ...]:
    """Gives a finding's steps; commands of a check that tells no steps are one."""
    remedy = finding.remediation
    if remedy is None or not remedy.commands:
        return ()
    if remedy.steps:
        return remedy.steps
    return (Step(does=f"mend {finding.check_id}", target=Target.SERVICE, commands=remedy.commands),)
