"""The report of an account that could not be read: every check is UNKNOWN, and each says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auditor.benchmark import Benchmark
from auditor.checking import Check
from auditor.findings import Finding, Status, finding_id
from auditor.fleet.plan import Plan
from auditor.report import Report, Run, summarise
from auditor.waivers import apply_waivers


def unread_report(
    plan: Plan, account_id: str, reason: str, checks: Sequence[Check[Any]], benchmark: Benchmark, at: datetime
) -> Report:
    """Gives the report of an account that could not be read.

    Args:
        plan: What was asked.
        account_id: The account.
        reason: Why it could not be read, in a sentence.
        checks: What it would have been judged by.
        benchmark: Whose numbers apply.
        at: When that was found.
    """
    unknown = [_unknown(check, account_id, reason, benchmark, plan.region) for check in checks]
    findings = apply_waivers(unknown, plan.waivers, at.date())
    run = Run(
        id=f"{account_id}-{at:%Y%m%dT%H%M%SZ}",
        started_at=at,
        finished_at=at,
        caller_arn=plan.caller_arn,
        account_id=account_id,
        partition=plan.partition,
        region=plan.region,
        benchmark=benchmark.version,
        checks=tuple(check.id for check in checks),
        api_calls={},
    )
    return Report(run=run, summary=summarise(findings), findings=findings)


def _unknown(check: Check[Any], account_id: str, reason: str, benchmark: Benchmark, region: str) -> Finding:
    return Finding(
        id=finding_id(check.id, account_id, "account"),
        check_id=check.id,
        controls=check.numbers(benchmark),
        assessment=benchmark.assessments.get(check.id),
        security_hub=benchmark.security_hub.get(check.id, ()),
        title=check.title,
        rationale=check.rationale,
        status=Status.UNKNOWN,
        severity=check.severity,
        account_id=account_id,
        region=region,
        resource=account_id,
        reason=reason,
    )
