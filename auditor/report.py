"""The report: a run, its findings and their sum. Its JSON form is the contract that CI gates on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from auditor import __version__
from auditor.changes import Changes
from auditor.findings import Finding, Status
from auditor.hunts import Hunt
from auditor.model.fact import Frozen

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class Tool(Frozen):
    """What made the report."""

    name: str = "trail-auditor"
    version: str = __version__


class Run(Frozen):
    """One run over one account.

    Attributes:
        id: A name for the run, made of account and start.
        region: The region the scan started from.
        aliases: The account's aliases, where they could be read.
        api_calls: How many requests each operation took, such as `{"cloudtrail:DescribeTrails": 1}`.
        checks: The ids of the checks that ran.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    caller_arn: str
    account_id: str
    aliases: tuple[str, ...] = ()
    partition: str
    region: str
    benchmark: str
    checks: tuple[str, ...] = ()
    api_calls: dict[str, int]


class Summary(Frozen):
    """The findings counted.

    Attributes:
        status: How many findings have each status; those waived are not counted as FAIL or UNKNOWN.
        waived: How many findings are waived.
        score: 100 x PASS / (PASS + FAIL + UNKNOWN), rounded down; 100 where nothing was to be judged.
    """

    status: dict[Status, int]
    waived: int
    score: int

    @property
    def judged(self) -> int:
        """The score's denominator: findings that passed, failed or could not be judged, waived ones left out."""
        return sum(self.status[status] for status in (Status.PASS, Status.FAIL, Status.UNKNOWN))


class Report(Frozen):
    """A run and what it found.

    Attributes:
        changes: What changed since an earlier run, where it was compared with one.
        hunts: What the logs answered, where they were asked; no verdict rests on it.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    tool: Tool = Tool()
    run: Run
    summary: Summary
    findings: tuple[Finding, ...]
    changes: Changes | None = None
    hunts: tuple[Hunt, ...] = ()


def summarise(findings: Iterable[Finding]) -> Summary:
    """Counts findings and gives the score."""
    found = list(findings)
    counts = Counter(finding.status for finding in found if finding.waiver is None)
    status = {status: counts[status] for status in Status}
    judged = status[Status.PASS] + status[Status.FAIL] + status[Status.UNKNOWN]
    score = 100 * status[Status.PASS] // judged if judged else 100
    return Summary(status=status, waived=sum(finding.waiver is not None for finding in found), score=score)


def json_schema() -> dict[str, JsonValue]:
    """Gives the JSON Schema (draft 2020-12) of a report, made from the models.

    A field that has a default need not be there, so that a report of an earlier version, which did not know the field
    yet, stays valid; what this version writes has every field.
    """
    schema: dict[str, JsonValue] = Report.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "trail-auditor report",
        # Without these two a file does not say what it is.
        "required": ["schema_version", "tool", "run", "summary", "findings"],
    }
