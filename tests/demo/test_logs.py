from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from auditor.demo.alarm_parts import make_filter
from auditor.demo.trail_parts import make_log_group
from tests.aws.account import Account


def test_a_log_group_has_a_class(aws_account: Account) -> None:
    make_log_group(aws_account, "rare", log_class="INFREQUENT_ACCESS", retention=0)
    make_log_group(aws_account, "usual", retention=90)
    make_filter(aws_account, "usual", "f", "{ $.a = 1 }")
    rare, usual = aws_account.client("logs").describe_log_groups()["logGroups"]
    assert (rare["logGroupClass"], usual["logGroupClass"]) == ("INFREQUENT_ACCESS", "STANDARD")
    assert (rare["metricFilterCount"], usual["metricFilterCount"]) == (0, 1)
    assert "retentionInDays" not in rare
    assert usual["retentionInDays"] == 90


@pytest.mark.parametrize(
    "asked",
    [
        {"logGroupNamePrefix": "acme/tr"},
        {"logGroupNamePattern": "TRAIL"},
        {"logGroupIdentifiers": ["arn:aws:logs:us-east-1:123456789012:log-group:acme/trail"]},
        {"logGroupIdentifiers": ["acme/trail"]},
    ],
)
def test_log_groups_are_found_in_each_way(aws_account: Account, asked: dict[str, str]) -> None:
    make_log_group(aws_account, "acme/trail")
    make_log_group(aws_account, "acme/shop")
    (found,) = aws_account.client("logs").describe_log_groups(**asked)["logGroups"]
    assert found["logGroupName"] == "acme/trail"


def test_a_filter_replaces_the_one_of_its_name(aws_account: Account) -> None:
    logs = aws_account.client("logs")
    make_log_group(aws_account, "trail")
    make_log_group(aws_account, "other")
    for group in ("trail", "other"):
        make_filter(aws_account, group, "f", "{ $.a = 1 }")
    make_filter(aws_account, "trail", "f", "{ $.a = 2 }")
    make_filter(aws_account, "trail", "ff", "{ $.a = 3 }")
    found = logs.describe_metric_filters(logGroupName="trail")["metricFilters"]
    assert {one["filterName"]: one["filterPattern"] for one in found} == {"f": "{ $.a = 2 }", "ff": "{ $.a = 3 }"}
    assert len(logs.describe_metric_filters()["metricFilters"]) == 3


def test_the_newer_fields_of_a_filter_are_kept(aws_account: Account) -> None:
    logs = aws_account.client("logs")
    make_log_group(aws_account, "trail")
    newer = {
        "applyOnTransformedLogs": True,
        "fieldSelectionCriteria": '@aws.region = "us-east-1"',
        "emitSystemFieldDimensions": ["@aws.account"],
    }
    change = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    asked = {"logGroupName": "trail", "filterName": "f", "filterPattern": "", "metricTransformations": change}
    logs.put_metric_filter(**asked, **newer)
    (found,) = logs.describe_metric_filters(logGroupName="trail")["metricFilters"]
    assert {name: found[name] for name in newer} == newer


def test_a_missing_log_group_is_an_error(aws_account: Account) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws_account.client("logs").describe_metric_filters(logGroupName="missing")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        make_filter(aws_account, "missing", "f", "{ $.a = 1 }")


def test_a_filter_can_be_tried_and_made_to_lie(aws_account: Account) -> None:
    logs = aws_account.client("logs")

    def matched(pattern: str, *messages: str) -> list[str]:
        found = logs.test_metric_filter(filterPattern=pattern, logEventMessages=list(messages))
        return [one["eventMessage"] for one in found["matches"]]

    one, two = '{"a": 1}', '{"a": 2}'
    assert matched("{ $.a = 2 }", one, two) == [two]
    aws_account.controls.lie("{ $.a = 2 }", "{ $.a = 1 }")
    assert matched("{ $.a = 2 }", one, two) == [one]
    for pattern, messages in (("{ $.a == 2 }", [one]), ("{ $.a = 1 }", [one] * 51)):
        with pytest.raises(ClientError, match="InvalidParameter"):
            matched(pattern, *messages)
