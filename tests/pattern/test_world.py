from __future__ import annotations

import pytest

from auditor.pattern import CLOUDTRAIL, Event, World, compare, parse
from auditor.pattern.problem import Assignment
from auditor.pattern.records import records
from auditor.pattern.world import customs

CREATE: Event = {
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser"},
    "eventTime": "2025-01-01T00:00:00Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "CreateTrail",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "203.0.113.1",
    "readOnly": False,
    "eventType": "AwsApiCall",
}


def test_every_fact_says_where_it_is_stated() -> None:
    for fact in CLOUDTRAIL.facts:
        assert fact.says
        assert "https://docs.aws.amazon.com/" in fact.source or fact.source.startswith("service models of botocore")


def test_every_familiar_record_is_possible() -> None:
    for example in customs().examples:
        assignment: Assignment = {selector: [value] for selector, value in example.items()}
        record = next(records(assignment))
        assert CLOUDTRAIL.broken(record) == ()
        assert (record["eventName"], record["eventSource"]) == tuple(list(example.values())[1:3])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, None),
        ({"eventSource": "ec2.amazonaws.com"}, "CreateTrail comes only from cloudtrail.amazonaws.com"),
        ({"readOnly": True}, "CreateTrail has readOnly false, as it changes something"),
        ({"awsRegion": None}, "awsRegion is a text in every record"),
        ({"eventName": "CreateUser", "eventSource": "iam.amazonaws.com"}, "IAM, Organizations and CloudFront"),
        ({"eventName": "AnythingElse", "eventSource": "ec2.amazonaws.com"}, None),
        ({"readOnly": "false"}, "readOnly is a boolean where there is one"),
    ],
)
def test_facts_rule_out_impossible_records(change: Event, says: str | None) -> None:
    broken = [fact.says for fact in CLOUDTRAIL.broken({**CREATE, **change})]
    assert (broken == []) if says is None else any(found.startswith(says) for found in broken)


def test_facts_of_one_partition_are_left_out_in_others() -> None:
    abroad: Event = {
        **CREATE,
        "eventName": "CreateUser",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": "us-gov-west-1",
    }
    assert CLOUDTRAIL.broken(abroad)
    assert World("aws-us-gov").broken(abroad) == ()


def test_names_shared_by_services_keep_all_of_them() -> None:
    policy = next(fact.says for fact in CLOUDTRAIL.facts if fact.says.startswith("DeletePolicy comes"))
    for service in ("iam", "organizations", "iot"):
        assert f"{service}.amazonaws.com" in policy


def test_nothing_is_required_of_a_name_without_an_entry() -> None:
    required = parse("{ $.eventName = DescribeInstances }")
    assert compare(
        required, [parse("{ $.eventName = DescribeInstances && $.eventSource = ec2.amazonaws.com }")]
    ) != compare(required, [required])
