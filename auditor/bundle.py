"""Evidence bundles: the reports, what they were made from, and the hashes of both, in one zip to be judged anew."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue, ValidationError

from auditor.benchmark import load
from auditor.errors import ConfigurationError
from auditor.model.fact import Frozen
from auditor.model.snapshot import Snapshot
from auditor.registry import load_checks
from auditor.render import DEFAULT, render, renderer
from auditor.render.exchange import as_json
from auditor.report import Report
from auditor.scan import audit
from auditor.stored import parse_report
from auditor.waivers import without_waivers

_SUMS, _SNAPSHOT, _REPORT, _README = "SHA256SUMS", "snapshot.json", "report.json", "README.txt"
_TOLD = """Evidence of a trail-auditor run

report.html, report.pdf, report.json   the report
snapshot.json                          all facts that were read, from which the report was made
facts/                                 the same facts, a file for each API call
SHA256SUMS                             the hash of each file: sha256sum --check SHA256SUMS

`auditor verify evidence.zip` recomputes the hashes and judges the snapshot anew, without AWS.
`auditor scan --from evidence.zip` makes a new report from the snapshot.
"""
# The same content gives the same bytes: https://pkwareinc.github.io/appnote/ begins its time in 1980.
_TIME = (1980, 1, 1, 0, 0, 0)


class Verified(Frozen):
    """What came of verifying a bundle.

    Attributes:
        changed: Files whose hash is not the one that was written, and files that are missing or were added.
        differing: Findings that the snapshot does not give as the report has them.
        findings: How many findings were compared.
    """

    changed: tuple[str, ...]
    differing: tuple[str, ...]
    findings: int

    @property
    def sound(self) -> bool:
        """Whether nothing differs."""
        return not self.changed and not self.differing


def bundle(report: Report, account: Snapshot, variant: str | None = None) -> bytes:
    """Gives the zip; `variant` is that of the PDF."""
    files: dict[str, bytes] = {}
    for name in DEFAULT:
        made = renderer(name, variant)
        files[made.file_name] = render(made, report)
    snapshot = account.model_dump(mode="json")
    files[_SNAPSHOT] = as_json(snapshot)
    files |= _by_call(snapshot)
    files[_README] = _TOLD.encode()
    files[_SUMS] = "".join(f"{_hash(files[name])}  {name}\n" for name in sorted(files)).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _TIME), files[name], zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _by_call(snapshot: JsonValue) -> dict[str, bytes]:
    """Gives what was read, by service, operation and region; what is shared with its owner's snapshot once."""
    found: dict[str, dict[bytes, JsonValue]] = {}
    for fact in _facts(snapshot):
        source = fact["source"]
        if isinstance(source, dict):
            name = f"facts/{source['service']}-{source['operation']}-{source['region'] or 'global'}.json"
            found.setdefault(name, {})[as_json(dict(fact))] = dict(fact)
    return {name: as_json([*facts.values()]) for name, facts in found.items()}


def _facts(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    if isinstance(value, dict):
        if isinstance(value.get("source"), dict):
            yield value
        for inner in value.values():
            yield from _facts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _facts(inner)


def read_snapshot(path: Path) -> Snapshot:
    """Gives the snapshot of a bundle, or of a snapshot.json.

    Raises:
        ConfigurationError: It is neither.
    """
    content = _files(path).get(_SNAPSHOT) if zipfile.is_zipfile(path) else _read(path)
    if content is None:
        raise ConfigurationError(f"{path} holds no {_SNAPSHOT}.", "Give a bundle of `auditor scan --format bundle`.")
    return _snapshot(content, path)


def _snapshot(content: bytes, path: Path) -> Snapshot:
    try:
        return Snapshot.model_validate_json(content)
    except ValidationError as error:
        raise ConfigurationError(
            f"{path} holds no snapshot that this version reads: {error.errors()[0]['msg']}.",
            "Give a bundle of `auditor scan --format bundle`.",
        ) from error


def verify(path: Path) -> Verified:
    """Recomputes the hashes of a bundle's files and judges its snapshot anew.

    Raises:
        ConfigurationError: It is no bundle.
    """
    files = _files(path)
    if not {_SUMS, _REPORT, _SNAPSHOT} <= set(files):
        raise ConfigurationError(f"{path} is no evidence bundle.", "Give one of `auditor scan --format bundle`.")
    lines = [line.partition("  ") for line in files[_SUMS].decode(errors="replace").splitlines()]
    told = {name: sum_ for sum_, _, name in lines}
    names = (set(files) | set(told)) - {_SUMS}
    changed = [name for name in sorted(names) if name not in files or told.get(name) != _hash(files[name])]
    stored = parse_report(files[_REPORT], f"{_REPORT} of {path}")
    checks, broken = load_checks(stored.run.checks)
    again = audit(_snapshot(files[_SNAPSHOT], path), load(stored.run.benchmark), checks, broken)
    return Verified(changed=tuple(changed), differing=tuple(_differing(stored, again)), findings=len(stored.findings))


def _differing(stored: Report, again: Report) -> Iterator[str]:
    # Waivers are no part of the snapshot; and by way of the file's own form, since half a pair of surrogates comes
    # back as another character.
    renewed = {one.id: without_waivers(one) for one in parse_report(render(renderer("json"), again), _REPORT).findings}
    for finding in stored.findings:
        if renewed.pop(finding.id, None) != without_waivers(finding):
            yield f"{finding.check_id} on {finding.resource}"
    yield from (f"{finding.check_id} on {finding.resource}, which the report lacks" for finding in renewed.values())


def _files(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise ConfigurationError(f"{path} cannot be read as a zip: {error}.", "Give an evidence bundle.") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.", "Give an evidence bundle.") from error
