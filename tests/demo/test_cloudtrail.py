from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from auditor.demo.trail_parts import make_bucket, make_log_group, make_role, make_trail
from tests.aws.account import Account


@pytest.fixture
def trail(aws_account: Account) -> Any:
    make_bucket(aws_account, "logs")
    group = make_log_group(aws_account, "trail")
    role = make_role(aws_account, "to-logs", group)
    make_trail(aws_account, "main", "logs", log_group_arn=group, role_arn=role)
    return aws_account.client("cloudtrail")


def recent(moment: datetime) -> bool:
    return datetime.now(UTC) - moment < timedelta(minutes=10)


def test_a_trail_that_logs_has_delivered_everywhere_a_moment_ago(trail: Any) -> None:
    status = trail.get_trail_status(Name="main")
    for field in ("LatestDeliveryTime", "LatestDigestDeliveryTime", "LatestCloudWatchLogsDeliveryTime"):
        assert recent(status[field]), field
    assert status["StartLoggingTime"] < status["LatestDeliveryTime"]


def test_a_trail_delivers_only_where_it_is_told_to(aws_account: Account, trail: Any) -> None:
    make_trail(aws_account, "plain", "logs", validation=False)
    status = trail.get_trail_status(Name="plain")
    assert recent(status["LatestDeliveryTime"])
    assert "LatestDigestDeliveryTime" not in status
    assert "LatestCloudWatchLogsDeliveryTime" not in status


def test_a_stopped_trail_has_delivered_nothing_of_late(aws_account: Account, trail: Any) -> None:
    make_trail(aws_account, "idle", "logs", logging=False)
    status = trail.get_trail_status(Name="idle")
    assert not status["IsLogging"]
    assert "LatestDeliveryTime" not in status


def test_errors_and_stale_times_are_set_for_one_trail(aws_account: Account, trail: Any) -> None:
    make_trail(aws_account, "other", "logs")
    aws_account.controls.trail_status(
        "main", LatestDeliveryError="AccessDenied", LatestCloudWatchLogsDeliveryTime=0, LatestDigestDeliveryTime=None
    )
    status = trail.get_trail_status(Name="main")
    assert status["LatestDeliveryError"] == "AccessDenied"
    assert status["LatestCloudWatchLogsDeliveryTime"] == datetime.fromtimestamp(0, UTC)
    assert "LatestDigestDeliveryTime" not in status
    assert "LatestDeliveryError" not in trail.get_trail_status(Name="other")


def test_a_status_elsewhere_wants_the_arn(aws_account: Account, trail: Any) -> None:
    elsewhere = aws_account.client("cloudtrail", "eu-west-1")
    arn = trail.get_trail(Name="main")["Trail"]["TrailARN"]
    assert elsewhere.get_trail_status(Name=arn)["IsLogging"]
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        elsewhere.get_trail_status(Name="main")


def test_the_default_selector_is_told(trail: Any) -> None:
    selectors = trail.get_event_selectors(TrailName="main")
    assert selectors["EventSelectors"] == [
        {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "DataResources": [],
            "ExcludeManagementEventSources": [],
        }
    ]
    assert "AdvancedEventSelectors" not in selectors


def test_advanced_selectors_stand_alone(trail: Any) -> None:
    advanced = [{"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    trail.put_event_selectors(TrailName="main", AdvancedEventSelectors=advanced)
    selectors = trail.get_event_selectors(TrailName="main")
    assert selectors["AdvancedEventSelectors"] == advanced
    assert "EventSelectors" not in selectors
    assert trail.describe_trails()["trailList"][0]["HasCustomEventSelectors"]


def test_trails_of_all_regions_are_listed(aws_account: Account, trail: Any) -> None:
    make_bucket(aws_account, "eu-logs", region="eu-west-1")
    make_trail(aws_account, "eu-trail", "eu-logs", region="eu-west-1", multi_region=False)
    listed = {one["Name"]: one["HomeRegion"] for one in trail.list_trails()["Trails"]}
    assert listed == {"main": "us-east-1", "eu-trail": "eu-west-1"}
    assert [one["Name"] for one in trail.describe_trails()["trailList"]] == ["main"]


def test_describe_trails_gives_those_asked_for(aws_account: Account, trail: Any) -> None:
    make_trail(aws_account, "other", "logs")
    assert [one["Name"] for one in trail.describe_trails(trailNameList=["other"])["trailList"]] == ["other"]


def test_insights_are_an_error_until_they_are_on(trail: Any) -> None:
    with pytest.raises(ClientError, match="InsightNotEnabledException"):
        trail.get_insight_selectors(TrailName="main")
    insights = [{"InsightType": "ApiErrorRateInsight"}]
    trail.put_insight_selectors(TrailName="main", InsightSelectors=insights)
    trail.put_insight_selectors(TrailName="main", InsightSelectors=insights)
    (found,) = trail.get_insight_selectors(TrailName="main")["InsightSelectors"]
    assert found["InsightType"] == "ApiErrorRateInsight"
