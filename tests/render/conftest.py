"""The sample report, rendered once for all tests."""

from __future__ import annotations

import pytest

from auditor.render import renderer
from auditor.report import Report

from .build import report


@pytest.fixture(scope="package")
def sample() -> Report:
    return report()


@pytest.fixture(scope="package")
def html(sample: Report) -> str:
    return renderer("html").render(sample).decode("utf-8")


@pytest.fixture(scope="package")
def pdf(sample: Report) -> bytes:
    return renderer("pdf").render(sample)
