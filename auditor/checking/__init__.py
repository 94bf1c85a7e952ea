"""The contract of a check, for the built-in ones and for a third party's alike."""

from __future__ import annotations

from auditor.checking.alarm import AlarmCheck
from auditor.checking.check import Check, Subject
from auditor.checking.evidence import known, observed
from auditor.checking.scopes import AccountCheck, BucketCheck, LogGroupCheck, TrailCheck, TrailsCheck
from auditor.checking.verdict import Verdict, failed, not_applicable, passed, unknown
from auditor.findings import Evidence, Severity, Status
from auditor.remediation import Remediation

__all__ = [
    "AccountCheck",
    "AlarmCheck",
    "BucketCheck",
    "Check",
    "Evidence",
    "LogGroupCheck",
    "Remediation",
    "Severity",
    "Status",
    "Subject",
    "TrailCheck",
    "TrailsCheck",
    "Verdict",
    "failed",
    "known",
    "not_applicable",
    "observed",
    "passed",
    "unknown",
]
