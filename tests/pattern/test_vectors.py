"""Known (pattern, event, match) triples, each with the AWS page or issue it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.pattern import PatternError, evaluate, parse

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
VALID = [vector for vector in VECTORS if vector["match"] != "INVALID_PATTERN"]
INVALID = [vector for vector in VECTORS if vector["match"] == "INVALID_PATTERN"]


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: vector["pattern"])
def test_matches_as_recorded(vector: dict[str, Any]) -> None:
    pattern = parse(vector["pattern"])
    assert evaluate(pattern, vector["event"]) is vector["match"]
    assert parse(str(pattern)) == pattern


@pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["pattern"])
def test_is_refused_as_recorded(vector: dict[str, Any]) -> None:
    with pytest.raises(PatternError):
        parse(vector["pattern"])
