"""Waivers: failures that someone has answered for, until a day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from auditor.errors import ConfigurationError
from auditor.findings import Finding, Status, Waiver
from auditor.model.fact import Frozen


class _File(Frozen):
    model_config = ConfigDict(extra="forbid")

    waiver: tuple[Waiver, ...] = ()


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Reads a waiver file: TOML with one `[[waiver]]` table for each.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, or a waiver lacks something.
    """
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"The waiver file {path} cannot be read: {error.strerror}.", "") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The waiver file {path} is no TOML: {error}.", "") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"The waiver file {path} is wrong at {where}: {first['msg']}.",
            "Each [[waiver]] has check, reason, owner and expires, and may have account and resource.",
        ) from error
    return found.waiver


def apply_waivers(findings: Iterable[Finding], waivers: Sequence[Waiver], today: date) -> tuple[Finding, ...]:
    """Marks findings that failed or stayed open as waived; a waiver past its day only leaves a note."""
    return tuple(_waived(finding, waivers, today) for finding in findings)


def without_waivers(finding: Finding) -> Finding:
    """Gives a finding as it was before waivers were applied to it."""
    notes = tuple(note for note in finding.notes if not note.startswith(_EXPIRED))
    return finding.model_copy(update={"waiver": None, "notes": notes})


_EXPIRED = "A waiver of "


def _waived(finding: Finding, waivers: Sequence[Waiver], today: date) -> Finding:
    if finding.status not in {Status.FAIL, Status.UNKNOWN}:
        return finding
    fitting = [waiver for waiver in waivers if _fits(waiver, finding)]
    valid = next((waiver for waiver in fitting if today <= waiver.expires), None)
    if valid is not None:
        return finding.model_copy(update={"waiver": valid})
    expired = tuple(f"{_EXPIRED}{waiver.owner} expired on {waiver.expires}: {waiver.reason}" for waiver in fitting)
    return finding.model_copy(update={"notes": (*finding.notes, *expired)}) if expired else finding


def _fits(waiver: Waiver, finding: Finding) -> bool:
    return (
        fnmatchcase(finding.check_id, waiver.check)
        and waiver.account in {"", finding.account_id}
        and (not waiver.resource or fnmatchcase(finding.resource, waiver.resource))
    )
