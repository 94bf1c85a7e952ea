from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import pdfa
from pypdf import PdfReader

from auditor.findings import Verdict
from auditor.overview import Overview
from auditor.render.fleet import render_overview

from .fleet import DENIED, fleet, hostile, overview, unread


@pytest.fixture(scope="module")
def made() -> Overview:
    return fleet(200)


@pytest.fixture(scope="module")
def content(made: Overview) -> bytes:
    return render_overview("pdf", made)


@pytest.fixture(scope="module")
def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def read(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_it_says_in_a_few_pages_what_an_auditor_looks_for(reader: PdfReader, made: Overview) -> None:
    text = read(reader)
    assert 5 <= len(reader.pages) <= 10
    findings = made.findings
    judged = findings[Verdict.PASS] + findings[Verdict.FAIL] + findings[Verdict.UNKNOWN]
    for part in (
        "200 AWS accounts",
        "CIS AWS Foundations Benchmark 5.0, 39 checks",
        "2026-11-24 03:30:12 UTC",
        "organization o-a1b2c3d4e5, all of it",
        "arn:aws:sts::111122223333:assumed-role/SecurityAudit/auditor",
        f"{findings[Verdict.PASS]:,} of {judged:,} scored findings pass",
        f"{200 - made.unread} of 200 accounts were read",
        DENIED,
        "Sign-off",
        f"Page {len(reader.pages)} of {len(reader.pages)}",
    ):
        assert part in text
    for control in made.controls:
        assert control.title in text
    for chain in made.chains[:8]:
        assert chain.example.reason in text
    for row in made.accounts:
        assert not row.unread or row.account_id in text


def test_the_map_shows_the_worst_and_points_to_the_rest(reader: PdfReader, made: Overview) -> None:
    text = read(reader)
    rows = sorted((row for row in made.accounts if not row.unread), key=lambda row: row.score)
    assert f"The 150 accounts with the lowest score of {len(rows)} that were read; the other {len(rows) - 150}" in text
    part = text.partition("Fail")[2]
    assert all(row.account_id in part for row in rows[:140])
    assert f"{rows[-1].name} {rows[-1].account_id}" not in text


def test_bookmarks_and_metadata(reader: PdfReader) -> None:
    parts = [each.title for each in reader.outline if not isinstance(each, list)]
    assert parts == ["Controls", "Worst chains", "What could not be read", "Accounts and controls", "Sign-off"]
    assert reader.metadata is not None
    assert reader.metadata.title == "200 AWS accounts: CIS AWS Foundations Benchmark 5.0"
    assert str(reader.metadata["/CreationDate"]).startswith("D:20261124033624")
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_the_overview_is_attached(reader: PdfReader, made: Overview) -> None:
    (attached,) = reader.attachments["fleet.json"]
    assert attached == render_overview("json", made)


def test_it_keeps_to_pdf_a_3(content: bytes) -> None:
    with pikepdf.open(io.BytesIO(content)) as document:
        found = [one for one in pdfa.check(document, pdfa.Flavour.PDFA_3B).findings if one.kind == "violation"]
        # 3A asks for all that 3B does, and for tags.
        assert [one.rule for one in found] == ["ISO_19005_3:6.6.4-3"]
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.AF[0].AFRelationship) == "/Data"


def test_names_are_inert() -> None:
    reader = PdfReader(io.BytesIO(render_overview("pdf", hostile())))
    text = read(reader)
    assert "<script>alert(1)</script>" in text
    assert "invoice\\u202egpj.exe" in text
    assert "\x1b" not in text
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            assert "/URI" not in annotation.get_object().get("/A", {})


def test_no_account_that_could_be_read() -> None:
    rows = [unread(f"{at:012d}", f"Reason {at}.") for at in range(70)]
    text = read(PdfReader(io.BytesIO(render_overview("pdf", overview(*((each, ()) for each in rows))))))
    assert "0 of 70 accounts were read; 70 could not be" in text
    assert "Reason 59." in text
    assert "10 more reasons stand in fleet.csv and fleet.json." in text
    assert "No account was read." in text
