"""The CIS AWS Foundations Benchmark as data: numbers and patterns, version by version."""

from __future__ import annotations

from auditor.benchmark.benchmark import DEFAULT, VERSIONS, Benchmark, Reading, Requirement, load

__all__ = ["DEFAULT", "VERSIONS", "Benchmark", "Reading", "Requirement", "load"]
