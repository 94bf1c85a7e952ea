"""A check: what it is, and one pure function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from auditor.benchmark import Benchmark
from auditor.checking.evidence import CouldNotReadError, read_elsewhere, shown_unreadable
from auditor.checking.verdict import Verdict, unknown
from auditor.findings import Finding, Severity, Status, finding_id
from auditor.model.snapshot import Snapshot
from auditor.remediation import Remediation

S = TypeVar("S")
ACCOUNT_SCOPE = "account"


@dataclass(frozen=True, slots=True)
class Subject(Generic[S]):
    """One thing that a check judges.

    Attributes:
        scope: What makes it this thing from run to run: an ARN, or `account`.
        resource: Its ARN or name, as shown.
        region: Where it is.
        facts: What the check is given, or the verdict where there is nothing to give.
        owner: The account that it belongs to; empty for the account that is judged.
    """

    scope: str
    resource: str
    region: str
    facts: S | Verdict
    owner: str = ""


class Check(ABC, Generic[S]):
    """A requirement, declared, and the function that judges it.

    A subclass of one of the scopes (auditor.checking.scopes) sets the attributes and defines `judge`. It is pure:
    no I/O, no clock but `account.taken_at`, the same findings for the same snapshot.

    Attributes:
        id: Such as `trail.encryption`; unique.
        title: The requirement as a statement that holds when the check passes.
        severity: How much a failure matters.
        rationale: Why it matters.
        references: Pages that say more.
        controls: Control numbers per benchmark version; the built-in checks leave this to the benchmark's table.
        on_request: Whether only a scan that is asked to looks at it; a run over many accounts never is.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity]
    rationale: ClassVar[str]
    references: ClassVar[tuple[str, ...]] = ()
    controls: ClassVar[Mapping[str, str]] = {}
    on_request: ClassVar[bool] = False

    @abstractmethod
    def subjects(self, account: Snapshot, benchmark: Benchmark) -> Iterable[Subject[S]]:
        """Gives what is to be judged in an account."""

    @abstractmethod
    def judge(self, facts: S, account: Snapshot) -> Verdict:
        """Judges one subject. Purely: facts in, verdict out."""

    def asked(self, account: Snapshot) -> bool:  # noqa: ARG002 - most are asked for always
        """Gives whether the scan looked at what this judges; a check that was not asked for did not run."""
        return True

    def findings(self, account: Snapshot, benchmark: Benchmark) -> tuple[Finding, ...]:
        """Gives one finding for each subject."""
        return tuple(
            self._finding(subject, self._verdict(subject, account), account, benchmark)
            for subject in self.subjects(account, benchmark)
        )

    def numbers(self, benchmark: Benchmark) -> dict[str, str]:
        """Gives the control's number in each benchmark version that has it."""
        return dict(benchmark.numbers.get(self.id, self.controls))

    def _verdict(self, subject: Subject[S], account: Snapshot) -> Verdict:
        if isinstance(subject.facts, Verdict):
            return subject.facts
        try:
            return self.judge(subject.facts, account)
        except CouldNotReadError as error:
            return unknown(f"{error.unreadable.reason}.", shown_unreadable(error.unreadable))

    def _finding(self, subject: Subject[S], verdict: Verdict, account: Snapshot, benchmark: Benchmark) -> Finding:
        owner = verdict.owner or subject.owner or account.account_id
        return Finding(
            id=finding_id(self.id, account.account_id, subject.scope),
            check_id=self.id,
            controls=self.numbers(benchmark),
            assessment=benchmark.assessments.get(self.id),
            security_hub=benchmark.security_hub.get(self.id, ()),
            title=self.title,
            rationale=self.rationale,
            status=verdict.status,
            severity=self.severity,
            account_id=account.account_id,
            region=verdict.region or subject.region,
            resource=verdict.resource or subject.resource,
            reason=verdict.reason,
            notes=(*verdict.notes, *read_elsewhere(verdict.evidence, owner, account)),
            evidence=verdict.evidence,
            chain=verdict.chain,
            candidates=verdict.candidates,
            witness=verdict.witness,
            remediation=self._remediation(verdict, owner, account),
        )

    def _remediation(self, verdict: Verdict, owner: str, account: Snapshot) -> Remediation | None:
        """Gives the verdict's remediation with the check's own references; what is another's has no commands here."""
        found = verdict.remediation
        if verdict.status is not Status.FAIL or found is None:
            return None
        mended = found if owner == account.account_id else found.in_account(owner)
        return mended.model_copy(update={"references": (*found.references, *self.references)})
