"""What a masked report still says, and what not."""

from __future__ import annotations

import json

import pytest

from auditor.redaction import redacted

from .build import evidence, finding, small


@pytest.mark.parametrize("word", ["target", "kind", "before", "after", "asks"])
def test_a_word_of_steps_and_changes_hides_no_name_in_evidence(word: str) -> None:
    fact = evidence("s3:GetBucketLogging", "arn:aws:s3:::acme-logs", **{word: "acme-logs"})
    masked = redacted(small(finding("bucket.access_logging", evidence=(fact,))))
    assert "acme-logs" not in json.dumps([one.model_dump(mode="json") for one in masked.findings])
