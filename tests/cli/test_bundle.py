"""Evidence bundles and redaction, by the command."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from auditor.bundle import read_snapshot, verify
from auditor.cli.output import BUNDLE_FILE
from auditor.demo import embedded_account
from auditor.errors import ConfigurationError
from auditor.render import formats
from tests.aws.account import Account
from tests.cli.run import auditor, scan

STORED = Path(__file__).parent.parent / "render" / "data" / "report-1.0.json"
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the demo's account."""
    home = tmp_path_factory.mktemp("bundle")
    with embedded_account() as found:
        account = Account(found.endpoint_url, found.credentials)
        few = ("--check", "trail.*", "--check", "alarm.root_usage")
        done = scan(account, home, *few, "--format", "bundle,json", "--out", str(home / "out"))
    assert done.code == 1, done.err
    return home / "out" / BUNDLE_FILE


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_reports_snapshot_facts_and_hashes(bundled: Path, tmp_path: Path) -> None:
    found = files(bundled)
    assert {"report.html", "report.pdf", "report.json", "snapshot.json", "README.txt", "SHA256SUMS"} <= set(found)
    assert found["report.json"] == (bundled.parent / "report.json").read_bytes()
    facts = {name for name in found if name.startswith("facts/")}
    assert "facts/cloudtrail-DescribeTrails-us-east-1.json" in facts
    assert len(facts) > 20
    with zipfile.ZipFile(bundled) as archive:
        archive.extractall(tmp_path)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_it_verifies(bundled: Path) -> None:
    done = auditor("verify", str(bundled))
    assert done.code == 0
    assert "the snapshot gives the same" in done.out


def test_it_is_judged_anew_without_aws(bundled: Path, tmp_path: Path) -> None:
    asked = (
        "scan",
        "--from",
        str(bundled),
        "--check",
        "trail.*",
        "--check",
        "alarm.root_usage",
        "--out",
        "-",
        "-f",
        "json",
    )
    done = auditor(*asked, environment={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert done.code == 1
    assert done.report == json.loads((bundled.parent / "report.json").read_bytes())
    older = auditor(*asked, "--benchmark", "cis-1.2", environment={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert older.report["run"]["benchmark"] == "cis-1.2"


def edited(name: str, before: bytes, after: bytes) -> Change:
    def change(found: dict[str, bytes]) -> None:
        assert before in found[name]
        found[name] = found[name].replace(before, after, 1)

    return change


def with_hash_of(change: Change, name: str) -> Change:
    """Gives the change of a forger who mends the hashes as well."""

    def forged(found: dict[str, bytes]) -> None:
        from hashlib import sha256

        old = sha256(found[name]).hexdigest().encode()
        change(found)
        found["SHA256SUMS"] = found["SHA256SUMS"].replace(old, sha256(found[name]).hexdigest().encode())

    return forged


@pytest.mark.parametrize(
    ("change", "changed", "differing"),
    [
        (edited("report.html", b"<", b"<!-- -->"), ["report.html"], 0),
        (lambda found: found.pop("report.pdf"), ["report.pdf"], 0),
        (lambda found: found.update({"more.txt": b"x"}), ["more.txt"], 0),
        (edited("report.json", b'"status": "FAIL"', b'"status": "PASS"'), ["report.json"], 1),
        (with_hash_of(edited("report.json", b'"status": "FAIL"', b'"status": "PASS"'), "report.json"), [], 1),
        (with_hash_of(edited("snapshot.json", b'"logging": true', b'"logging": false'), "snapshot.json"), [], 2),
    ],
)
def test_tampering_is_told(bundled: Path, tmp_path: Path, change: Change, changed: list[str], differing: int) -> None:
    found = files(bundled)
    change(found)
    path = tmp_path / "forged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    told = verify(path)
    assert list(told.changed) == changed
    assert len(told.differing) >= differing
    assert bool(told.differing) is bool(differing)
    done = auditor("verify", str(path))
    assert done.code == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("content", [b"", b"PK", b"{}", b'{"taken_at": 1}'])
def test_what_is_no_bundle(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError):
        verify(path)
    with pytest.raises(ConfigurationError):
        read_snapshot(path)
    assert auditor("verify", str(path)).code == 2


def test_no_name_is_left_after_redaction(tmp_path: Path) -> None:
    secrets = ("acme-production", "111122223333", "management-events", "secops@example.com", "security-alerts")
    assert all(secret in STORED.read_text() for secret in secrets)
    done = auditor("render", str(STORED), "--redact", "--format", ",".join(formats()), "--out", str(tmp_path), "-q")
    assert done.code == 0, done.err
    texts = {path.name: path.read_text() for path in tmp_path.iterdir() if path.suffix != ".pdf"}
    texts["report.pdf"] = " ".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    for name, text in texts.items():
        assert not [secret for secret in secrets if secret in text], name


def test_a_bundle_is_not_redacted(tmp_path: Path) -> None:
    done = auditor("scan", "--format", "bundle", "--redact", "--out", str(tmp_path / "out"))
    assert done.code == 2
    assert "--redact" in done.err
