"""The overview of a fleet: one row for each account, and the chains that break in most of them.

Its JSON form is `fleet.json`; `auditor schema --fleet` prints the schema.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from auditor.findings import Event, Finding, LinkName, LinkStatus, Severity, Verdict, verdict
from auditor.model.fact import Frozen
from auditor.report import Report, Tool

FLEET_SCHEMA_VERSION: Literal["1.0"] = "1.0"


class FleetRun(Frozen):
    """One run over many accounts.

    Attributes:
        id: A name for the run; the sessions of the roles it takes on bear it.
        source: Where the accounts came from, in words, such as `organization o-abc, all of it`.
        role_name: The role that was taken on in each account.
        caller_arn: Who ran it.
        region: The region each account was read from.
        engine: What ran the accounts, such as `local, 16 at a time`.
        checks: The ids of the checks that ran.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    source: str
    role_name: str
    caller_arn: str
    partition: str
    region: str
    benchmark: str
    engine: str
    checks: tuple[str, ...]


class Break(Frozen):
    """Where the chain of one check breaks in one account.

    Attributes:
        link: The first link that is broken.
        reason: What is wrong there, in one sentence.
        resource: What stands there; empty where nothing does.
        witness: An event that gets lost.
    """

    check_id: str
    link: LinkName
    reason: str
    resource: str
    witness: Event | None = None


class AccountRow(Frozen):
    """What came of one account.

    Attributes:
        name: The account's name or alias; empty where neither is known.
        unit: Where in the organization it is, such as `Root/Workloads/Production`.
        unread: Why it could not be read; empty where it was.
        verdicts: The worst verdict of each check.
        findings: How many findings have each verdict.
        breaks: The checks whose chain breaks, with the first link that is broken.
        calls: How many API requests it took.
        seconds: How long it took.
        reports: Its reports, as paths from the overview.
    """

    account_id: str
    name: str = ""
    unit: str = ""
    unread: str = ""
    verdicts: dict[str, Verdict]
    findings: dict[Verdict, int]
    score: int
    breaks: dict[str, LinkName] = Field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0
    reports: dict[str, str] = Field(default_factory=dict)

    @property
    def worst(self) -> Verdict:
        """The most urgent verdict of all checks."""
        return min(self.verdicts.values(), key=lambda each: each.rank, default=Verdict.NOT_APPLICABLE)


class ControlRow(Frozen):
    """One check over all accounts.

    Attributes:
        control: The control's number in the run's benchmark; empty where it has none.
        accounts: How many accounts have each verdict as their worst.
    """

    check_id: str
    control: str
    title: str
    severity: Severity
    accounts: dict[Verdict, int]


class BrokenChain(Frozen):
    """A chain that breaks at the same link in some accounts.

    Attributes:
        accounts: How many accounts it breaks in.
        examples: The first of them.
        example: Where it breaks in the first of them.
    """

    check_id: str
    link: LinkName
    accounts: int
    examples: tuple[str, ...]
    example: Break


class Overview(Frozen):
    """A run over many accounts and what came of each.

    Attributes:
        accounts: By account id.
        controls: Every check that ran, in the order in which a report has them.
        chains: The chains that break, those that break in most accounts first.
        unread: How many accounts could not be read.
        score: 100 x PASS / (PASS + FAIL + UNKNOWN) over all findings, rounded down, as in a report of one account.
        calls: How many API requests the run took.
    """

    schema_version: Literal["1.0"] = FLEET_SCHEMA_VERSION
    tool: Tool = Tool()
    run: FleetRun
    score: int
    findings: dict[Verdict, int]
    unread: int
    calls: int
    controls: tuple[ControlRow, ...]
    chains: tuple[BrokenChain, ...]
    accounts: tuple[AccountRow, ...]


class Declared(Frozen):
    """What the overview says of a check, whatever the account."""

    check_id: str
    control: str
    title: str
    severity: Severity


_EXAMPLES = 5


def row_of(report: Report, *, name: str, unit: str, seconds: float, reports: dict[str, str]) -> AccountRow:
    """Gives the row of an account that was read."""
    summary = report.summary
    aliases = report.run.aliases
    return AccountRow(
        account_id=report.run.account_id,
        name=name or (aliases[0] if aliases else ""),
        unit=unit,
        verdicts=_worst(report.findings),
        findings=_counted(verdict(finding) for finding in report.findings),
        score=summary.score,
        breaks={found.check_id: found.link for found in breaks_of(report)},
        calls=sum(report.run.api_calls.values()),
        seconds=seconds,
        reports=reports,
    )


def breaks_of(report: Report) -> tuple[Break, ...]:
    """Gives where the chains of an account break that nobody has answered for."""
    return tuple(found for finding in report.findings if (found := _break(finding)) is not None)


def _worst(findings: Iterable[Finding]) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    for finding in findings:
        now = verdict(finding)
        found[finding.check_id] = min(found.get(finding.check_id, now), now, key=lambda each: each.rank)
    return found


def _break(finding: Finding) -> Break | None:
    link = next((link for link in finding.chain if link.status is LinkStatus.BROKEN), None)
    if link is None or verdict(finding) is not Verdict.FAIL:
        return None
    return Break(
        check_id=finding.check_id,
        link=link.link,
        reason=link.reason,
        resource=link.resource,
        witness=finding.witness,
    )


def _counted(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    counts = Counter(verdicts)
    return {each: counts[each] for each in Verdict}


class Tally:
    """Sums accounts up as they come, in any order; of each broken link it keeps one example, and no more."""

    def __init__(self) -> None:
        self._rows: dict[str, AccountRow] = {}
        self._examples: dict[tuple[str, LinkName], tuple[str, Break]] = {}

    def add(self, row: AccountRow, breaks: Iterable[Break]) -> None:
        """Adds an account; one that was added before is counted once, as it is now."""
        self._rows[row.account_id] = row
        for one in breaks:
            key = (one.check_id, one.link)
            # A row names one link for each check.
            if row.breaks.get(one.check_id) is not one.link:
                continue
            if key not in self._examples or row.account_id < self._examples[key][0]:
                self._examples[key] = (row.account_id, one)

    def overview(self, run: FleetRun, checks: Iterable[Declared]) -> Overview:
        """Gives the overview of what was added."""
        accounts = tuple(self._rows[account_id] for account_id in sorted(self._rows))
        findings = {each: sum(row.findings[each] for row in accounts) for each in Verdict}
        judged = findings[Verdict.PASS] + findings[Verdict.FAIL] + findings[Verdict.UNKNOWN]
        return Overview(
            run=run,
            score=100 * findings[Verdict.PASS] // judged if judged else 100,
            findings=findings,
            unread=sum(bool(row.unread) for row in accounts),
            calls=sum(row.calls for row in accounts),
            controls=tuple(_control(check, accounts) for check in checks),
            chains=self._chains(accounts),
            accounts=accounts,
        )

    def _chains(self, accounts: tuple[AccountRow, ...]) -> tuple[BrokenChain, ...]:
        found: dict[tuple[str, LinkName], list[str]] = {}
        for row in accounts:
            for key in row.breaks.items():
                found.setdefault(key, []).append(row.account_id)
        chains = [
            BrokenChain(
                check_id=check_id,
                link=link,
                accounts=len(members),
                examples=tuple(members[:_EXAMPLES]),
                example=self._examples[check_id, link][1],
            )
            for (check_id, link), members in found.items()
        ]
        return tuple(sorted(chains, key=lambda chain: (-chain.accounts, chain.check_id, chain.link)))


def _control(check: Declared, accounts: tuple[AccountRow, ...]) -> ControlRow:
    verdicts = (row.verdicts[check.check_id] for row in accounts if check.check_id in row.verdicts)
    return ControlRow(
        check_id=check.check_id,
        control=check.control,
        title=check.title,
        severity=check.severity,
        accounts=_counted(verdicts),
    )


def fleet_schema() -> dict[str, JsonValue]:
    """Gives the JSON Schema (draft 2020-12) of an overview, made from the models."""
    schema: dict[str, JsonValue] = Overview.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "trail-auditor fleet overview",
        "required": ["schema_version", "tool", "run", "accounts"],
    }
