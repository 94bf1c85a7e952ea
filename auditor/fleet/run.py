"""A run over many accounts, from the first account to the overview; begun, or resumed where one was broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.collect import Connection
from auditor.findings import Severity, Verdict
from auditor.fleet.engine import Engine
from auditor.fleet.ledger import Ledger, Manifest
from auditor.fleet.outcome import Outcome, Record
from auditor.fleet.sharing import Scouting
from auditor.fleet.unit import Surveyor, surveyor
from auditor.overview import AccountRow, Declared, FleetRun, Overview, Tally
from auditor.render.fleet import render_overview
from auditor.render.templates import overlaid

Done = Callable[[AccountRow], None]


@dataclass(frozen=True, slots=True)
class FleetJob:
    """A run that is ready to go.

    Attributes:
        ledger: Where it leaves what it makes.
        manifest: What was asked.
        engine: What runs the accounts.
        connection: The credentials that take on the roles.
    """

    ledger: Ledger
    manifest: Manifest
    engine: Engine
    connection: Connection

    def run(self, done: Done) -> Overview:
        """Audits every account that is not done yet, and writes the overview.

        Args:
            done: Told of each account that is done; first of those that an earlier try has left.

        Raises:
            AuditorError: The run cannot go on; what is done is kept, and it can be resumed.
        """
        plan = self.manifest.plan
        survey = surveyor(plan, self.connection)
        tally = Tally()
        finished: set[str] = set()
        for record in self.ledger.records():
            # An account that could not be read is not done: whatever barred it may be mended.
            if not record.row.unread:
                self._told(record, tally, finished, done)
        for outcome in self._outcomes(survey, finished):
            self.ledger.record(outcome)
            self._told(outcome.record, tally, finished, done)
        overview = tally.overview(self._about(), _declared(survey))
        with overlaid(Path(plan.templates) if plan.templates else None):
            for name in plan.overview:
                self.ledger.storage.write(f"fleet.{name}", render_overview(name, overview))
        return overview

    def _outcomes(self, survey: Surveyor, finished: set[str]) -> Iterator[Outcome]:
        open_ = [member for member in self.manifest.members if member.account_id not in finished]
        if not open_:
            return
        shared = self.ledger.shared()
        if shared is None:
            scouting = Scouting(survey, self.manifest.members)
            shared = scouting.shared()
            self.ledger.keep_shared(shared)
            yield from scouting.outcomes(shared)
        left = [member for member in open_ if member.account_id not in finished]
        with closing(self.engine.outcomes(self.manifest.plan, shared, left)) as outcomes:
            yield from outcomes

    @staticmethod
    def _told(record: Record, tally: Tally, finished: set[str], done: Done) -> None:
        finished.add(record.row.account_id)
        tally.add(record.row, record.breaks)
        done(record.row)

    def _about(self) -> FleetRun:
        plan = self.manifest.plan
        return FleetRun(
            id=plan.run_id,
            started_at=plan.started_at,
            finished_at=datetime.now(UTC),
            source=plan.source,
            role_name=plan.role_name,
            caller_arn=plan.caller_arn,
            partition=plan.partition,
            region=plan.region,
            benchmark=plan.benchmark,
            engine=self.engine.words,
            checks=plan.checks,
        )


def _declared(survey: Surveyor) -> tuple[Declared, ...]:
    benchmark = survey.benchmark
    working = [
        Declared(
            check_id=check.id,
            control=check.numbers(benchmark).get(benchmark.version, ""),
            title=check.title,
            severity=check.severity,
        )
        for check in survey.checks
    ]
    broken = [
        Declared(check_id=one.id, control="", title=f"The check {one.id} runs", severity=Severity.MEDIUM)
        for one in survey.broken
    ]
    return (*working, *broken)


def exit_code(overview: Overview, fail_on: Severity | None) -> int:
    """Gives the exit code: 1 where a check of this severity or graver fails, 3 where something is unknown, else 0.

    Args:
        overview: What came of the run.
        fail_on: The least severity that counts as failure; None for never.
    """
    failing = [control.severity for control in overview.controls if control.accounts[Verdict.FAIL]]
    if fail_on is not None and any(severity.rank <= fail_on.rank for severity in failing):
        return 1
    return 3 if overview.findings[Verdict.UNKNOWN] else 0
