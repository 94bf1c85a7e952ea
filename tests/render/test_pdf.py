from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa
from pypdf import PdfReader

from auditor.errors import ConfigurationError, UsageError
from auditor.findings import Finding, Status
from auditor.render import renderer
from auditor.render.pdf import print_markup
from auditor.report import Report

from .build import chain, evidence, finding, small


@pytest.fixture(scope="module")
def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def few() -> Report:
    alarm: Finding = finding("alarm.root_usage", Status.FAIL, chain=chain("Root"), severity="critical")
    return small(alarm, finding("trail.logging"))


def test_it_says_what_an_auditor_looks_for(reader: PdfReader, text: str) -> None:
    assert 20 <= len(reader.pages) <= 60
    for part in (
        "acme-production (111122223333)",
        "CIS AWS Foundations Benchmark 5.0",
        "2026-11-24 03:30:12 UTC",
        "2026-11-24 03:30:19 UTC",
        "assumed-role/SecurityAudit/auditor",
        "111122223333-20261124T033012Z",
        "24 of 43 scored findings pass, 15 fail, 4 could not be judged",
        "What could not be judged",
        "the permission s3:GetBucketLogging is missing",
        "The only subscription, secops@example.com, was never confirmed.",
        "Until 2027-03-31 by j.doe@example.com: The trail is switched off",
        "aws kms create-key",
        "cloudtrail:GetEventSelectors",
        "Sign-off",
        f"Page {len(reader.pages)} of {len(reader.pages)}",
    ):
        assert part in text


def test_every_finding_is_there(text: str, sample: Report) -> None:
    for each in sample.findings:
        assert each.title in text


def test_names_are_inert(text: str) -> None:
    assert "<script>alert(1)</script>" in text
    assert "\\u001b[31mred" in text
    assert "invoice\\u202egpj.exe" in text
    assert "\x1b" not in text


def test_bookmarks_links_and_metadata(reader: PdfReader, sample: Report) -> None:
    parts = [each for each in reader.outline if not isinstance(each, list)]
    assert [each.title for each in parts] == [
        "Contents", "Summary", "Scope and method", "Trails", "The bucket of the log files",
        "Delivery to CloudWatch Logs", "Alarms that reach a person", "Security Hub", "Other checks", "Exceptions",
        "API calls", "Sign-off",
    ]  # fmt: skip
    nested = [each.title for part in reader.outline if isinstance(part, list) for each in part]
    assert {"4.3 Use of the root user raises an alarm", "3.2 Digests prove that no log file was changed"} <= set(nested)
    assert len(nested) >= len(sample.findings)
    contents = reader.pages[1]["/Annots"].get_object()
    assert len(contents) >= len(sample.findings)
    assert reader.metadata is not None
    assert reader.metadata.title == "acme-production (111122223333): CIS AWS Foundations Benchmark 5.0"
    assert reader.metadata.author == "trail-auditor 1.0.0"
    assert str(reader.metadata["/CreationDate"]).startswith("D:20261124033019")
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_links_lead_to_web_pages_only(reader: PdfReader) -> None:
    targets = set()
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            targets.add(str(action.get("/URI", "")))
    assert {target.partition(":")[0] for target in targets} == {"", "https"}


def test_the_same_report_gives_the_same_bytes() -> None:
    code = (
        "import sys\nfrom auditor.render import renderer\nfrom tests.render.test_pdf import few\n"
        "sys.stdout.buffer.write(renderer('pdf').render(few()))"
    )
    root = Path(__file__).parents[2]
    elsewhere = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
    )
    assert elsewhere.stdout == renderer("pdf").render(few())


@pytest.mark.parametrize(("status", "shown"), [(Status.FAIL, 8), (Status.PASS, 3)])
def test_evidence_is_capped(status: Status, shown: int) -> None:
    facts = tuple(evidence("s3:GetBucketPolicy", f"bucket-{number:02d}", Policy="{}") for number in range(20))
    reader = PdfReader(io.BytesIO(renderer("pdf").render(small(finding("bucket.tls_only", status, evidence=facts)))))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert f"bucket-{shown - 1:02d}" in text
    assert f"bucket-{shown:02d}" not in text
    assert f"{20 - shown} more in report.json" in text


def test_a_document_reaches_neither_file_nor_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    opened: list[str] = []
    monkeypatch.setattr("socket.create_connection", lambda address, *_, **__: opened.append(str(address)))
    monkeypatch.setattr("urllib.request.FileHandler.file_open", lambda _, request: opened.append(request.full_url))
    markup = f"""<link rel=stylesheet href="http://evil.example/x.css"><link rel=attachment href="{secret.as_uri()}">
        <style>@import url("{secret.as_uri()}"); p {{ background: url(http://evil.example/x.png) }}</style>
        <a rel=attachment href="{secret.as_uri()}">a</a><img src="{secret.as_uri()}"><img src="{secret}">
        <object data="{secret.as_uri()}"></object><svg><image href="{secret.as_uri()}"/></svg><p>text</p>"""
    reader = PdfReader(io.BytesIO(print_markup(markup)))
    assert not opened
    assert not reader.attachments
    assert "secret" not in reader.pages[0].extract_text()


def test_missing_native_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': no such file\nmore")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "auditor.render.pdf")
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ConfigurationError, match="apt-get install libpango") as caught:
        renderer("pdf")
    assert "\n" not in str(caught.value)
    assert "brew install pango" in caught.value.advice


def test_the_report_is_attached(reader: PdfReader, sample: Report) -> None:
    (content,) = reader.attachments["report.json"]
    assert content == renderer("json").render(sample)


def test_it_keeps_to_pdf_a_3(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [one for one in pdfa.check(document, pdfa.Flavour.PDFA_3B).findings if one.kind == "violation"]
        # 3A asks for all that 3B does, and for tags.
        assert [one.rule for one in found] == ["ISO_19005_3:6.6.4-3"]
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.AF[0].AFRelationship) == "/Data"
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")


def test_the_other_variant() -> None:
    with pikepdf.open(io.BytesIO(renderer("pdf", "pdf/ua-1").render(few()))) as document:
        assert document.open_metadata()["pdfuaid:part"] == "1"
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "en"


def test_a_variant_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="pdf/x"):
        renderer("pdf", "pdf/x")
