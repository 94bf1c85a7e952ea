"""A row of the table of scenarios: a sound account altered in one place, the verdict, and a sound twin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from auditor.demo.session import DemoAccount
from auditor.findings import Finding, LinkName, Status
from tests.scenarios.stage import Stage, build, judged

Change = Callable[[Stage], object]
CONTROL = "cmk_disable_or_delete"


@dataclass(frozen=True)
class Twin:
    """A harmless change close to the scenario's own: the control must pass.

    Attributes:
        change: The change.
        control: The control; the scenario's own where it is empty.
        said: A phrase of the reason or of a note.
    """

    change: Change
    control: str = ""
    said: str = ""


@dataclass(frozen=True)
class Scenario:
    """One row.

    Attributes:
        name: What is altered.
        change: The change.
        link: The first link that is not sound; None where all are.
        said: A phrase of the reason.
        twin: The change that must pass; a bare function where nothing else is to be said of it.
        status: The verdict.
        control: The control that is judged.
        lost: A phrase of the witness: an event that gets lost.
        defect: What the product says instead, where it is known to be wrong.
    """

    name: str
    change: Change
    link: LinkName | None
    said: str
    twin: Twin | Change
    status: Status = Status.FAIL
    control: str = CONTROL
    lost: str = ""
    defect: str = ""

    @property
    def sound(self) -> Twin:
        return self.twin if isinstance(self.twin, Twin) else Twin(self.twin)

    def wrong(self, finding: Finding) -> str:
        """Says how a finding on the altered account differs from what is right; empty where it does not."""
        found, link = finding.status, finding.breaks_at
        at = link.link if link else None
        if (found, at) != (self.status, self.link):
            return f"{found} at {at}, not {self.status} at {self.link}: {finding.reason}"
        if self.said not in finding.reason:
            return f"{self.said!r} is not in the reason: {finding.reason}"
        if self.lost not in repr(finding.witness):
            return f"{self.lost!r} is not in the witness: {finding.witness}"
        return ""

    def wrong_of_twin(self, finding: Finding) -> str:
        """Says how a finding on the sound twin differs from what is right; empty where it does not."""
        if finding.status is not Status.PASS or finding.breaks_at is not None:
            return f"the twin is {finding.status}: {finding.reason}"
        if not any(self.sound.said in text for text in (finding.reason, *finding.notes)):
            return f"{self.sound.said!r} is not said of the twin: {finding.reason} {finding.notes}"
        return ""

    def play(self, account: DemoAccount, empty: Callable[[], object], *, fronted: bool = True) -> tuple[str, str]:
        """Plays the scenario and its twin, each on a new account, and says what is wrong with either finding."""
        empty()
        self.change(build(account, self.control, fronted=fronted))
        broken = self.wrong(judged(account, self.control))
        control = self.sound.control or self.control
        empty()
        self.sound.change(build(account, control, fronted=fronted))
        return broken, self.wrong_of_twin(judged(account, control))


def rows(scenarios: Iterable[Scenario]) -> Any:
    """Parametrizes a test over scenarios; one with a known defect is expected to fail."""
    return pytest.mark.parametrize(
        "scenario",
        [
            pytest.param(one, id=one.name, marks=[pytest.mark.xfail(reason=one.defect)] if one.defect else [])
            for one in scenarios
        ],
    )


def nothing(_: Stage) -> None:
    """Leaves the account as it is."""


def every(*changes: Change) -> Change:
    """Gives the change that makes all of these, one after another."""

    def all_of_them(stage: Stage) -> None:
        for change in changes:
            change(stage)

    return all_of_them
