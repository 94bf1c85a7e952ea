"""Loads one version of the benchmark.

The tables are controls.json (numbers, automated or manual, Security Hub ids) and patterns.json (what each alarm
control's filter must match). Their sources stand in controls.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from auditor.errors import UsageError

VERSIONS = (
    "cis-1.2",
    "cis-1.3",
    "cis-1.4",
    "cis-1.5",
    "cis-2.0",
    "cis-3.0",
    "cis-4.0",
    "cis-5.0",
    "cis-6.0",
    "cis-7.0",
)
# The newest version that numbers monitoring 4.x.
DEFAULT = "cis-5.0"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of what a control's filter must match; a filter that covers any reading satisfies the control."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an alarm control's filter must match.

    Attributes:
        text: The pattern as the benchmark prints it.
        readings: What it means; any of them satisfies.
        note: Where text and meaning differ: how; else empty.
    """

    text: str
    readings: tuple[Reading, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One version of the benchmark.

    Attributes:
        version: Such as `cis-5.0`.
        numbers: For each check id the control's number in every version that has it.
        assessments: For each check id whether this version calls the control Automated or Manual.
        security_hub: For each check id the Security Hub controls that ask the same.
        requirements: For each alarm check id what its filter must match.
    """

    version: str
    numbers: dict[str, dict[str, str]] = field(repr=False)
    assessments: dict[str, str] = field(repr=False)
    security_hub: dict[str, tuple[str, ...]] = field(repr=False)
    requirements: dict[str, Requirement] = field(repr=False)

    def number(self, check_id: str) -> str | None:
        """Gives the control's number in this version, or None where it has none."""
        return self.numbers.get(check_id, {}).get(self.version)


def load(version: str = DEFAULT) -> Benchmark:
    """Gives one version of the benchmark.

    Raises:
        UsageError: No such version.
    """
    if version not in VERSIONS:
        raise UsageError(f"There is no benchmark {version!r}.", f"Choose one of {', '.join(VERSIONS)}.")
    controls: dict[str, Any] = _table("controls.json")["controls"]
    return Benchmark(
        version=version,
        numbers={check: dict(control["numbers"]) for check, control in controls.items()},
        assessments={
            check: control["assessment"][version]
            for check, control in controls.items()
            if version in control["assessment"]
        },
        security_hub={check: tuple(control["security_hub"]) for check, control in controls.items()},
        requirements={
            check: requirement
            for check, entries in _table("patterns.json").items()
            if (requirement := _requirement(entries, version))
        },
    )


def _requirement(entries: list[dict[str, Any]], version: str) -> Requirement | None:
    """Gives the entry whose span of versions holds this one; before the first, the first speaks."""
    here = VERSIONS.index(version)
    for entry in entries:
        if here <= VERSIONS.index(entry["to"]):
            return Requirement(
                text=entry["text"],
                readings=tuple(Reading(**reading) for reading in entry["readings"]),
                note=entry.get("note", ""),
            )
    return None


@cache
def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return table
