from __future__ import annotations

import json
import shlex

import pytest

from auditor.policy import Policy
from auditor.remedy.policy import Statement, bucket_policy, merged_policy, put_bucket_policy

OWN: Statement = {"Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}
THEIRS = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}
UNNAMED = {key: value for key, value in THEIRS.items() if key != "Sid"}


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        (None, []),
        ({"Version": "2012-10-17", "Statement": [THEIRS, UNNAMED]}, [THEIRS, UNNAMED]),
        ({"Version": "2008-10-17", "Id": "old", "Statement": THEIRS}, [THEIRS]),
        ({"Statement": [{**OWN, "Resource": "arn:aws:s3:::b/*"}, THEIRS]}, [THEIRS]),
    ],
)
def test_what_was_there_is_kept_and_an_own_statement_replaced(there: object, kept: list[object]) -> None:
    text = None if there is None else json.dumps(there)
    merged = merged_policy(text, OWN)
    assert merged["Statement"] == [*kept, OWN]
    assert merged == merged_policy(json.dumps(merged), OWN)
    assert len(Policy.parse(json.dumps(merged)).statements) == len(kept) + 1
    if isinstance(there, dict):
        assert {key: value for key, value in merged.items() if key != "Statement"} == {
            key: value for key, value in there.items() if key != "Statement"
        }


def test_the_command_carries_the_policy_as_one_word() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**THEIRS, "Sid": "it's $(touch x)"}]})
    words = shlex.split(put_bucket_policy(bucket_policy("b", "eu-west-1", text, OWN)))
    assert words[:-1] == ["aws", "s3api", "put-bucket-policy", "--region", "eu-west-1", "--bucket", "b", "--policy"]
    assert json.loads(words[-1])["Statement"][0]["Sid"] == "it's $(touch x)"
