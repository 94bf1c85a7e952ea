"""The unit of work of a fleet: one account, from taking on its role to its reports."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Any

from auditor import __version__
from auditor.benchmark import Benchmark, load
from auditor.checking import Check
from auditor.collect import Connection, collect, connect
from auditor.collect.assuming import Assumer
from auditor.errors import AccountError, ConfigurationError, CredentialsError, UnreachableError
from auditor.fleet.member import ACTIVE, Member
from auditor.fleet.outcome import Outcome, outcome_of
from auditor.fleet.plan import Plan
from auditor.fleet.unread import unread_report
from auditor.model.snapshot import Snapshot
from auditor.registry import BrokenPlugin, load_checks
from auditor.scan import judge

# Of thirty thousand calls some are refused again and again; a run over many accounts has time to ask once more.
ATTEMPTS = 10


def audit_member(plan: Plan, shared: Sequence[Snapshot], member: Member) -> Outcome:
    """Audits one account; what is the same for all accounts of a run is made once in each process.

    An account that cannot be read is an outcome like another.

    Raises:
        ConfigurationError: This process has another version of the auditor than the run, or lacks a check of it.
    """
    try:
        return _surveyor(plan).outcome(member, shared)
    finally:
        if next(_AUDITED) % _COLLECTED_EACH == 0:
            # Clients refer to themselves, and those of accounts that are done go only when Python looks for such.
            gc.collect()


_AUDITED = count(1)
_COLLECTED_EACH = 16


@lru_cache(maxsize=1)
def _surveyor(plan: Plan) -> Surveyor:
    return surveyor(plan, connect(plan.profile, plan.region, plan.endpoint_url, ATTEMPTS))


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Reads and judges the accounts of a run."""

    plan: Plan
    assumer: Assumer
    benchmark: Benchmark
    checks: tuple[Check[Any], ...]
    broken: tuple[BrokenPlugin, ...]

    def outcome(self, member: Member, shared: Sequence[Snapshot]) -> Outcome:
        """Gives what comes of an account."""
        begun = time.monotonic()
        try:
            connection = self.connection_to(member)
            account = self.read(member, connection, shared)
            return self.judged(member, connection, account, begun)
        except AccountError as error:
            return self.unread(member, str(error), time.monotonic() - begun)
        finally:
            self.assumer.connection.rates.forget(member.account_id)

    def connection_to(self, member: Member) -> Connection:
        """Gives a connection to an account.

        Raises:
            AccountError: It is not active, or its role cannot be taken on.
        """
        if member.state != ACTIVE:
            raise AccountError(
                f"The account {member.account_id} is {member.state.lower().replace('_', ' ')} in its organization.", ""
            )
        return self.assumer.connection_to(member.account_id)

    def read(self, member: Member, connection: Connection, shared: Sequence[Snapshot] = ()) -> Snapshot:
        """Gives what is read of an account.

        Raises:
            AccountError: AWS does not accept the role's session, nothing answers, or another account answers.
        """
        try:
            account = collect(connection, shared=tuple(shared))
        except (CredentialsError, UnreachableError) as error:
            raise AccountError(error.what, error.advice) from error
        if account.account_id != member.account_id:
            raise AccountError(
                f"The credentials for {member.account_id} are those of account {account.account_id}.",
                "See that --role-name is a role of each account.",
            )
        return account

    def judged(self, member: Member, connection: Connection, account: Snapshot, begun: float) -> Outcome:
        """Gives what comes of an account that was read; `begun` is when that began, on the monotonic clock."""
        plan = self.plan
        report, account = judge(connection, account, self.benchmark, self.checks, self.broken, plan.waivers)
        return outcome_of(plan, member, report, account, time.monotonic() - begun)

    def unread(self, member: Member, reason: str, seconds: float) -> Outcome:
        """Gives what comes of an account that could not be read."""
        at = datetime.now(UTC)
        report = unread_report(self.plan, member.account_id, reason, self.checks, self.benchmark, at)
        return outcome_of(self.plan, member, report, None, seconds, unread=reason)


def surveyor(plan: Plan, connection: Connection) -> Surveyor:
    """Gives what reads and judges the accounts of a run, with the credentials of a connection.

    Raises:
        ConfigurationError: This is another version of the auditor than the run's.
        UsageError: A check of the run is not installed.
    """
    if plan.version != __version__:
        raise ConfigurationError(
            f"The run {plan.run_id} is one of trail-auditor {plan.version}; this is {__version__}.",
            "Use one version for all accounts of a run.",
        )
    checks, broken = load_checks(plan.checks)
    assumer = Assumer(
        connection=connection,
        account_id=plan.caller_account,
        partition=plan.partition,
        role_name=plan.role_name,
        session_name=plan.session_name,
        external_id=plan.external_id,
    )
    return Surveyor(plan, assumer, load(plan.benchmark), checks, broken)
